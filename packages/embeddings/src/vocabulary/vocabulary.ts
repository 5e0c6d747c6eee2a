import { describeValue } from '../describe-value.ts';

/** Which words a vocabulary has. */
export interface VocabularyOptions {
  /** Words that are rarer are left out (default 5). */
  readonly minCount?: number;
  /** The most words, of which the most frequent stay (default all). */
  readonly maxVocabSize?: number;
}

/** Words with their counts in a corpus; a word's row is its index. */
export class Vocabulary {
  readonly words: readonly string[];
  /** By row. */
  readonly counts: Float64Array;
  /** The sum of the counts. */
  readonly total: number;
  readonly #rows: ReadonlyMap<string, number>;

  /** @throws {RangeError} if a word is there twice, a count is not a positive integer, or there is not one for each word */
  constructor(words: readonly string[], counts: ArrayLike<number>) {
    if (words.length !== counts.length) {
      throw new RangeError(
        `Vocabulary: counts must be ${words.length}, one for each word, got ${counts.length}.`,
      );
    }
    this.words = words;
    this.counts = Float64Array.from(counts);
    const wrong = this.counts.findIndex((count) => !(Number.isSafeInteger(count) && count > 0));
    if (wrong >= 0) {
      throw new RangeError(
        `Vocabulary: counts must be positive integers, got ${counts[wrong]} of ${describeValue(words[wrong])}.`,
      );
    }
    this.total = this.counts.reduce((sum, count) => sum + count, 0);
    this.#rows = new Map(words.map((word, row) => [word, row]));
    if (this.#rows.size < words.length) {
      const twice = words.find((word, row) => this.#rows.get(word) !== row);
      throw new RangeError(`Vocabulary: words must differ, got ${describeValue(twice)} twice.`);
    }
  }

  /** The row of a word, undefined if it has none. */
  rowOf(word: string): number | undefined {
    return this.#rows.get(word);
  }
}

/**
 * The frequent ones of counted words, most frequent first; words of one count stay in their order.
 *
 * @returns the vocabulary, and for each counted word its row, −1 for those left out
 */
export function selectWords(
  words: readonly string[],
  counts: ArrayLike<number>,
  { minCount = 5, maxVocabSize = Number.POSITIVE_INFINITY }: VocabularyOptions,
): { vocabulary: Vocabulary; rows: Int32Array } {
  const order = Array.from(words.keys())
    .filter((index) => counts[index]! >= minCount)
    .sort((left, right) => counts[right]! - counts[left]! || left - right)
    .slice(0, maxVocabSize);
  const rows = new Int32Array(words.length).fill(-1);
  for (const [row, index] of order.entries()) rows[index] = row;
  const vocabulary = new Vocabulary(
    order.map((index) => words[index]!),
    order.map((index) => counts[index]!),
  );
  return { vocabulary, rows };
}

/** A vocabulary and more text's words: known ones keep their rows, new ones that are frequent enough there follow. */
export function growVocabulary(
  vocabulary: Vocabulary,
  words: readonly string[],
  counts: ArrayLike<number>,
  options: VocabularyOptions,
): { vocabulary: Vocabulary; rows: Int32Array } {
  const grownCounts = Array.from(vocabulary.counts);
  const rows = new Int32Array(words.length).fill(-1);
  const unknown: number[] = [];
  for (const [index, word] of words.entries()) {
    const row = vocabulary.rowOf(word);
    if (row === undefined) unknown.push(index);
    else {
      rows[index] = row;
      grownCounts[row]! += counts[index]!;
    }
  }
  const { maxVocabSize = Number.POSITIVE_INFINITY, ...rest } = options;
  const added = selectWords(
    unknown.map((index) => words[index]!),
    unknown.map((index) => counts[index]!),
    { ...rest, maxVocabSize: Math.max(0, maxVocabSize - vocabulary.words.length) },
  );
  for (const [place, index] of unknown.entries()) {
    if (added.rows[place]! >= 0) rows[index] = vocabulary.words.length + added.rows[place]!;
  }
  const grown = new Vocabulary(
    [...vocabulary.words, ...added.vocabulary.words],
    [...grownCounts, ...added.vocabulary.counts],
  );
  return { vocabulary: grown, rows };
}
