import { describeValue } from '../describe-value.ts';

/** A file that is read in parts. */
export interface ByteSource {
  /** Bytes of the whole file. */
  readonly length: number;
  /** Exactly so many bytes from a place on; both are inside the file. */
  read(start: number, length: number, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
}

/** Options of {@link openHttpSource}. */
export interface HttpSourceOptions {
  /** Sent with each request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What sends requests (default the global `fetch`). */
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
}

/**
 * A file on a web server that is read by range requests. A server that takes none sends it all at the first request; it is then kept in memory.
 *
 * @throws {Error} if the server refuses, or the file changes between two requests; the message names the address
 * @see RFC 9110, §14
 */
export async function openHttpSource(
  url: string | URL,
  { headers = {}, fetch: send = globalThis.fetch, signal }: HttpSourceOptions = {},
): Promise<ByteSource> {
  const request = (start: number, length: number, options: { readonly signal?: AbortSignal } = {}) =>
    send(url, {
      ...options,
      cache: 'no-store', // where Chromium's cache holds the whole file, it answers parts with no bytes
      headers: { ...headers, range: `bytes=${start}-${start + length - 1}` },
    });
  const wrong = (what: string) => new Error(`openHttpSource: ${url}: ${what}.`);
  // Some servers take an end of 0 for none, so two bytes are asked for.
  const first = await request(0, 2, signal ? { signal } : {});
  if (first.status === 200) return memorySource(new Uint8Array(await first.arrayBuffer()));
  await first.arrayBuffer();
  if (first.status !== 206) throw wrong(`the server answers ${first.status} ${first.statusText}`.trim());
  const total = /^bytes 0-[01]\/(\d+)$/.exec(first.headers.get('content-range') ?? '');
  if (!total) {
    const got = describeValue(first.headers.get('content-range'));
    throw wrong(`expected a header content-range with the length of the file, got ${got}`);
  }
  const length = Number(total[1]);
  const version = first.headers.get('etag') ?? first.headers.get('last-modified');
  return {
    length,
    async read(start, count, options) {
      const answer = await request(start, count, options);
      const now = answer.headers.get('etag') ?? answer.headers.get('last-modified');
      const range = `bytes ${start}-${start + count - 1}/${length}`;
      const isRight = answer.status === 206 && answer.headers.get('content-range') === range;
      if (!isRight || now !== version) {
        await answer.body?.cancel();
        if (isRight) throw wrong('the file has changed since it was opened');
        throw wrong(
          `expected 206 with ${range}, got ${answer.status} ${answer.headers.get('content-range') ?? ''}`.trim(),
        );
      }
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length !== count) throw wrong(`expected ${count} bytes from ${start}, got ${bytes.length}`);
      return bytes;
    },
  };
}

/** A file that is in memory already. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    length: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  };
}
