import { characterLength, type NormalizedText } from '../normalized-text.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';

/** Cuts text into words of a fixed number of characters; the last may be shorter. */
export class FixedLengthPreTokenizer implements PreTokenizer {
  readonly type = 'FixedLength';
  readonly characterCount: number;

  constructor({ length = 5 }: { readonly length?: number } = {}) {
    this.characterCount = length;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    let start = 0;
    let count = 0;
    for (let index = 0; index < text.length; ) {
      index += characterLength(text.text, index);
      if (++count < this.characterCount && index < text.length) continue;
      output.push(text.slice(start, index));
      start = index;
      count = 0;
    }
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type, length: this.characterCount };
  }
}
