import { cleanUp } from './clean-up.ts';
import type { Decoder, DecoderJson } from './decoder.ts';

export interface WordPieceDecoderOptions {
  /** What tokens that do not begin a word begin with (default `##`). */
  readonly prefix?: string;
  /** Whether spaces before punctuation and contractions are removed (default true). */
  readonly cleanup?: boolean;
}

/** Joins continuing tokens to what is before them, and puts spaces before all others but the first. */
export class WordPieceDecoder implements Decoder {
  readonly type = 'WordPiece';
  readonly prefix: string;
  readonly cleanup: boolean;

  constructor({ prefix = '##', cleanup = true }: WordPieceDecoderOptions = {}) {
    this.prefix = prefix;
    this.cleanup = cleanup;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    return tokens.map((token, index) => {
      let text = token;
      if (index > 0) text = token.startsWith(this.prefix) ? token.slice(this.prefix.length) : ` ${token}`;
      return this.cleanup ? cleanUp(text) : text;
    });
  }

  toJSON(): DecoderJson {
    return { type: this.type, prefix: this.prefix, cleanup: this.cleanup };
  }
}
