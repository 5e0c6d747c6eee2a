/** Bytes that can be read anywhere: a file, or an address that serves ranges. */
export interface RandomAccess {
  /** What errors call it. */
  readonly source: string;
  /** Bytes in it. */
  readonly size: number;
  /** Exactly the bytes from `begin` to before `end`. */
  read(begin: number, end: number): Promise<Uint8Array>;
  close?(): Promise<void>;
}

/** All bytes at once. */
export function bytesAccess(bytes: Uint8Array, source = 'the file'): RandomAccess {
  return { source, size: bytes.length, read: async (begin, end) => bytes.subarray(begin, end) };
}

/**
 * An address whose server answers range requests, as those of files do; also of a page's own `Blob`s.
 *
 * @throws {TypeError} if the server does not tell the file's size, or gives another part than was asked for
 */
export async function rangeAccess(url: string | URL, options: RequestInit = {}): Promise<RandomAccess> {
  const source = String(url);
  const ask = async (begin: number, end: number): Promise<Response> => {
    const headers = new Headers(options.headers);
    headers.set('Range', `bytes=${begin}-${end - 1}`);
    const response = await fetch(url, { ...options, headers });
    if (response.status !== 206) {
      await response.body?.cancel();
      throw new TypeError(
        `rangeAccess: ${source} must answer a range with status 206, got ${response.status}.`,
      );
    }
    return response;
  };
  const first = await ask(0, 1);
  await first.arrayBuffer();
  const size = Number(/\/(\d+)$/.exec(first.headers.get('Content-Range') ?? '')?.[1]);
  if (!Number.isSafeInteger(size)) {
    throw new TypeError(
      `rangeAccess: ${source} must tell its size in Content-Range, which a server has to expose.`,
    );
  }
  return {
    source,
    size,
    async read(begin, end) {
      if (begin === end) return new Uint8Array(0);
      const bytes = new Uint8Array(await (await ask(begin, end)).arrayBuffer());
      if (bytes.length === end - begin) return bytes;
      throw new TypeError(
        `rangeAccess: ${source} must give ${end - begin} bytes from ${begin}, got ${bytes.length}.`,
      );
    },
  };
}
