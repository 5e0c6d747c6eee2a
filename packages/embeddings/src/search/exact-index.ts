import { checkCount, describeValue } from '../describe-value.ts';
import { inverseNorm, unitVector } from '../vectors/unit-vector.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { cosineOfRow, rescore } from './rescore.ts';
import { RowStore } from './row-store.ts';
import { checkSearch, type Neighbors, type VectorIndex } from './vector-index.ts';

/** How numbers are compared: in full, or rounded to float16, or to int8 with a scale for each row. */
export type Precision = 'float32' | 'float16' | 'int8';

/** Options of {@link ExactIndex}. */
export interface ExactIndexOptions {
  /**
   * Default float32: exact, from int8 rows beside the vectors themselves, which the index holds on to. float16 and int8 stand alone, in half and in
   * a quarter of the vectors' memory, and their similarities are rounded.
   */
  readonly precision?: Precision;
}

/** Rows that are searched: the first `limit`. Default all. */
export interface RowLimit {
  readonly limit?: number | undefined;
}

/**
 * Every row is compared with every query, in WebAssembly.
 *
 * At precision float32 the order is that of cosines computed in float64. int8 rows with a bound of each one's error tell which rows can be among the
 * nearest, some dozens of hundred thousands, and these are compared in full: a quarter of the memory is read.
 */
export class ExactIndex implements VectorIndex {
  readonly count: number;
  readonly size: number;
  readonly precision: Precision;
  readonly #store: RowStore;
  readonly #vectors: WordVectors | undefined;

  /** @throws {RangeError} if the rows take more than the 4 GiB of WebAssembly's memory */
  constructor(vectors: WordVectors, { precision = 'float32' }: ExactIndexOptions = {}) {
    if (!['float32', 'float16', 'int8'].includes(precision)) {
      throw new RangeError(
        `ExactIndex: precision must be float32, float16 or int8, got ${describeValue(precision)}.`,
      );
    }
    this.count = vectors.words.length;
    this.size = vectors.size;
    this.precision = precision;
    this.#vectors = precision === 'float32' ? vectors : undefined;
    this.#store = new RowStore(precision === 'float32' ? 'int8' : precision, this.count, this.size);
    const scales = Float64Array.from({ length: this.count }, (_, row) =>
      inverseNorm(vectors.table, row * this.size, (row + 1) * this.size),
    );
    this.#store.write(vectors.table, 0, scales);
  }

  /** Bytes of memory that it holds, without the vectors it was made of. */
  get byteLength(): number {
    return this.#store.byteLength;
  }

  search(query: ArrayLike<number>, count: number, limit: RowLimit = {}): Neighbors {
    return this.searchAll([query], count, limit)[0]!;
  }

  searchAll(
    queries: readonly ArrayLike<number>[],
    count: number,
    { limit = this.count }: RowLimit = {},
  ): Neighbors[] {
    checkSearch('ExactIndex', queries, count, this.size);
    checkCount('ExactIndex', 'limit', limit, 0);
    const units = queries.map(unitVector);
    const last = Math.min(limit, this.count);
    const vectors = this.#vectors;
    if (!vectors) return this.#store.search(units, count, 0, last);
    const candidates = this.#store.candidates(units, count, last);
    return units.map((unit, index) => {
      const rows = candidates[index] ?? Int32Array.from({ length: last }, (_, row) => row);
      return rescore(vectors, unit, rows, count);
    });
  }

  /** The cosines of a query with the rows, in their order, `[limit]`. */
  similarities(query: ArrayLike<number>, { limit = this.count }: RowLimit = {}): Float32Array {
    checkSearch('ExactIndex', [query], 1, this.size);
    const unit = unitVector(query);
    const last = Math.min(limit, this.count);
    return this.#vectors
      ? Float32Array.from({ length: last }, (_, row) => cosineOfRow(this.#vectors!, unit, row))
      : this.#store.scores(unit, last);
  }
}

const indexes = new WeakMap<WordVectors, ExactIndex>();

/** The exact index of vectors: made when it is first asked for, and kept as long as they are. */
export function exactIndexOf(vectors: WordVectors): ExactIndex {
  let index = indexes.get(vectors);
  if (!index) {
    index = new ExactIndex(vectors);
    indexes.set(vectors, index);
  }
  return index;
}
