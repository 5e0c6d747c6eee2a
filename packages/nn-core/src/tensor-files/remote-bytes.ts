import type { ByteSource } from './byte-source.ts';

/** Options of {@link openRemoteBytes}. */
export interface RemoteBytesOptions {
  /** Further headers of every request, such as `{ Authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Stops requests. */
  readonly signal?: AbortSignal;
}

/** The first request asks for so many bytes and keeps them: headers of files are then there without another. */
const FIRST_BYTES = 2 ** 16;

/**
 * A file on a web server, of which parts are read by HTTP range requests: to open checkpoints without loading them.
 *
 * In a page, a server of another origin must allow the `Range` header and expose `Content-Range`.
 *
 * @throws {Error} if the server does not answer, does not know ranges, or has another file than when it was opened
 * @example
 * const source = await openTensors(await openRemoteBytes('https://huggingface.co/openai-community/gpt2/resolve/main/model.safetensors'));
 * const rows = await source.read('wte.weight', [[0, 100]]);
 */
export async function openRemoteBytes(
  url: string | URL,
  { headers = {}, signal }: RemoteBytesOptions = {},
): Promise<ByteSource> {
  const request = async (begin: number, end: number, size?: number): Promise<[Uint8Array, number]> => {
    const response = await fetch(url, {
      headers: { ...headers, Range: `bytes=${begin}-${end - 1}` },
      ...(signal && { signal }),
    });
    try {
      const total = sizeOfFile(response, begin);
      if (total === undefined || (size !== undefined && size !== total)) {
        const expected = size === undefined ? 'a part of the file' : `a part of the file of ${size} bytes`;
        const got = `status ${response.status}, Content-Range ${response.headers.get('Content-Range') ?? 'not to be seen'}`;
        throw new Error(`openRemoteBytes: ${url} must answer a range request with ${expected}, got ${got}.`);
      }
      return [await readBody(response, Math.min(end, total) - begin, url), total];
    } finally {
      await response.body?.cancel().catch(() => {}); // what is left of a body that is not wanted
    }
  };
  const [first, size] = await request(0, FIRST_BYTES);
  return {
    size,
    async read(begin, end) {
      if (end <= first.length) return first.slice(begin, end);
      return begin === end ? new Uint8Array(0) : (await request(begin, end, size))[0];
    },
  };
}

/** From `Content-Range: bytes 0-99/1234`; undefined if the response is no part that begins there. */
function sizeOfFile({ status, headers }: Response, begin: number): number | undefined {
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('Content-Range') ?? '') ?? [];
  return status === 206 && Number(from) === begin ? Number(size) : undefined;
}

/** Exactly so many bytes: a server that sends more cannot fill the memory. */
async function readBody({ body }: Response, length: number, url: string | URL): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  const reader = body!.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    if (filled + chunk.value.length > length) break;
    bytes.set(chunk.value, filled);
    filled += chunk.value.length;
  }
  reader.releaseLock();
  if (filled === length) return bytes;
  throw new Error(`openRemoteBytes: ${url} must send ${length} bytes, got ${filled} and no more that fit.`);
}
