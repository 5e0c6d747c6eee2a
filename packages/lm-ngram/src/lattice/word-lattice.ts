import { describeValue } from '../describe-value.ts';

/** A word between two places of a text, or of an utterance. */
export interface LatticeArc {
  readonly from: number;
  /** More than `from`. */
  readonly to: number;
  readonly word: string;
  /** What else speaks for it, such as an acoustic model's natural logarithm (default 0). */
  readonly score?: number;
}

/** Words side by side: each way from the first place to the last is a possible sentence. */
export interface WordLattice {
  /** Places are numbered from 0, in an order in which all arcs go forward. */
  readonly nodeCount: number;
  readonly arcs: readonly LatticeArc[];
}

/**
 * The ways to cut a text into words of a dictionary; single characters are always words, so that there is a way.
 *
 * @param text   characters are code points
 * @param isWord whether the dictionary has a word: a `Set`'s or vocabulary's `has`
 * @param longestWord in characters, at least 1 (default 8)
 * @throws {RangeError} if it is less
 */
export function dictionaryLattice(
  text: string,
  { isWord, longestWord = 8 }: { readonly isWord: (word: string) => boolean; readonly longestWord?: number },
): WordLattice {
  if (!(longestWord >= 1)) {
    throw new RangeError(
      `dictionaryLattice: longestWord must be at least 1, got ${describeValue(longestWord)}.`,
    );
  }
  const characters = [...text];
  const arcs: LatticeArc[] = [];
  for (let from = 0; from < characters.length; from++) {
    let word = '';
    for (let to = from + 1; to <= Math.min(characters.length, from + longestWord); to++) {
      word += characters[to - 1]!;
      if (to === from + 1 || isWord(word)) arcs.push({ from, to, word });
    }
  }
  return { nodeCount: characters.length + 1, arcs };
}
