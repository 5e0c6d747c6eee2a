import { describeValue } from '../describe-value.ts';
import { assign, kMeans } from '../vectors/k-means.ts';
import { inverseNorm, unitVector } from '../vectors/unit-vector.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { rescore } from './rescore.ts';
import { RowStore } from './row-store.ts';
import { checkSearch, type Neighbors, type VectorIndex } from './vector-index.ts';

/** Options of {@link ProductIndex.build}. */
export interface ProductIndexOptions {
  /** Numbers that one byte stands for. Default 4. */
  readonly subvectorSize?: number;
  /**
   * How many times as many rows as are asked for are found by their codes, and then compared in full with the vectors, which the index then holds on
   * to. Default 20. With 1 it stands alone.
   */
  readonly candidates?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called for each part of the vectors that is learned. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Bytes have so many values. */
const CODES = 256;
/** Rows that centers are learned from. */
const SAMPLE = 16_384;
/** Rows that are scaled to length one at once. */
const ROWS_AT_ONCE = 16_384;

/**
 * Vectors cut into parts, each replaced by the number of the nearest of 256 centers: a byte for four numbers, a sixteenth of the memory. A query is
 * compared with all centers once, and rows by sums of what their bytes are worth.
 *
 * @see Jégou et al. 2011, "Product quantization for nearest neighbor search", §III (asymmetric distances)
 */
export class ProductIndex implements VectorIndex {
  readonly count: number;
  readonly size: number;
  readonly #subvectorSize: number;
  readonly #candidates: number;
  readonly #vectors: WordVectors | undefined;
  readonly #store: RowStore;
  readonly #codebooks: readonly Float32Array[];

  private constructor(
    vectors: WordVectors,
    subvectorSize: number,
    candidates: number,
    store: RowStore,
    codebooks: readonly Float32Array[],
  ) {
    this.count = vectors.words.length;
    this.size = vectors.size;
    this.#subvectorSize = subvectorSize;
    this.#candidates = candidates;
    this.#vectors = candidates > 1 ? vectors : undefined;
    this.#store = store;
    this.#codebooks = codebooks;
  }

  /** Learns the centers and encodes all vectors. */
  static async build(vectors: WordVectors, options: ProductIndexOptions = {}): Promise<ProductIndex> {
    const { subvectorSize = 4, candidates = 20, seed = 0, signal, onProgress } = options;
    if (!Number.isSafeInteger(subvectorSize) || subvectorSize < 1) {
      throw new RangeError(
        `ProductIndex: subvectorSize must be an integer of at least 1, got ${describeValue(subvectorSize)}.`,
      );
    }
    if (!(candidates >= 1)) {
      throw new RangeError(`ProductIndex: candidates must be at least 1, got ${describeValue(candidates)}.`);
    }
    const { table, size, words } = vectors;
    const count = words.length;
    const parts = Math.ceil(size / subvectorSize);
    const codes = new Uint8Array(count * parts);
    const codebooks: Float32Array[] = [];
    const scales = Float64Array.from({ length: count }, (_, row) =>
      inverseNorm(table, row * size, (row + 1) * size),
    );
    for (let part = 0; part < parts; part++) {
      const begin = part * subvectorSize;
      const width = Math.min(subvectorSize, size - begin);
      const rowsFrom = (first: number, last: number, step: number): Float32Array => {
        const some = new Float32Array(Math.ceil((last - first) / step) * width);
        for (let row = first, at = 0; row < last; row += step) {
          for (let column = 0; column < width; column++) {
            some[at++] = table[row * size + begin + column]! * scales[row]!;
          }
        }
        return some;
      };
      const sample = rowsFrom(0, count, Math.max(1, Math.floor(count / SAMPLE)));
      const clusters = Math.min(CODES, count);
      const { centers } = await kMeans(sample, width, {
        clusters: Math.min(clusters, sample.length / width),
        seed: seed + part,
        iterations: 12,
        signal,
      });
      codebooks.push(centers);
      for (let first = 0; first < count; first += ROWS_AT_ONCE) {
        const last = Math.min(count, first + ROWS_AT_ONCE);
        const found = assign(rowsFrom(first, last, 1), width, centers).clusters;
        for (let row = first; row < last; row++) codes[row * parts + part] = found[row - first]!;
      }
      onProgress?.(part + 1, parts);
    }
    const store = new RowStore('codes', count, parts);
    store.write(codes, 0);
    return new ProductIndex(vectors, subvectorSize, candidates, store, codebooks);
  }

  /** Bytes of memory that it holds, without the vectors it was made of. */
  get byteLength(): number {
    return this.#store.byteLength + this.#codebooks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  search(query: ArrayLike<number>, count: number): Neighbors {
    return this.searchAll([query], count)[0]!;
  }

  searchAll(queries: readonly ArrayLike<number>[], count: number): Neighbors[] {
    checkSearch('ProductIndex', queries, count, this.size);
    return queries.map((query) => {
      const unit = unitVector(query);
      const [found] = this.#store.search([this.#worth(unit)], Math.ceil(count * this.#candidates));
      return this.#vectors ? rescore(this.#vectors, unit, found!.rows, count) : found!;
    });
  }

  /** What each code of each part is worth, `[parts, 256]`: its center's product with that part of the query. */
  #worth(unit: Float32Array): Float32Array {
    const worth = new Float32Array(this.#codebooks.length * CODES);
    for (const [part, centers] of this.#codebooks.entries()) {
      const begin = part * this.#subvectorSize;
      const width = Math.min(this.#subvectorSize, this.size - begin);
      for (let code = 0; code < centers.length / width; code++) {
        let product = 0;
        for (let at = 0; at < width; at++) product += centers[code * width + at]! * unit[begin + at]!;
        worth[part * CODES + code] = product;
      }
    }
    return worth;
  }
}
