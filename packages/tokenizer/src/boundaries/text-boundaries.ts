import { PairMap } from '../byte-pair/pair-map.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { AddedTokenSeams } from './added-token-seams.ts';
import { modelSeams } from './model-seams.ts';
import { normalizedNeighbors } from './normalizer-seams.ts';
import { preTokenizerSeams } from './pre-tokenizer-seams.ts';

/**
 * Places where a text can be cut in two so that its tokens are those of the first part and those of the second.
 *
 * Whether a place is one depends on the two characters at it alone: every part of the pipeline is asked whether, between these two,
 * it does on either side what it would do without the other. So a place stays one whatever happens to the rest of the text.
 */
export class TextBoundaries {
  readonly #isBoundary: (before: number, after: number) => boolean;
  #known = new PairMap();

  private constructor(isBoundary: (before: number, after: number) => boolean) {
    this.#isBoundary = isBoundary;
  }

  /** @returns undefined for tokenizers of which that is not known of any two characters */
  static of(tokenizer: Tokenizer): TextBoundaries | undefined {
    const { model, normalizer, preTokenizer, addedTokens } = tokenizer;
    if (model.isRandom) return undefined;
    const normalized = normalizedNeighbors(normalizer);
    if (!normalized) return undefined;
    const plainTokens = new AddedTokenSeams(
      addedTokens.filter((token) => !token.normalized),
      undefined,
    );
    const normalizedTokens = new AddedTokenSeams(
      addedTokens.filter((token) => token.normalized),
      normalizer,
    );
    const preTokenized = preTokenizerSeams(preTokenizer);
    const isModelSeam = modelSeams(model);
    return new TextBoundaries((before, after) => {
      if (!plainTokens.areApart(before, after)) return false;
      const neighbors = normalized(before, after);
      if (!neighbors || !normalizedTokens.areApart(...neighbors)) return false;
      const { seam, neighbors: inWords } = preTokenized(...neighbors);
      return seam === 'cut' || (seam === 'apart' && isModelSeam?.(...inWords) === true);
    });
  }

  /** Whether a text may be cut between two characters. */
  isBoundary(before: number, after: number): boolean {
    let known = this.#known.get(before, after);
    if (known < 0) {
      known = this.#isBoundary(before, after) ? 1 : 0;
      if (this.#known.size >= MOST_KNOWN) this.#known = new PairMap();
      this.#known.set(before, after, known);
    }
    return known === 1;
  }

  /**
   * The first place from `start` on, and after the first character, where the text may be cut; its length if there is none.
   * Never within a surrogate pair; a lone surrogate is the U+FFFD that it will be encoded as.
   */
  next(text: string, start: number): number {
    let index = Math.max(1, start);
    if (index >= text.length) return text.length;
    if (isWithinPair(text, index)) index++;
    let before = wellFormed(text.codePointAt(isWithinPair(text, index - 1) ? index - 2 : index - 1)!);
    while (index < text.length) {
      const after = wellFormed(text.codePointAt(index)!);
      if (this.isBoundary(before, after)) return index;
      before = after;
      index += after > 0xffff ? 2 : 1;
    }
    return text.length;
  }
}

/** Bounds the memory: pairs of characters seen lately. */
const MOST_KNOWN = 65_536;

/** Whether an index of a text is between the two code units of a character. */
export function isWithinPair(text: string, index: number): boolean {
  return index > 0 && index < text.length && text.codePointAt(index - 1)! > 0xffff;
}

function wellFormed(codePoint: number): number {
  return codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
}
