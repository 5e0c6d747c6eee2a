import type { Decoder, DecoderJson } from './decoder.ts';

/** Decoders one after the other. */
export class SequenceDecoder implements Decoder {
  readonly type = 'Sequence';
  readonly parts: readonly Decoder[];

  constructor(parts: readonly Decoder[]) {
    this.parts = parts;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    return this.parts.reduce((decoded, part) => part.decodeChain(decoded), tokens);
  }

  toJSON(): DecoderJson {
    return { type: this.type, decoders: this.parts.map((part) => part.toJSON()) };
  }
}
