import { readFile } from 'node:fs/promises';
import { describeFileError, Failure } from './failure.ts';

/**
 * Reads UTF-8 text files and joins them in order; a file that does not end in a line end gets one before the next.
 *
 * @throws {Failure} naming the file, if one cannot be read, is empty or is not UTF-8
 */
export async function readTexts(paths: readonly string[]): Promise<string> {
  let joined = '';
  for (const path of paths) {
    const text = await readText(path);
    if (joined !== '' && !joined.endsWith('\n')) joined += '\n';
    joined += text;
  }
  return joined;
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw describeFileError(error, path);
  }
  const text = decode(bytes, path);
  if (text.trim() === '') throw new Failure(`${path} is empty: there is nothing to learn from.`);
  return text;
}

function decode(bytes: Uint8Array, path: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new Failure(`${path} is UTF-16, not UTF-8. Convert it: iconv -f UTF-16 -t UTF-8 ${path}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new Failure(`${path} is not UTF-8 text: byte ${firstInvalidByte(bytes)} does not belong there.`);
  }
}

/** Offset of the first byte that breaks UTF-8: what decoding and encoding again does not give back. */
function firstInvalidByte(bytes: Uint8Array): number {
  const again = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  let offset = 0;
  while (bytes[offset] === again[offset]) offset++;
  return offset;
}
