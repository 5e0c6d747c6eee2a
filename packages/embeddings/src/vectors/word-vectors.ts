import { describeValue } from '../describe-value.ts';

/**
 * Words and their vectors, in rows of one table: what training gives, files hold, and everything else asks.
 *
 * The row of a word is its index; most files and trainers put frequent words first.
 */
export class WordVectors {
  /** By row. */
  readonly words: readonly string[];
  /** Numbers in a vector. */
  readonly size: number;
  /** `[words, size]`, row after row. Not a copy: do not change it. */
  readonly table: Float32Array;
  readonly #rows: ReadonlyMap<string, number>;

  /**
   * @param words all different
   * @param table `[words, size]`; kept, not copied
   * @param size  numbers in a vector
   * @throws {RangeError} if a word is there twice, or the table's length is not words × size
   */
  constructor(words: readonly string[], table: Float32Array, size: number) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`WordVectors: size must be an integer of at least 1, got ${describeValue(size)}.`);
    }
    if (table.length !== words.length * size) {
      throw new RangeError(
        `WordVectors: table must hold ${words.length} words × ${size} numbers, got ${table.length} numbers.`,
      );
    }
    this.words = words;
    this.size = size;
    this.table = table;
    this.#rows = new Map(words.map((word, row) => [word, row]));
    if (this.#rows.size < words.length) {
      const twice = words.find((word, row) => this.#rows.get(word) !== row);
      throw new RangeError(`WordVectors: words must differ, got ${describeValue(twice)} twice.`);
    }
  }

  has(word: string): boolean {
    return this.#rows.has(word);
  }

  /** The row of a word, undefined if it has none. */
  rowOf(word: string): number | undefined {
    return this.#rows.get(word);
  }

  /**
   * The vector of a word, `[size]`: a view of the table, not a copy.
   *
   * @throws {RangeError} if the word has none
   */
  vectorOf(word: string): Float32Array {
    const row = this.#rows.get(word);
    if (row !== undefined) return this.table.subarray(row * this.size, (row + 1) * this.size);
    throw new RangeError(`WordVectors: no vector of ${describeValue(word)}.`);
  }
}
