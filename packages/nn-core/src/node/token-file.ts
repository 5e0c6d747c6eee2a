import { type FileHandle, open } from 'node:fs/promises';
import {
  encodeTokens,
  type OpenTokensOptions,
  openTokens,
  requireTokenType,
  type TokenChunks,
  type TokenFile,
  type TokenFileOptions,
} from '../data/token-file.ts';
import { encodeTokenFileHeader } from '../data/token-file-header.ts';
import { writeAtomically } from './write-atomically.ts';

/** A token file that is open on a disk. */
export interface OpenTokenFile extends TokenFile {
  /** Nothing can be read afterwards. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a token file of any size. Its tokens are read, by position, when they are asked for.
 *
 * @throws {RangeError} naming the path and the byte, if the file is not exactly as its header says
 * @example
 * const tokens = await openTokenFile('train.tokens');
 * const data = prefetch(shuffledWindows(tokens, { batchSize: 16, contextLength: 256, seed: 0 }));
 */
export async function openTokenFile(path: string, options: OpenTokensOptions = {}): Promise<OpenTokenFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = (begin: number, end: number): Promise<Uint8Array> => readBytes(file, begin, end, path);
    const close = (): Promise<void> => file.close();
    return { ...(await openTokens({ size, read }, options, path)), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Tokens are gathered into writes of about this many bytes. */
const WRITE_BYTES = 2 ** 20;

/**
 * Writes a token file from pieces, of which only a few are in memory at a time. `path` gets it when it is whole.
 *
 * @returns how many tokens were written
 * @throws {RangeError} if a token does not fit its type; `path` is as before then
 * @example
 * await writeTokenFile('train.tokens', lines.map((line) => tokenizer.encode(line)), { metadata: { tokenizer: 'gpt2' } });
 */
export async function writeTokenFile(
  path: string,
  chunks: TokenChunks,
  { tokenType = 'uint16', metadata = {} }: TokenFileOptions = {},
): Promise<number> {
  requireTokenType('writeTokenFile', tokenType);
  const header = encodeTokenFileHeader({ tokenType, metadata });
  return writeAtomically(path, async (file) => {
    let tokenCount = 0;
    let pending: Uint8Array[] = [header];
    let pendingBytes = header.length;
    const flush = async (): Promise<void> => {
      await file.writeFile(Buffer.concat(pending)); // at the file's position
      pending = [];
      pendingBytes = 0;
    };
    for await (const chunk of chunks) {
      const bytes = encodeTokens(chunk, tokenType, tokenCount);
      tokenCount += chunk.length;
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= WRITE_BYTES) await flush();
    }
    await flush();
    const complete = encodeTokenFileHeader({ tokenType, tokenCount, metadata });
    await file.write(complete, 0, complete.length, 0);
    return tokenCount;
  });
}

async function readBytes(file: FileHandle, begin: number, end: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - begin);
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, offset, bytes.length - offset, begin + offset);
    if (bytesRead === 0) throw new RangeError(`openTokenFile: ${path} must not shrink while it is read.`);
    offset += bytesRead;
  }
  return bytes;
}
