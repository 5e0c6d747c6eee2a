import type { Decoder, DecoderJson } from './decoder.ts';

/** Joins all tokens to one, for decoders after it that look at beginnings and ends. */
export class FuseDecoder implements Decoder {
  readonly type = 'Fuse';

  decodeChain(tokens: readonly string[]): readonly string[] {
    return [tokens.join('')];
  }

  toJSON(): DecoderJson {
    return { type: this.type };
  }
}
