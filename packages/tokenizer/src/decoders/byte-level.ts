import { type ByteAlphabet, createByteAlphabet, tokenBytes } from '../byte-pair/byte-alphabet.ts';
import type { Decoder, DecoderJson } from './decoder.ts';

export interface ByteLevelDecoderOptions {
  /** Kept for the file, as the others; none has an effect on decoding (default true). */
  readonly addPrefixSpace?: boolean;
  readonly trimOffsets?: boolean;
  readonly useRegex?: boolean;
}

/** Makes text of tokens written in the byte alphabet; bytes that are no UTF-8 become U+FFFD. */
export class ByteLevelDecoder implements Decoder {
  readonly type = 'ByteLevel';
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;
  readonly #alphabet: ByteAlphabet = createByteAlphabet();

  constructor({ addPrefixSpace = true, trimOffsets = true, useRegex = true }: ByteLevelDecoderOptions = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trimOffsets;
    this.useRegex = useRegex;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    const parts = tokens.map((token) => tokenBytes(token, this.#alphabet));
    const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let end = 0;
    for (const part of parts) {
      bytes.set(part, end);
      end += part.length;
    }
    return [new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)];
  }

  toJSON(): DecoderJson {
    return {
      type: this.type,
      add_prefix_space: this.addPrefixSpace,
      trim_offsets: this.trimOffsets,
      use_regex: this.useRegex,
    };
  }
}
