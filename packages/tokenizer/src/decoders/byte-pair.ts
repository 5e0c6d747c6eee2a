import type { Decoder, DecoderJson } from './decoder.ts';

/** Writes a space for the suffix that ends words, but for the last. */
export class BytePairDecoder implements Decoder {
  readonly type = 'BPEDecoder';
  readonly suffix: string;

  constructor({ suffix = '</w>' }: { readonly suffix?: string } = {}) {
    this.suffix = suffix;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    return tokens.map((token, index) =>
      token.replaceAll(this.suffix, index === tokens.length - 1 ? '' : ' '),
    );
  }

  toJSON(): DecoderJson {
    return { type: this.type, suffix: this.suffix };
  }
}
