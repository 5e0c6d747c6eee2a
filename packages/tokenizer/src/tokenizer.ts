import type { TokenizerJson } from './tokenizer-json.ts';

/** A trained tokenizer: an immutable value that turns text into token ids and back. */
export interface Tokenizer {
  /** How the text is cut: `characters` or `byte-pair`. */
  readonly kind: 'characters' | 'byte-pair';
  /** One more than the largest token id: the rows an embedding table needs. */
  readonly vocabSize: number;
  /** The ids of the special tokens, by their text. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /**
   * The token ids of a text. A lone surrogate counts as U+FFFD, the replacement character.
   *
   * @throws {TypeError} if `text` is no string
   * @throws {RangeError} if the tokenizer has no token for a character (character tokenizers without an unknown token)
   */
  encode(text: string, options?: EncodeOptions): Int32Array;
  /**
   * The text of token ids. Bytes that are no UTF-8 become U+FFFD.
   *
   * @throws {RangeError} if an id is not in the vocabulary
   */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string;
  /** A decoder for ids that arrive one after the other. */
  createTextDecoder(options?: DecodeOptions): StreamingTextDecoder;
  /** The tokenizer in the form of Hugging Face's tokenizer.json; `JSON.stringify(tokenizer)` is that file's text. */
  toJSON(): TokenizerJson;
}

export interface EncodeOptions {
  /**
   * Whether special tokens written in the text become their ids (default true). Say false for text from people you do not
   * trust: then `<|endoftext|>` is only thirteen characters.
   */
  readonly parseSpecialTokens?: boolean;
}

export interface DecodeOptions {
  /** Whether special tokens are left out (default false). */
  readonly skipSpecialTokens?: boolean;
}

/** Decodes ids as they arrive; holds back the bytes of a character until all of them are there. */
export interface StreamingTextDecoder {
  /** The text that these ids complete; often less, sometimes more, than their own. */
  push(ids: number | ArrayLike<number>): string;
  /** What was held back, as U+FFFD; afterwards the decoder is as new. */
  end(): string;
}
