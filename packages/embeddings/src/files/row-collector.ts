import { WordVectors } from '../vectors/word-vectors.ts';

/** Which of a file's words are kept. */
export interface RowSelection {
  /** At most so many, the first; files hold frequent words first. Default all. */
  readonly limit?: number | undefined;
  /** These alone, in the order of the file. Default all. */
  readonly words?: Iterable<string> | undefined;
}

/** Numbers for which memory is taken before any of them has been seen. */
const FIRST_NUMBERS = 1 << 18;

/** Gathers words and their vectors while a file is read; of a word that comes again the first vector counts. */
export class RowCollector {
  readonly #limit: number;
  readonly #chosen: ReadonlySet<string> | undefined;
  readonly #words: string[] = [];
  readonly #known = new Set<string>();
  readonly #size: number;
  readonly #rowBound: number;
  #table: Float32Array<ArrayBuffer>;

  /**
   * @param size     numbers in a vector
   * @param rowBound rows that the file can have at most, which its length tells better than what it says of itself
   * @param certain  whether memory for all of them may be taken at once
   */
  constructor(size: number, rowBound: number, certain: boolean, { limit, words }: RowSelection) {
    this.#size = size;
    this.#chosen = words && new Set(words);
    this.#limit = Math.min(limit ?? Infinity, this.#chosen?.size ?? Infinity);
    this.#rowBound = Math.min(rowBound, this.#limit);
    const rows =
      certain && !this.#chosen ? this.#rowBound : Math.min(this.#rowBound, Math.floor(FIRST_NUMBERS / size));
    this.#table = new Float32Array(rows * size);
  }

  /** Whether nothing that follows can be kept. */
  get isFull(): boolean {
    return this.#words.length >= this.#limit;
  }

  /** Words kept. */
  get count(): number {
    return this.#words.length;
  }

  wants(word: string): boolean {
    return (this.#chosen?.has(word) ?? true) && !this.#known.has(word);
  }

  /** Takes a word that is wanted. @returns where its numbers go in {@link table} */
  add(word: string): number {
    const begin = this.#words.push(word) * this.#size - this.#size;
    this.#known.add(word);
    if (begin + this.#size > this.#table.length) {
      const rows = Math.min(this.#rowBound, Math.max(this.#words.length, this.#words.length * 2));
      const larger = new Float32Array(Math.max(rows, this.#words.length) * this.#size);
      larger.set(this.#table);
      this.#table = larger;
    }
    return begin;
  }

  get table(): Float32Array<ArrayBuffer> {
    return this.#table;
  }

  finish(): WordVectors {
    const length = this.#words.length * this.#size;
    const table = length === this.#table.length ? this.#table : this.#table.slice(0, length);
    return new WordVectors(this.#words, table, this.#size);
  }
}
