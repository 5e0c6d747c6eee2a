import { cleanUp } from './clean-up.ts';
import type { Decoder, DecoderJson } from './decoder.ts';

export interface CtcDecoderOptions {
  /** What separates equal tokens that are meant twice (default `<pad>`). */
  readonly padToken?: string;
  /** What stands for a space (default `|`). */
  readonly wordDelimiterToken?: string;
  /** Whether word delimiters become spaces, and spaces before punctuation are removed (default true). */
  readonly cleanup?: boolean;
}

/**
 * Joins repeated tokens to one and leaves padding out, for models trained with connectionist temporal classification.
 *
 * @see Graves et al. 2006, §3.1
 */
export class CtcDecoder implements Decoder {
  readonly type = 'CTC';
  readonly padToken: string;
  readonly wordDelimiterToken: string;
  readonly cleanup: boolean;

  constructor({ padToken = '<pad>', wordDelimiterToken = '|', cleanup = true }: CtcDecoderOptions = {}) {
    this.padToken = padToken;
    this.wordDelimiterToken = wordDelimiterToken;
    this.cleanup = cleanup;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    return tokens
      .filter((token, index) => token !== tokens[index - 1])
      .map((token) => {
        const unpadded = this.padToken === '' ? token : token.replaceAll(this.padToken, '');
        return this.cleanup ? cleanUp(unpadded).replaceAll(this.wordDelimiterToken, ' ') : unpadded;
      })
      .filter((token) => token !== '');
  }

  toJSON(): DecoderJson {
    return {
      type: this.type,
      pad_token: this.padToken,
      word_delimiter_token: this.wordDelimiterToken,
      cleanup: this.cleanup,
    };
  }
}
