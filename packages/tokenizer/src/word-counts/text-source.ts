/** Texts in bytes: a file, a blob, or anything else that can be read from any place on. */
export interface TextSource {
  /** What errors call it; with `version`, how a count that goes on later recognizes it. */
  readonly name: string;
  /** Bytes that it takes where it is kept; compressed ones, if it is compressed. */
  readonly byteLength: number;
  /** Something that is another when the content is another, such as the time of the last change. */
  readonly version: string;
  /** Whether `read` gives other bytes than those kept, and not as many. */
  readonly isCompressed: boolean;
  /** The bytes of the texts, in UTF-8, from `start` on. */
  read(start: number): AsyncIterable<Uint8Array>;
}

/**
 * The texts in a `Blob` or `File` of a browser or of Node, which is read in parts; those compressed by gzip are recognized.
 *
 * @param name default: that of the file, else `blob`
 */
export async function blobSource(blob: Blob, name?: string): Promise<TextSource> {
  const file = blob as Blob & { readonly name?: string; readonly lastModified?: number };
  const isCompressed = isGzip(new Uint8Array(await blob.slice(0, 2).arrayBuffer()));
  return {
    name: name ?? file.name ?? 'blob',
    byteLength: blob.size,
    version: file.lastModified === undefined ? '' : new Date(file.lastModified).toISOString(),
    isCompressed,
    read: (start) =>
      isCompressed
        ? skipBytes(readStream(blob.stream().pipeThrough(new DecompressionStream('gzip'))), start)
        : readStream(blob.slice(start).stream()),
  };
}

/** Whether bytes begin as gzip's do. No UTF-8 begins so. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The bytes of blocks, from `start` on. */
export async function* skipBytes(
  blocks: AsyncIterable<Uint8Array>,
  start: number,
): AsyncGenerator<Uint8Array> {
  let rest = start;
  for await (const block of blocks) {
    if (rest < block.length) yield block.subarray(rest);
    rest = Math.max(0, rest - block.length);
  }
}

/** Browsers' streams are not all iterable yet. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
