import type { ByteSource } from '../tensor-files/byte-source.ts';
import {
  encodeTokenFileHeader,
  jsonLengthOf,
  PREFIX_BYTES,
  parseTokenFileHeader,
  refusal,
  TOKEN_BYTES,
  type TokenFileHeader,
  type TokenType,
} from './token-file-header.ts';
import { requireRange, type TokenSource } from './token-source.ts';

/** How a token file is opened. */
export interface OpenTokensOptions {
  /** For a file of bare tokens, without a header, such as nanoGPT's `train.bin` (uint16): how they are stored. */
  readonly tokenType?: TokenType;
  /** For bare tokens: where they begin; default 0. */
  readonly byteOffset?: number;
}

/** A token file that is open. */
export interface TokenFile extends TokenSource {
  readonly tokenType: TokenType;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a token file of any size, in a browser's `File`, for example. Its tokens are read when they are asked for.
 *
 * @param source what errors call the file
 * @throws {RangeError} naming the byte, if the file is not exactly as its header says
 * @example
 * const tokens = await openTokenBlob(input.files[0]);
 * const data = shuffledWindows(tokens, { batchSize: 16, contextLength: 256, seed: 0 });
 */
export async function openTokenBlob(
  blob: Blob,
  { source = 'blob', ...options }: OpenTokensOptions & { readonly source?: string } = {},
): Promise<TokenFile> {
  const read = async (begin: number, end: number): Promise<Uint8Array> =>
    new Uint8Array(await blob.slice(begin, end).arrayBuffer());
  return openTokens({ size: blob.size, read }, options, source);
}

/** Opens a token file whose bytes come from anywhere: see {@link openTokenBlob}. */
export async function openTokens(
  bytes: ByteSource,
  { tokenType, byteOffset = 0 }: OpenTokensOptions,
  source: string,
): Promise<TokenFile> {
  if (!tokenType) {
    const prefix = await bytes.read(0, Math.min(PREFIX_BYTES, bytes.size));
    const start = PREFIX_BYTES + jsonLengthOf(prefix, bytes.size, source);
    return tokensIn(
      bytes,
      parseTokenFileHeader(await bytes.read(PREFIX_BYTES, start), source),
      start,
      source,
    );
  }
  requireTokenType('openTokens', tokenType);
  if (!(Number.isSafeInteger(byteOffset) && byteOffset >= 0 && byteOffset <= bytes.size)) {
    throw new RangeError(
      `openTokens: byteOffset must be an integer from 0 to ${bytes.size}, got ${byteOffset}.`,
    );
  }
  return tokensIn(bytes, { tokenType, metadata: {} }, byteOffset, source);
}

function tokensIn(
  bytes: ByteSource,
  { tokenType, tokenCount, metadata }: TokenFileHeader,
  start: number,
  source: string,
): TokenFile {
  const width = TOKEN_BYTES[tokenType];
  const length = (bytes.size - start) / width;
  if (!Number.isInteger(length) || (tokenCount !== undefined && tokenCount !== length)) {
    const expected =
      tokenCount === undefined
        ? `a multiple of ${width} bytes of tokens`
        : `${tokenCount} tokens of ${width} bytes`;
    throw refusal(source, start, `the file must hold ${expected}, got ${bytes.size - start} bytes`);
  }
  return {
    length,
    tokenType,
    metadata,
    async read(begin, end) {
      requireRange('TokenFile.read', begin, end, length);
      const first = start + begin * width;
      return decodeTokens(await bytes.read(first, start + end * width), tokenType, first, source);
    },
  };
}

function decodeTokens(bytes: Uint8Array, tokenType: TokenType, first: number, source: string): Int32Array {
  const width = TOKEN_BYTES[tokenType];
  const count = bytes.length / width;
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  if (tokenType === 'uint16') {
    return Int32Array.from(new Uint16Array(aligned.buffer, aligned.byteOffset, count));
  }
  const tokens = new Int32Array(aligned.buffer, aligned.byteOffset, count);
  const large = tokenType === 'uint32' ? tokens.findIndex((token) => token < 0) : -1;
  if (large >= 0) {
    throw refusal(source, first + large * width, `a token must be below 2^31, got ${tokens[large]! >>> 0}`);
  }
  return tokens;
}

/** Options of {@link encodeTokenFile}. */
export interface TokenFileOptions {
  /** How a token is stored; default uint16, for vocabularies of up to 65 536. */
  readonly tokenType?: TokenType;
  /** Free strings to keep along, such as the name of the tokenizer. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Token ids in pieces of any size, such as the encoded lines of a text. */
export type TokenChunks = Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>;

/**
 * The bytes of a token file, piece by piece, for a stream or a file system without random access. The header does not hold
 * the count then.
 *
 * @throws {RangeError} if a token does not fit its type
 * @example
 * const writable = await handle.createWritable();
 * for await (const bytes of encodeTokenFile(chunks)) await writable.write(bytes);
 * await writable.close();
 */
export async function* encodeTokenFile(
  chunks: TokenChunks,
  { tokenType = 'uint16', metadata = {} }: TokenFileOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  requireTokenType('encodeTokenFile', tokenType);
  yield encodeTokenFileHeader({ tokenType, metadata }) as Uint8Array<ArrayBuffer>;
  let written = 0;
  for await (const chunk of chunks) {
    yield encodeTokens(chunk, tokenType, written);
    written += chunk.length;
  }
}

/** Bounds of what each type holds; ids of 2³¹ and above could not be read back. */
const LIMITS: Readonly<Record<TokenType, readonly [number, number]>> = {
  uint16: [0, 0xffff],
  uint32: [0, 0x7fff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
};

/** @param written tokens before these, for errors */
export function encodeTokens(
  chunk: ArrayLike<number>,
  tokenType: TokenType,
  written: number,
): Uint8Array<ArrayBuffer> {
  const [low, high] = LIMITS[tokenType];
  const tokens = tokenType === 'uint16' ? new Uint16Array(chunk.length) : new Int32Array(chunk.length);
  for (let index = 0; index < chunk.length; index++) {
    const token = chunk[index]!;
    if (!(Number.isInteger(token) && token >= low && token <= high)) {
      throw new RangeError(
        `encodeTokenFile: tokens must be integers from ${low} to ${high} for ${tokenType}, got ${token} at ${written + index}.`,
      );
    }
    tokens[index] = token;
  }
  return new Uint8Array(tokens.buffer);
}

/** @throws {RangeError} unless it is one of the three types */
export function requireTokenType(owner: string, tokenType: TokenType): void {
  if (!Object.hasOwn(TOKEN_BYTES, tokenType)) {
    throw new RangeError(
      `${owner}: tokenType must be ${Object.keys(TOKEN_BYTES).join(', ')}, got ${tokenType}.`,
    );
  }
}
