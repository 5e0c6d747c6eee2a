import type { Decoder, DecoderJson } from './decoder.ts';

export interface StripDecoderOptions {
  /** The character to remove. */
  readonly content: string;
  /** How many of it, at most, at the beginning of a token (default 0). */
  readonly start?: number;
  /** How many of it, at most, at the end of a token (default 0). */
  readonly stop?: number;
}

/** Removes a character at the beginning and the end of each token. */
export class StripDecoder implements Decoder {
  readonly type = 'Strip';
  readonly content: string;
  readonly start: number;
  readonly stop: number;

  constructor({ content, start = 0, stop = 0 }: StripDecoderOptions) {
    this.content = content;
    this.start = start;
    this.stop = stop;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    const { content, start, stop } = this;
    return tokens.map((token) => {
      let from = 0;
      let to = token.length;
      for (let count = 0; count < start && token.startsWith(content, from); count++) from += content.length;
      for (let count = 0; count < stop && to - content.length >= from; count++) {
        if (token.slice(to - content.length, to) !== content) break;
        to -= content.length;
      }
      return token.slice(from, to);
    });
  }

  toJSON(): DecoderJson {
    return { type: this.type, content: this.content, start: this.start, stop: this.stop };
  }
}
