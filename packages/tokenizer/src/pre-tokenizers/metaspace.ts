import type { NormalizedText } from '../normalized-text.ts';
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

  constructor({ replacement = '▁', prependScheme = 'always', split = true }: MetaspaceOptions = {}) {
    this.replacement = replacement;
    this.prependScheme = prependScheme;
    this.cuts = split;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    let changed = text.replaceRanges(
      characterDelimiters(text.text, (codePoint) => codePoint === 0x20),
      this.replacement,
    );
    const prepends = this.prependScheme === 'always' || (this.prependScheme === 'first' && text.isAtStart);
    if (prepends && !changed.text.startsWith(this.replacement)) changed = changed.prepend(this.replacement);
    if (this.cuts) {
      const replacement = this.replacement.codePointAt(0);
      const ranges = characterDelimiters(changed.text, (codePoint) => codePoint === replacement);
      splitAtDelimiters(changed, ranges, 'MergedWithNext', false, output);
    } else if (changed.length > 0) {
      output.push(changed);
    }
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
