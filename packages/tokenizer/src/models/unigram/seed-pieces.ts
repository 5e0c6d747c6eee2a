import { BOUNDARY, repeatedSubstrings } from './repeated-substrings.ts';
import type { ScoredPiece } from './unigram-model.ts';

/** The words of a corpus, and how often each occurs. */
export type WordCounts = ReadonlyMap<string, number>;

/** What may be a seed. */
export interface SeedOptions {
  readonly maxPieceLength: number;
  readonly seedSize: number;
  readonly isPiece: (substring: string) => boolean;
}

/**
 * Where training starts: all characters, and the substrings of words that cover most.
 *
 * A substring weighs how often it occurs in the corpus times its length.
 *
 * @returns the characters, then the substrings, each group the heaviest first, with the logarithms of their shares
 * @see Kudo 2018, §3.2, step 1
 */
export function seedPieces(
  words: WordCounts,
  characters: WordCounts,
  { maxPieceLength, seedSize, isPiece }: SeedOptions,
): ScoredPiece[] {
  const elements = new Int32Array(elementCount(words));
  const weights = new Float64Array(elements.length);
  let length = 0;
  for (const [word, count] of words) {
    for (const character of word) {
      weights[length] = count;
      elements[length++] = character.codePointAt(0)!;
    }
    elements[length++] = BOUNDARY;
  }
  const text = (start: number, count: number): string =>
    String.fromCodePoint(...elements.subarray(start, start + count));
  const substrings = repeatedSubstrings(elements, weights, maxPieceLength)
    .sort((a, b) => b.count * b.length - a.count * a.length || a.start - b.start)
    .map(({ start, length, count }) => [text(start, length), count * length] as const)
    .filter(([piece]) => isPiece(piece))
    .slice(0, Math.max(0, seedSize - characters.size));
  const weighted = [...[...characters].sort(byCount), ...substrings];
  const total = Math.log(weighted.reduce((sum, [, weight]) => sum + weight, 0));
  return weighted.map(([piece, weight]) => [piece, Math.log(weight) - total]);
}

/** The most frequent first; of equals, the one that comes first in code unit order. */
export function byCount(
  [a, countOfA]: readonly [string, number],
  [b, countOfB]: readonly [string, number],
): number {
  return countOfB - countOfA || (a < b ? -1 : 1);
}

/** Characters of all words, and a boundary after each. */
function elementCount(words: WordCounts): number {
  let count = 0;
  for (const word of words.keys()) {
    for (const _ of word) count++;
    count++;
  }
  return count;
}
