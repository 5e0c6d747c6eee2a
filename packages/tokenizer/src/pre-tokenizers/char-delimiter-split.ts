import type { NormalizedText } from '../normalized-text.ts';
import { characterDelimiters } from './character-delimiters.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';
import { splitAtDelimiters } from './split-behavior.ts';

/** Cuts at one character, and leaves it out. */
export class CharDelimiterSplitPreTokenizer implements PreTokenizer {
  readonly type = 'CharDelimiterSplit';
  readonly delimiter: string;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    const delimiter = this.delimiter.codePointAt(0);
    const ranges = characterDelimiters(text.text, (codePoint) => codePoint === delimiter);
    splitAtDelimiters(text, ranges, 'Removed', false, output);
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type, delimiter: this.delimiter };
  }
}
