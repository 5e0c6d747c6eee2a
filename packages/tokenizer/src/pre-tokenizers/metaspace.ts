import type { NormalizedText } from '../normalized-text.ts';
import { LiteralPattern } from '../text-pattern.ts';
import { characterDelimiters } from './character-delimiters.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';
import { splitAtDelimiters } from './split-behavior.ts';

/** Which stretches of text get the replacement in front: all, the first of the text, or none. */
export type PrependScheme = 'always' | 'first' | 'never';

export interface MetaspaceOptions {
  /** What stands for a space: one character (default `▁`, U+2581). */
  readonly replacement?: string;
  /** Default `always`. */
  readonly prependScheme?: PrependScheme;
  /** Whether text is cut before each replacement (default true). */
  readonly split?: boolean;
}

/**
 * Writes spaces as another character and cuts words before it, so that a word keeps its leading space.
 *
 * @see Kudo and Richardson 2018 (SentencePiece), §3.1
 */
export class MetaspacePreTokenizer implements PreTokenizer {
  readonly type = 'Metaspace';
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  readonly cuts: boolean;
  readonly #spaces = new LiteralPattern(' ');

  constructor({ replacement = '▁', prependScheme = 'always', split = true }: MetaspaceOptions = {}) {
    this.replacement = replacement;
    this.prependScheme = prependScheme;
    this.cuts = split;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    const marked = this.mark(text);
    if (this.cuts) {
      const replacement = this.replacement.codePointAt(0);
      const ranges = characterDelimiters(marked.text, (codePoint) => codePoint === replacement);
      splitAtDelimiters(marked, ranges, 'MergedWithNext', false, output);
    } else if (marked.length > 0) {
      output.push(marked);
    }
  }

  /** The text with the replacement for each space, and in front if that is the scheme. */
  mark(text: NormalizedText): NormalizedText {
    const spaces = this.#spaces;
    const marked = text.isTracked
      ? text.replaceRanges(spaces.matches(text.text), this.replacement)
      : text.withText(spaces.replaceIn(text.text, this.replacement));
    const prepends = this.prependScheme === 'always' || (this.prependScheme === 'first' && text.isAtStart);
    return prepends && !marked.text.startsWith(this.replacement) ? marked.prepend(this.replacement) : marked;
  }

  toJSON(): PreTokenizerJson {
    return {
      type: this.type,
      replacement: this.replacement,
      prepend_scheme: this.prependScheme,
      split: this.cuts,
    };
  }
}
