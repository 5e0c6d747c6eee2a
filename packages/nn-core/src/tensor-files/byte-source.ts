/** A file of which parts are read. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Exactly the bytes from `begin` to below `end`. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** A file: all of its bytes, a browser's `File` or `Blob`, or a source of parts of your own, such as HTTP range requests. */
export type FileBytes = Uint8Array | Blob | ByteSource;

/**
 * Any file as a source of its parts; arrays give views.
 *
 * @param source what errors call it
 * @returns its `read` rejects with a RangeError where it gets fewer or more bytes than it asked for
 */
export function byteSource(bytes: FileBytes, source: string): ByteSource {
  const read = readerOf(bytes);
  return {
    size: bytes instanceof Uint8Array ? bytes.length : bytes.size,
    async read(begin, end) {
      const part = plainBytes(await read(begin, end));
      if (part.length === end - begin) return part;
      throw new RangeError(
        `${source}, byte ${begin}: reading must give ${end - begin} bytes, got ${part.length}. Was the file changed while it was open?`,
      );
    },
  };
}

function readerOf(bytes: FileBytes): ByteSource['read'] {
  if (bytes instanceof Uint8Array) return async (begin, end) => bytes.subarray(begin, end);
  if (!(bytes instanceof Blob)) return (begin, end) => bytes.read(begin, end);
  return async (begin, end) => new Uint8Array(await bytes.slice(begin, end).arrayBuffer());
}

/** The same bytes without the ways of Node's `Buffer`, whose `slice` gives a view. */
export function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** A part of a file as a file. */
export function partOf(bytes: ByteSource, begin: number, end: number): ByteSource {
  return { size: end - begin, read: (from, to) => bytes.read(begin + from, begin + to) };
}
