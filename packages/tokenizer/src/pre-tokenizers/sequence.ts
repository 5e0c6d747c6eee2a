import type { NormalizedText } from '../normalized-text.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';

/** Pre-tokenizers one after the other, each cutting the words of the one before. */
export class SequencePreTokenizer implements PreTokenizer {
  readonly type = 'Sequence';
  readonly parts: readonly PreTokenizer[];

  constructor(parts: readonly PreTokenizer[]) {
    this.parts = parts;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    let words = [text];
    for (const part of this.parts) {
      const next: NormalizedText[] = [];
      for (const word of words) part.split(word, next);
      words = next;
    }
    for (const word of words) output.push(word);
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type, pretokenizers: this.parts.map((part) => part.toJSON()) };
  }
}
