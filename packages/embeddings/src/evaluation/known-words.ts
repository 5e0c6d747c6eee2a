import { checkCount } from '../describe-value.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';

/** Which words count in an evaluation. */
export interface EvaluationOptions {
  /** The first words alone, which are the frequent ones. Default 300 000. */
  readonly limit?: number;
  /** Whether case counts. Default false: of words that differ in case alone the first counts, the most frequent. */
  readonly caseSensitive?: boolean;
  /** What items do that have a word without a vector: they are left out, or count as missed. Default left out. */
  readonly unknown?: 'skip' | 'zero';
}

/** Words, with or without case, and their rows. */
export interface KnownWords {
  fold(word: string): string;
  readonly rows: ReadonlyMap<string, number>;
}

export function knownWords(
  vectors: WordVectors,
  { limit = 300_000, caseSensitive = false }: EvaluationOptions,
): KnownWords {
  checkCount('evaluation', 'limit', limit);
  const fold = (word: string): string => (caseSensitive ? word : word.toUpperCase());
  const rows = new Map<string, number>();
  const count = Math.min(limit, vectors.words.length);
  for (let row = 0; row < count; row++) {
    const word = fold(vectors.words[row]!);
    if (!rows.has(word)) rows.set(word, row);
  }
  return { fold, rows };
}
