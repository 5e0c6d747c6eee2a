/** Makes text of tokens. */
export interface Decoder {
  /** Its name in tokenizer.json. */
  readonly type: string;
  /** The tokens rewritten, some perhaps joined; the text is all of them, one after the other. */
  decodeChain(tokens: readonly string[]): readonly string[];
  /** The `decoder` of tokenizer.json. */
  toJSON(): DecoderJson;
}

/** A decoder as tokenizer.json has it. */
export interface DecoderJson {
  readonly type: string;
  readonly [field: string]: unknown;
}
