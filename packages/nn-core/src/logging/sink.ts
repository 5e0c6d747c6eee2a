/**
 * Where a logger writes: a function, a stream of Node or the writer of a web stream (anything with `write`), or a web
 * stream. Nothing of it is closed.
 */
export type Sink<Chunk> =
  | ((chunk: Chunk) => unknown)
  | { write(chunk: Chunk): unknown }
  | WritableStream<Chunk>;

/** A sink to write to. */
export interface SinkWriter<Chunk> {
  write(chunk: Chunk): Promise<void>;
  /** Gives a web stream back. */
  release(): void;
}

export function sinkWriter<Chunk>(sink: Sink<Chunk>): SinkWriter<Chunk> {
  if (typeof sink === 'function') {
    return {
      write: async (chunk) => void (await sink(chunk)),
      release: () => {},
    };
  }
  if ('getWriter' in sink) {
    let writer: WritableStreamDefaultWriter<Chunk> | undefined;
    return {
      async write(chunk) {
        writer ??= sink.getWriter();
        await writer.write(chunk);
      },
      release() {
        writer?.releaseLock();
        writer = undefined;
      },
    };
  }
  return {
    write: async (chunk) => void (await sink.write(chunk)),
    release: () => {},
  };
}
