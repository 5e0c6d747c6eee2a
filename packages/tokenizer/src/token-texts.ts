import { createByteAlphabet, tokenBytes } from './byte-pair/byte-alphabet.ts';
import { ByteLevelDecoder } from './decoders/byte-level.ts';
import type { Decoder } from './decoders/decoder.ts';
import { unknownIdError } from './unknown-id-error.ts';

/** Whether a token is left out. */
export type Skips = ((id: number) => boolean) | undefined;

/** Makes text of token ids. */
export class TokenTexts {
  readonly #tokenOf: (id: number) => string | undefined;
  readonly #vocabSize: number;
  readonly #decoder: Decoder | undefined;
  /** Of byte-level decoders: the bytes of all tokens one after the other; token `id` is `[offsets[id], offsets[id + 1])`. */
  #bytes: Uint8Array | undefined;
  #offsets = new Int32Array(0);

  constructor(tokenOf: (id: number) => string | undefined, vocabSize: number, decoder: Decoder | undefined) {
    this.#tokenOf = tokenOf;
    this.#vocabSize = vocabSize;
    this.#decoder = decoder;
  }

  /** Whether the text is the tokens' bytes, one after the other. */
  get isByteLevel(): boolean {
    return this.#decoder instanceof ByteLevelDecoder;
  }

  /** @throws {RangeError} if an id is not in the vocabulary */
  decode(ids: ArrayLike<number>, skips: Skips): string {
    if (this.isByteLevel) return newUtf8Decoder().decode(this.bytesOf(ids, skips));
    const tokens: string[] = [];
    for (let index = 0; index < ids.length; index++) {
      const token = this.#tokenOf(ids[index]!);
      if (token === undefined) throw unknownIdError(ids, index, this.#vocabSize);
      if (!skips?.(ids[index]!)) tokens.push(token);
    }
    return this.#decoder ? this.#decoder.decodeChain(tokens).join('') : tokens.join(' ');
  }

  /** The bytes of tokens; of byte-level decoders only. */
  bytesOf(ids: ArrayLike<number>, skips: Skips): Uint8Array {
    this.#bytes ??= this.#collectBytes();
    const offsets = this.#offsets;
    let length = 0;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (this.#tokenOf(id) === undefined) throw unknownIdError(ids, index, this.#vocabSize);
      length += offsets[id + 1]! - offsets[id]!;
    }
    const bytes = new Uint8Array(length);
    let end = 0;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (skips?.(id)) continue;
      for (let at = offsets[id]!; at < offsets[id + 1]!; at++) bytes[end++] = this.#bytes[at]!;
    }
    return bytes.subarray(0, end);
  }

  #collectBytes(): Uint8Array {
    const alphabet = createByteAlphabet();
    const parts = Array.from({ length: this.#vocabSize }, (_, id) =>
      tokenBytes(this.#tokenOf(id) ?? '', alphabet),
    );
    this.#offsets = new Int32Array(parts.length + 1);
    for (const [id, { length }] of parts.entries()) this.#offsets[id + 1] = this.#offsets[id]! + length;
    const bytes = new Uint8Array(this.#offsets[parts.length]!);
    for (const [id, part] of parts.entries()) bytes.set(part, this.#offsets[id]!);
    return bytes;
  }
}

/** Keeps a leading byte order mark, which TextDecoder drops unless told. */
export function newUtf8Decoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}
