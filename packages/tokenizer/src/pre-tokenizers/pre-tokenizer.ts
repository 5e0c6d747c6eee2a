import type { NormalizedText } from '../normalized-text.ts';

/** Cuts a stretch of text into words; may change it on the way. */
export interface PreTokenizer {
  /** Its name in tokenizer.json. */
  readonly type: string;
  /** Appends the words of a stretch to `output`, in order; empty ones are left out. */
  split(text: NormalizedText, output: NormalizedText[]): void;
  /** The `pre_tokenizer` of tokenizer.json. */
  toJSON(): PreTokenizerJson;
}

/** A pre-tokenizer as tokenizer.json has it. */
export interface PreTokenizerJson {
  readonly type: string;
  readonly [field: string]: unknown;
}
