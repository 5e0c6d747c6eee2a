import type { NormalizedText } from '../normalized-text.ts';
import { isNumeric } from '../unicode/characters.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';
import { SINGLE, splitRuns } from './split-runs.ts';

/** Cuts numbers (of any script, fractions and Roman ones too) out of the text, as a whole or digit by digit. */
export class DigitsPreTokenizer implements PreTokenizer {
  readonly type = 'Digits';
  readonly individualDigits: boolean;

  constructor({ individualDigits = false }: { readonly individualDigits?: boolean } = {}) {
    this.individualDigits = individualDigits;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    const kind = this.individualDigits ? SINGLE : 2;
    splitRuns(text, (codePoint) => (isNumeric(codePoint) ? kind : 1), output);
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type, individual_digits: this.individualDigits };
  }
}
