import { createByteAlphabet, tokenBytes } from './byte-pair/byte-alphabet.ts';
import { tokensInBytes } from './byte-pair/whole-tokens.ts';
import { ByteLevelDecoder } from './decoders/byte-level.ts';
import type { Decoder } from './decoders/decoder.ts';
import type { TokenUnits } from './models/token-units.ts';
import { unknownIdError } from './unknown-id-error.ts';

/** Whether a token is left out. */
export type Skips = ((id: number) => boolean) | undefined;

/** The tokens of a tokenizer, by id. */
export interface TokenSource {
  /** One more than the largest id. */
  readonly vocabSize: number;
  tokenOf(id: number): string | undefined;
  /** Ids whose text is to be asked for, whatever `units` say. */
  readonly addedIds: Iterable<number>;
  /** The texts of all others, where they are at hand in that form: then no strings are made of them. */
  readonly units: TokenUnits | undefined;
}

/** Makes text of token ids. */
export class TokenTexts {
  readonly #source: TokenSource;
  readonly #decoder: Decoder | undefined;
  /** Of byte-level decoders: the bytes of all tokens one after the other; token `id` is `[offsets[id], offsets[id + 1])`. */
  #bytes: Uint8Array | undefined;
  #offsets = new Int32Array(0);

  constructor(source: TokenSource, decoder: Decoder | undefined) {
    this.#source = source;
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
      const token = this.#source.tokenOf(ids[index]!);
      if (token === undefined) throw unknownIdError(ids, index, this.#source.vocabSize);
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
      const size = offsets[id + 1]! - offsets[id]!;
      if (!(size > 0) && this.#source.tokenOf(id) === undefined)
        throw unknownIdError(ids, index, this.#source.vocabSize);
      length += size;
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
    const { vocabSize, units, addedIds } = this.#source;
    const alphabet = createByteAlphabet();
    const whole = units && tokensInBytes(units);
    const added = new Set(addedIds);
    const partOf = (id: number): Uint8Array => {
      if (whole && !added.has(id) && whole.ends[id]! > whole.starts[id]!) {
        return whole.bytes.subarray(whole.starts[id], whole.ends[id]);
      }
      return tokenBytes(this.#source.tokenOf(id) ?? '', alphabet);
    };
    const offsets = new Int32Array(vocabSize + 1);
    let bytes = new Uint8Array(whole?.bytes.length ?? vocabSize * 8);
    for (let id = 0; id < vocabSize; id++) {
      const part = partOf(id);
      const start = offsets[id]!;
      if (start + part.length > bytes.length) {
        const larger = new Uint8Array(Math.max(bytes.length * 2, start + part.length));
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(part, start);
      offsets[id + 1] = start + part.length;
    }
    this.#offsets = offsets;
    return bytes;
  }
}

/** Keeps a leading byte order mark, which TextDecoder drops unless told. */
export function newUtf8Decoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}
