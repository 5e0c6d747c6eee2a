import { describeValue } from '../describe-value.ts';

/** Where bytes come from, in order: all of them, a stream, or parts of any length. */
export type ByteParts =
  | Uint8Array
  | ReadableStream<Uint8Array>
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Makes a refusal that says in which file, at which byte, what was expected. */
export type RefuseAt = (byte: number, problem: string) => SyntaxError;

/** @param owner the function whose errors they are @param source what errors call the file */
export function refuseFor(owner: string, source: string): RefuseAt {
  return (byte, problem) => new SyntaxError(`${owner}: ${source}, byte ${byte}: ${problem}.`);
}

/**
 * A window on bytes that arrive in parts: as much of them as is asked for lies side by side.
 *
 * Offsets count from the start of what is read; of packed files, from the start of what is unpacked.
 */
export class ByteReader {
  readonly #parts: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  #bytes = new Uint8Array(0);
  #begin = 0;
  #end = 0;
  #offset = 0;
  #ended = false;
  /** Whether the bytes are a copy, with room behind them. */
  #isOwn = false;

  constructor(parts: AsyncIterator<Uint8Array>, signal?: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** What holds the window. Changes with {@link more}. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Index in {@link bytes} of the first byte of the window. */
  get begin(): number {
    return this.#begin;
  }

  /** Index after its last. */
  get end(): number {
    return this.#end;
  }

  /** Bytes in the window. */
  get available(): number {
    return this.#end - this.#begin;
  }

  /** How many bytes lie before the window. */
  get offset(): number {
    return this.#offset;
  }

  /** Passes bytes of the window. */
  skip(count: number): void {
    this.#begin += count;
    this.#offset += count;
  }

  /** Makes the window longer by the next part. @returns false at the end */
  async more(): Promise<boolean> {
    this.#signal?.throwIfAborted();
    if (this.#ended) return false;
    const { done, value } = await this.#parts.next();
    if (done) {
      this.#ended = true;
      return false;
    }
    if (this.available === 0) {
      this.#bytes = value as Uint8Array<ArrayBuffer>;
      this.#isOwn = false;
      this.#begin = 0;
      this.#end = value.length;
      return true;
    }
    if (!this.#isOwn || this.#end + value.length > this.#bytes.length) {
      // Twice what is needed, so that a window of many parts costs no square of its length.
      const joined = new Uint8Array((this.available + value.length) * 2);
      joined.set(this.#bytes.subarray(this.#begin, this.#end));
      this.#end = this.available;
      this.#begin = 0;
      this.#bytes = joined;
      this.#isOwn = true;
    }
    this.#bytes.set(value, this.#end);
    this.#end += value.length;
    return true;
  }

  /** Makes the window hold at least `count` bytes. @returns false if the end comes before */
  async require(count: number): Promise<boolean> {
    while (this.available < count) if (!(await this.more())) return false;
    return true;
  }

  /** Ends reading: a stream is closed, and what is left of it is not read. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#parts.return?.();
  }
}

/**
 * Parts of bytes, one after the other; gzip is unpacked, which its first two bytes tell.
 *
 * @param owner  the function whose argument they are
 * @param source what errors call the file
 */
export async function* unpackedParts(
  parts: ByteParts,
  owner: string,
  source: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = iterate(parts, owner);
  try {
    const head: Uint8Array[] = [];
    let length = 0;
    while (length < 2) {
      const { done, value } = await iterator.next();
      if (done) break;
      head.push(value);
      length += value.length;
    }
    const [first, second] = head.flatMap((part) => [...part.subarray(0, 2)]);
    const all = async function* () {
      yield* head;
      yield* { [Symbol.asyncIterator]: () => iterator };
    };
    if (first === 0x1f && second === 0x8b) yield* ungzip(all(), owner, source);
    else yield* all();
  } finally {
    await iterator.return?.();
  }
}

async function* ungzip(
  parts: AsyncGenerator<Uint8Array>,
  owner: string,
  source: string,
): AsyncGenerator<Uint8Array> {
  let failure: { readonly error: unknown } | undefined;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
  try {
    yield* readableParts(packed.pipeThrough(new DecompressionStream('gzip')));
  } catch (error) {
    if (failure) throw failure.error;
    throw new SyntaxError(`${owner}: ${source} must be whole and valid gzip: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function iterate(parts: ByteParts, owner: string): AsyncIterator<Uint8Array> {
  if (parts instanceof Uint8Array) return one(parts);
  if (parts instanceof ReadableStream) return readableParts(parts);
  if (typeof parts === 'object' && parts !== null) {
    if (Symbol.asyncIterator in parts) return parts[Symbol.asyncIterator]();
    if (Symbol.iterator in parts) return each(parts);
  }
  throw new TypeError(
    `${owner}: the bytes must be a Uint8Array, a stream or parts of bytes, got ${describeValue(parts)}.`,
  );
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* each(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** Not every browser's streams can be iterated. */
async function* readableParts(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // of a stream that failed, which has been thrown already
  }
}
