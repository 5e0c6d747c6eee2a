import type { ByteRange } from './byte-ranges.ts';
import type { TextChunk } from './text-chunk.ts';
import type { TextSource } from './text-source.ts';

/** A chunk, and its place in the corpus. */
export interface PlacedChunk {
  readonly chunk: TextChunk;
  /** Which of the sources it is of. */
  readonly source: number;
  /** Bytes in that source. */
  readonly range: ByteRange;
}

/**
 * Cuts parts of a source into chunks, each of which ends with a delimiter, or where its part ends. Where that is depends on the
 * bytes alone, not on how they are read.
 *
 * @param parts begin where a text begins, and end where one ends
 * @param source index of the source
 * @throws {RangeError} if a text is longer than 256 MiB
 */
export async function* readChunks(
  textSource: TextSource,
  { source, parts, delimiter }: { source: number; parts: readonly ByteRange[]; delimiter: string },
): AsyncGenerator<PlacedChunk> {
  for (const [start, end] of parts) {
    const cutter = new ChunkCutter(new TextEncoder().encode(delimiter));
    let from = start;
    const placed = (bytes: Uint8Array<ArrayBuffer>): PlacedChunk => {
      const chunk = { bytes, name: textSource.name, offset: from };
      const range: ByteRange = [from, from + bytes.length];
      from += bytes.length;
      return { chunk, source, range };
    };
    let position = start;
    for await (const read of textSource.read(start)) {
      const block = read.subarray(0, Math.min(read.length, end - position));
      position += block.length;
      for (const bytes of cutter.push(block)) yield placed(bytes);
      if (cutter.length > LONGEST_TEXT) {
        throw new RangeError(
          `countWords: ${textSource.name}: a text must be at most ${LONGEST_TEXT} bytes long, got more from byte ${from} on. ` +
            'Choose another delimiter.',
        );
      }
      if (position === end) break;
    }
    const rest = cutter.take(cutter.length);
    if (rest.length > 0) yield placed(rest);
  }
}

/** Strings in chunks; `range` counts texts. */
export async function* chunkTexts(
  texts: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<PlacedChunk> {
  let chunk: string[] = [];
  let length = 0;
  let start = 0;
  const placed = (): PlacedChunk => ({
    chunk: { texts: chunk },
    source: 0,
    range: [start, start + chunk.length],
  });
  for await (const text of texts) {
    chunk.push(text);
    length += typeof text === 'string' ? text.length : 0; // what is no string is found when it is counted
    if (length < CHUNK_BYTES && chunk.length < CHUNK_TEXTS) continue;
    yield placed();
    start += chunk.length;
    chunk = [];
    length = 0;
  }
  if (chunk.length > 0) yield placed();
}

/** Collects bytes and gives out those up to the first delimiter that ends at `CHUNK_BYTES` or later. */
class ChunkCutter {
  readonly #delimiter: Uint8Array;
  #buffer = new Uint8Array(2 * CHUNK_BYTES);
  #length = 0;
  /** Where the next delimiter is looked for: after the last one, as delimiters do not overlap. */
  #searched = 0;

  constructor(delimiter: Uint8Array) {
    this.#delimiter = delimiter;
  }

  /** Bytes that are here. */
  get length(): number {
    return this.#length;
  }

  *push(block: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    for (let from = 0; from < block.length; ) {
      if (this.#length === this.#buffer.length) {
        const larger = new Uint8Array(2 * this.#length);
        larger.set(this.#buffer);
        this.#buffer = larger;
      }
      const part = block.subarray(from, from + this.#buffer.length - this.#length);
      this.#buffer.set(part, this.#length);
      this.#length += part.length;
      from += part.length;
      for (let end = this.#find(); end > 0; end = this.#find()) yield this.take(end);
    }
  }

  /** The first bytes, in a buffer of their own. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.slice(0, length);
    this.#buffer.copyWithin(0, length, this.#length);
    this.#length -= length;
    this.#searched = 0;
    return taken;
  }

  /** The end of the chunk, or 0 if it is not here yet. */
  #find(): number {
    const delimiter = this.#delimiter;
    // One byte cannot overlap itself, so there is no need to look at delimiters before.
    if (delimiter.length === 1) this.#searched = Math.max(this.#searched, CHUNK_BYTES - 1);
    const bytes = this.#buffer.subarray(0, this.#length);
    for (;;) {
      const start = bytes.indexOf(delimiter[0]!, this.#searched);
      this.#searched = start < 0 ? this.#length : start;
      if (start < 0 || start + delimiter.length > this.#length) return 0;
      if (!delimiter.every((byte, index) => bytes[start + index] === byte)) {
        this.#searched = start + 1;
        continue;
      }
      this.#searched = start + delimiter.length;
      if (this.#searched >= CHUNK_BYTES) return this.#searched;
    }
  }
}

/** Large enough that handing chunks over costs little; some 10 ms of work. */
const CHUNK_BYTES = 1 << 18;
const CHUNK_TEXTS = 1 << 13;
/** What a string holds in all engines. */
const LONGEST_TEXT = 2 ** 28;
