import type { AddedToken } from '../added-tokens.ts';
import { NormalizedText } from '../normalized-text.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { isWhiteSpace } from '../unicode/characters.ts';

/** Tells where added tokens neither lie across a place between two characters nor end there, nor depend on what is beyond it. */
export class AddedTokenSeams {
  readonly #pairs = new Set<number>();
  readonly #lasts = new Set<number>();
  /** First characters of tokens that count only where no word goes on. */
  readonly #firsts = new Set<number>();
  #stripsLeft = false;
  #stripsRight = false;

  /** @param normalizer what the text has gone through in which they are looked for */
  constructor(tokens: readonly Required<AddedToken>[], normalizer: Normalizer | undefined) {
    for (const { content, singleWord, leftStrip, rightStrip } of tokens) {
      const text = normalizer ? normalizer.normalize(NormalizedText.of(content, false)).text : content;
      const codePoints = Array.from(text, (character) => character.codePointAt(0)!);
      if (codePoints.length === 0) continue;
      for (let index = 1; index < codePoints.length; index++) {
        this.#pairs.add(codePoints[index - 1]! * CODE_POINTS + codePoints[index]!);
      }
      this.#lasts.add(codePoints.at(-1)!);
      if (singleWord) this.#firsts.add(codePoints[0]!);
      this.#stripsLeft ||= leftStrip;
      this.#stripsRight ||= rightStrip;
    }
  }

  areApart(before: number, after: number): boolean {
    if (this.#lasts.has(before) || this.#firsts.has(after)) return false;
    if (this.#pairs.has(before * CODE_POINTS + after)) return false;
    if (!isWhiteSpace(before)) return true;
    return !this.#stripsLeft && !(this.#stripsRight && isWhiteSpace(after));
  }
}

const CODE_POINTS = 0x110000;
