/** How a token file stores a token; always the least significant byte first. */
export type TokenType = 'uint16' | 'uint32' | 'int32';

/** Bytes of a token. */
export const TOKEN_BYTES: Readonly<Record<TokenType, number>> = { uint16: 2, uint32: 4, int32: 4 };

/** What a token file says before its tokens. */
export interface TokenFileHeader {
  readonly tokenType: TokenType;
  /** Absent where the file was written without knowing its end. */
  readonly tokenCount?: number;
  /** Free strings, such as the name of the tokenizer. */
  readonly metadata: Readonly<Record<string, string>>;
}

const MAGIC = 'WLTOKENS';
const VERSION = 1;
/** Magic and the length of the JSON after it. */
export const PREFIX_BYTES = 12;
/** Tokens begin at a multiple of this, so that the file can be mapped as an array. */
const ALIGNMENT = 64;
const MAX_JSON_BYTES = 1_000_000;

/**
 * The bytes before the tokens: `WLTOKENS`, the length of what follows as an unsigned 32-bit integer, and JSON padded with
 * spaces to where the tokens begin. Its length does not depend on the count, so that the count can be filled in later.
 */
export function encodeTokenFileHeader({ tokenType, tokenCount, metadata }: TokenFileHeader): Uint8Array {
  const fields = { version: VERSION, tokenType, metadata };
  const longest = new TextEncoder().encode(
    JSON.stringify({ ...fields, tokenCount: Number.MAX_SAFE_INTEGER }),
  ).length;
  const size = Math.ceil((PREFIX_BYTES + longest) / ALIGNMENT) * ALIGNMENT;
  if (size > MAX_JSON_BYTES) {
    throw new RangeError(`encodeTokenFileHeader: metadata must take less than ${MAX_JSON_BYTES} bytes.`);
  }
  const bytes = new Uint8Array(size).fill(0x20); // spaces
  const json = JSON.stringify(tokenCount === undefined ? fields : { ...fields, tokenCount });
  bytes.set(new TextEncoder().encode(MAGIC), 0);
  new DataView(bytes.buffer).setUint32(MAGIC.length, size - PREFIX_BYTES, true);
  bytes.set(new TextEncoder().encode(json), PREFIX_BYTES);
  return bytes;
}

/** Length of the JSON, from the first {@link PREFIX_BYTES} bytes of a file. */
export function jsonLengthOf(prefix: Uint8Array, fileSize: number, source: string): number {
  if (prefix.length < PREFIX_BYTES || new TextDecoder().decode(prefix.subarray(0, MAGIC.length)) !== MAGIC) {
    throw refusal(source, 0, `the file must begin with ${MAGIC}. For bare tokens give their tokenType`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(MAGIC.length, true);
  const limit = Math.min(MAX_JSON_BYTES, fileSize - PREFIX_BYTES);
  if (length > limit) {
    throw refusal(source, MAGIC.length, `the header must be at most ${limit} bytes, got ${length}`);
  }
  return length;
}

/** Reads and checks the JSON of a header. */
export function parseTokenFileHeader(bytes: Uint8Array, source: string): TokenFileHeader {
  const refuse = (problem: string): RangeError => refusal(source, PREFIX_BYTES, problem);
  let fields: unknown;
  try {
    fields = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw refuse('the header must be JSON');
  }
  if (!isObject(fields)) throw refuse('the header must be an object');
  const { version, tokenType, tokenCount, metadata } = fields;
  if (version !== VERSION) throw refuse(`version must be ${VERSION}, got ${JSON.stringify(version)}`);
  if (!isTokenType(tokenType)) {
    throw refuse(
      `tokenType must be ${Object.keys(TOKEN_BYTES).join(', ')}, got ${JSON.stringify(tokenType)}`,
    );
  }
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw refuse('metadata must map names to strings');
  }
  const strings = metadata as Record<string, string>;
  if (tokenCount === undefined) return { tokenType, metadata: strings };
  if (!(typeof tokenCount === 'number' && Number.isSafeInteger(tokenCount) && tokenCount >= 0)) {
    throw refuse(`tokenCount must be a non-negative integer, got ${JSON.stringify(tokenCount)}`);
  }
  return { tokenType, tokenCount, metadata: strings };
}

/** A refusal that says in which file, at which byte, what was expected. */
export function refusal(source: string, byte: number, problem: string): RangeError {
  return new RangeError(`openTokens: ${source}, byte ${byte}: ${problem}.`);
}

function isTokenType(value: unknown): value is TokenType {
  return typeof value === 'string' && Object.hasOwn(TOKEN_BYTES, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
