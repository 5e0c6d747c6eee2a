import type { ByteSource } from './byte-source.ts';

/** Reads a source block by block, each once as long as it is among those asked for last. */
export class BlockCache {
  readonly #source: ByteSource;
  readonly #blockSize: number;
  readonly #most: number;
  /** By number, the one asked for last at the end. */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();

  /**
   * @param blockSize  bytes
   * @param cacheBytes how much is kept
   */
  constructor(source: ByteSource, blockSize: number, cacheBytes: number) {
    this.#source = source;
    this.#blockSize = blockSize;
    this.#most = Math.max(1, Math.floor(cacheBytes / blockSize));
  }

  async read(start: number, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    const size = this.#blockSize;
    const first = Math.floor(start / size);
    const last = Math.floor((start + length - 1) / size);
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const blocks = await Promise.all(numbers.map((number) => this.#block(number)));
    if (blocks.length === 1) return blocks[0]!.subarray(start - first * size, start - first * size + length);
    const bytes = new Uint8Array(length);
    for (const [index, block] of blocks.entries()) {
      const at = (first + index) * size - start;
      bytes.set(block.subarray(Math.max(0, -at), Math.min(block.length, length - at)), Math.max(0, at));
    }
    return bytes;
  }

  #block(number: number): Promise<Uint8Array> {
    const start = number * this.#blockSize;
    const block =
      this.#blocks.get(number) ??
      this.#source.read(start, Math.min(this.#blockSize, this.#source.length - start));
    this.#blocks.delete(number);
    this.#blocks.set(number, block);
    // What failed is asked for again the next time.
    block.catch(() => {
      if (this.#blocks.get(number) === block) this.#blocks.delete(number);
    });
    if (this.#blocks.size > this.#most) this.#blocks.delete(this.#blocks.keys().next().value!);
    return block;
  }
}
