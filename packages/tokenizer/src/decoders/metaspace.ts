import type { MetaspaceOptions, PrependScheme } from '../pre-tokenizers/metaspace.ts';
import type { Decoder, DecoderJson } from './decoder.ts';

/** Writes spaces for the character that stands for them; in the first token it is left out, unless nothing was put in front. */
export class MetaspaceDecoder implements Decoder {
  readonly type = 'Metaspace';
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  /** Kept for the file; it has no effect on decoding. */
  readonly cuts: boolean;

  constructor({ replacement = '▁', prependScheme = 'always', split = true }: MetaspaceOptions = {}) {
    this.replacement = replacement;
    this.prependScheme = prependScheme;
    this.cuts = split;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    return tokens.map((token, index) =>
      token.replaceAll(this.replacement, index === 0 && this.prependScheme !== 'never' ? '' : ' '),
    );
  }

  toJSON(): DecoderJson {
    return {
      type: this.type,
      replacement: this.replacement,
      prepend_scheme: this.prependScheme,
      split: this.cuts,
    };
  }
}
