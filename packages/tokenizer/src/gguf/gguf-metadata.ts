import { describeValue } from '../describe-value.ts';
import { decodeGgufHeader, type GgufMetadata } from './gguf-header.ts';
import { NeedsBytes } from './gguf-reader.ts';

/** A file of which parts are read: a `File` of the browser wrapped, HTTP range requests, a file handle. */
export interface RangeReader {
  /** Bytes in all. */
  readonly size: number;
  /** Exactly the bytes from `begin` to below `end`. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** Options of {@link readGgufMetadata}. */
export interface ReadGgufMetadataOptions {
  /** What errors call the file (default `model.gguf`). */
  readonly source?: string;
  /** A file whose values and list of tensors take more bytes than this is refused (default 2²⁸, 256 MiB). */
  readonly maxHeaderSize?: number;
}

/**
 * Reads what a GGUF file says of itself: its keys and values, and names, shapes, types and places of its tensors. Versions 2 and 3, little- and
 * big-endian. Of a file that is read in parts, only the beginning is read.
 *
 * @param file the whole file, a `Blob`, or a reader of parts
 * @throws {TypeError} if `file` is none of these
 * @throws {RangeError} if the file is cut off, damaged, or of another format; the message names the byte
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * @example
 * const { metadata, tensors } = await readGgufMetadata(await readFile('model.gguf'));
 * metadata.get('general.architecture'); // 'llama'
 */
export async function readGgufMetadata(
  file: Uint8Array | Blob | RangeReader,
  { source = 'model.gguf', maxHeaderSize = 2 ** 28 }: ReadGgufMetadataOptions = {},
): Promise<GgufMetadata> {
  const place = `readGgufMetadata: ${source}`;
  const reader = rangeReader(file, place);
  // Strings are counted in the file but not placed, so the end of the header is only known once it is there.
  for (let length = FIRST_LENGTH; ; length *= 2) {
    const end = Math.min(length, reader.size);
    const bytes = await reader.read(0, end);
    if (bytes.length !== end) {
      throw new RangeError(`${place}: read must give ${end} bytes from byte 0 on, got ${bytes.length}.`);
    }
    try {
      return decodeGgufHeader(bytes, reader.size, place);
    } catch (error) {
      if (!(error instanceof NeedsBytes)) throw error;
      if (end >= maxHeaderSize) {
        throw new RangeError(
          `${place} must have a header of at most ${maxHeaderSize} bytes, got more. Raise maxHeaderSize if you trust the file.`,
        );
      }
    }
  }
}

/** The first bytes that are asked for; vocabularies of most models fit in a few times as many. */
const FIRST_LENGTH = 2 ** 20;

function rangeReader(file: Uint8Array | Blob | RangeReader, place: string): RangeReader {
  if (file instanceof Uint8Array) {
    return { size: file.length, read: async (begin, end) => file.subarray(begin, end) };
  }
  if (typeof Blob !== 'undefined' && file instanceof Blob) {
    return {
      size: file.size,
      read: async (begin, end) => new Uint8Array(await file.slice(begin, end).arrayBuffer()),
    };
  }
  if (typeof file === 'object' && file !== null && 'read' in file && Number.isSafeInteger(file.size))
    return file;
  throw new TypeError(
    `${place} must be bytes, a Blob or a reader with size and read, got ${describeValue(file)}.`,
  );
}
