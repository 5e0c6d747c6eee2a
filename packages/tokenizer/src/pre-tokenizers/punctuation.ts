import type { NormalizedText } from '../normalized-text.ts';
import { isPunctuation } from '../unicode/characters.ts';
import { characterDelimiters } from './character-delimiters.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';
import { type SplitBehavior, splitAtDelimiters } from './split-behavior.ts';

/** Cuts at punctuation. */
export class PunctuationPreTokenizer implements PreTokenizer {
  readonly type = 'Punctuation';
  readonly behavior: SplitBehavior;

  constructor({ behavior = 'Isolated' }: { readonly behavior?: SplitBehavior } = {}) {
    this.behavior = behavior;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    splitAtDelimiters(text, characterDelimiters(text.text, isPunctuation), this.behavior, false, output);
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type, behavior: this.behavior };
  }
}
