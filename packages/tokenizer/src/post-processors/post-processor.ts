import type { Encoding } from '../encoding.ts';

/** A token that a post-processor puts in. */
export type SpecialToken = readonly [token: string, id: number];

/** Puts special tokens around the tokens of a text, or of both texts of a pair. */
export interface PostProcessor {
  /** Its name in tokenizer.json. */
  readonly type: string;
  /** How many tokens it puts in. */
  addedCount(isPair: boolean): number;
  /**
   * The encodings to put one after the other, made of those of the texts.
   *
   * @param addSpecialTokens false leaves special tokens out, and does all else
   */
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[];
  /** The same for ids alone. */
  processIds(ids: readonly Int32Array[], addSpecialTokens: boolean): readonly Int32Array[];
  /** The `post_processor` of tokenizer.json. */
  toJSON(): PostProcessorJson;
}

/** A post-processor as tokenizer.json has it. */
export interface PostProcessorJson {
  readonly type: string;
  readonly [field: string]: unknown;
}
