import { BlockReader, BlockWriter, type Numbers } from './block-file.ts';
import type { RunStorage } from './run-storage.ts';

/** Files for more would be many to have open. */
const MOST_BUCKETS = 256;
/** All integers up to it are 32-bit floats. */
const LARGEST_EXACT = 2 ** 24;

/** Options of {@link Scatter}. */
export interface ScatterOptions<T extends Numbers> {
  readonly storage: RunStorage;
  /** What names of its files begin with. */
  readonly name: string;
  readonly kind: { new (length: number): T; readonly BYTES_PER_ELEMENT: number };
  /** How many rows there are. */
  readonly size: number;
  /** Numbers of a row. */
  readonly width: number;
  /** Bytes of memory. */
  readonly memory: number;
}

/**
 * Rows written in any order and read by their places. Places are dense, so nothing is sorted: rows go to the bucket of their place, and a bucket is
 * put in order when it is read, in memory. Rows that were not written are NaN.
 */
export class Scatter<T extends Float32Array | Float64Array> {
  readonly #options: ScatterOptions<T>;
  /** Rows of a bucket. */
  readonly #bucketSize: number;
  /** The rows of a bucket, in order. */
  #table: T;
  readonly #writers: BlockWriter<T>[] = [];
  readonly #row: T;
  #bucket = -1;

  private constructor(options: ScatterOptions<T>) {
    this.#options = options;
    const { size, width, memory, kind } = options;
    const affordable = Math.floor(memory / 2 / (width * kind.BYTES_PER_ELEMENT));
    const wanted = Math.max(16, affordable, Math.ceil(size / MOST_BUCKETS));
    this.#bucketSize = Math.min(Math.max(1, size), LARGEST_EXACT, wanted);
    const isWhole = this.#bucketSize >= size;
    this.#table = new kind(isWhole ? this.#bucketSize * width : 0).fill(Number.NaN) as T;
    this.#row = new kind(width + 1);
  }

  static async create<T extends Float32Array | Float64Array>(
    options: ScatterOptions<T>,
  ): Promise<Scatter<T>> {
    const scatter = new Scatter(options);
    const { storage, name, kind, size, width, memory } = options;
    const buckets = Math.ceil(size / scatter.#bucketSize);
    if (buckets > 1) {
      const rows = Math.max(4, Math.floor(memory / 2 / buckets / ((width + 1) * kind.BYTES_PER_ELEMENT)));
      for (let bucket = 0; bucket < buckets; bucket++) {
        scatter.#writers.push(
          await BlockWriter.create(storage, `${name}-${bucket}.bucket`, kind, rows * (width + 1)),
        );
      }
    }
    return scatter;
  }

  /** @param a the first number of the row; the others are not read if rows are shorter */
  put(place: number, a: number, b = 0, c = 0): void {
    const { width } = this.#options;
    const bucket = Math.floor(place / this.#bucketSize);
    const local = place - bucket * this.#bucketSize;
    if (this.#writers.length === 0) {
      const at = local * width;
      this.#table[at] = a;
      if (width === 1) return;
      this.#table[at + 1] = b;
      this.#table[at + 2] = c;
      return;
    }
    const row = this.#row;
    row[0] = local;
    row[1] = a;
    if (width > 1) {
      row[2] = b;
      row[3] = c;
    }
    this.#writers[bucket]!.append(row, 0, width + 1);
  }

  /** Ends the writing. */
  async close(): Promise<void> {
    for (const writer of this.#writers) await writer.close();
  }

  async discard(): Promise<void> {
    for (const writer of this.#writers) await writer.discard();
  }

  /**
   * The rows of the next bucket, in order.
   *
   * @returns a view that the next call overwrites; undefined after the last one
   */
  async nextBucket(): Promise<T | undefined> {
    const { storage, name, kind, size, width } = this.#options;
    this.#bucket++;
    const start = this.#bucket * this.#bucketSize;
    if (start >= size) return undefined;
    const rows = Math.min(this.#bucketSize, size - start);
    if (this.#writers.length > 0) {
      if (this.#table.length === 0) this.#table = new kind(this.#bucketSize * width) as T;
      this.#table.fill(Number.NaN);
      const file = `${name}-${this.#bucket}.bucket`;
      const reader = await BlockReader.open(storage, file, kind, READ_ROWS * (width + 1));
      try {
        while (reader.fill()) {
          const { block, end } = reader;
          for (let at = 0; at < end; at += width + 1) {
            const target = block[at]! * width;
            for (let index = 0; index < width; index++) this.#table[target + index] = block[at + 1 + index]!;
          }
        }
      } finally {
        reader.close();
      }
      await storage.remove(file);
    }
    return this.#table.subarray(0, rows * width) as T;
  }

  /** Writes all rows, in order, as a file. */
  async writeTo(name: string): Promise<void> {
    const file = await this.#options.storage.create(name);
    try {
      for (let table = await this.nextBucket(); table; table = await this.nextBucket()) {
        file.write(new Uint8Array(table.buffer, table.byteOffset, table.byteLength));
      }
      await file.close();
    } catch (error) {
      await file.discard();
      throw error;
    }
  }
}

const READ_ROWS = 1 << 13;
