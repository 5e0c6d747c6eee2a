import { describeValue } from './describe-value.ts';
import { WordTable } from './word-table.ts';

/** The id of words that the vocabulary lacks. */
export const UNKNOWN = 0;
/** The id of what stands before every sentence. */
export const SENTENCE_START = 1;
/** The id of what stands after every sentence. */
export const SENTENCE_END = 2;

/** The first words of every vocabulary, by id. */
export const RESERVED_WORDS: readonly string[] = ['<unk>', '<s>', '</s>'];

/**
 * A dictionary between words (or characters, or any other units) and ids. Ids 0, 1 and 2 are `<unk>`, `<s>` and `</s>`.
 */
export class NgramVocabulary {
  /** By id. */
  readonly words: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  #table: WordTable | undefined;
  #line = new Int32Array(256);

  /**
   * @param words all words by id, the reserved ones first
   * @throws {RangeError} if a word is there twice, or the first three are others
   */
  constructor(words: readonly string[]) {
    const wrong = RESERVED_WORDS.findIndex((word, id) => words[id] !== word);
    if (wrong >= 0) {
      throw new RangeError(
        `NgramVocabulary: words must begin with ${RESERVED_WORDS.join(' ')}, got ${describeValue(words[wrong])} at ${wrong}.`,
      );
    }
    this.words = words;
    this.#ids = new Map(words.map((word, id) => [word, id]));
    if (this.#ids.size < words.length) {
      const twice = words.find((word, id) => this.#ids.get(word) !== id);
      throw new RangeError(`NgramVocabulary: words must differ, got ${describeValue(twice)} twice.`);
    }
  }

  /** A vocabulary of the words given, in order of first appearance; reserved words among them keep their ids. */
  static of(words: Iterable<string>): NgramVocabulary {
    return new NgramVocabulary([...new Set([...RESERVED_WORDS, ...words])]);
  }

  get size(): number {
    return this.words.length;
  }

  has(word: string): boolean {
    return this.#ids.has(word);
  }

  /** The id of a word, {@link UNKNOWN} if it is not there. */
  idOf(word: string): number {
    return this.#ids.get(word) ?? UNKNOWN;
  }

  /** @throws {RangeError} if there is no such id */
  wordOf(id: number): string {
    const word = this.words[id];
    if (word !== undefined) return word;
    throw new RangeError(
      `NgramVocabulary: id must be at least 0 and below ${this.size}, got ${describeValue(id)}.`,
    );
  }

  /** Ids of words, {@link UNKNOWN} for those that are not there. */
  encode(words: Iterable<string>): Int32Array {
    const list = Array.isArray(words) ? (words as readonly string[]) : [...words];
    const ids = new Int32Array(list.length);
    for (let index = 0; index < ids.length; index++) ids[index] = this.idOf(list[index]!);
    return ids;
  }

  /**
   * Ids of the words of a line, which stand between blanks (spaces, tabs, ends of lines): `encode(line.split(' '))`, several times as
   * fast. The first call makes a table of all words, about 20 bytes for each.
   *
   * @param end whether {@link SENTENCE_END} comes after them (default false)
   * @returns a view that the next call overwrites
   */
  encodeLine(line: string, { end = false }: { readonly end?: boolean } = {}): Int32Array {
    this.#table ??= new WordTable(this.words);
    const longest = (line.length >> 1) + 2; // a word for every other unit, and the end;
    if (this.#line.length < longest) this.#line = new Int32Array(2 * longest);
    let count = this.#table.encode(line, UNKNOWN, this.#line);
    if (end) this.#line[count++] = SENTENCE_END;
    return this.#line.subarray(0, count);
  }

  /** @throws {RangeError} as {@link wordOf} */
  decode(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.wordOf(id));
  }
}
