import { compareTexts } from './compare-texts.ts';

/** Which characters get tokens. */
export interface AlphabetOptions {
  /** Characters that get a token even if the corpus lacks them, the first of each text. */
  readonly initialAlphabet: Iterable<string>;
  /** How many characters get a token at most: those of the initial alphabet, then the most frequent ones. */
  readonly limitAlphabet: number;
}

/**
 * The characters that get tokens, in the order of their code points. Of equally frequent ones at the limit, those with the smaller
 * code points do. (Hugging Face's choice there differs from run to run.)
 *
 * @param counts how often each character occurs
 */
export function chooseAlphabet(
  counts: ReadonlyMap<string, number>,
  { initialAlphabet, limitAlphabet }: AlphabetOptions,
): string[] {
  const ranked = new Map(counts);
  for (const text of initialAlphabet) {
    const [character] = text;
    if (character !== undefined) ranked.set(character, Number.POSITIVE_INFINITY);
  }
  const kept = [...ranked];
  if (kept.length > limitAlphabet) {
    kept.sort(([a, countOfA], [b, countOfB]) =>
      countOfA === countOfB ? compareTexts(a, b) : countOfB - countOfA,
    );
    kept.length = limitAlphabet;
  }
  return kept.map(([character]) => character).sort(compareTexts);
}
