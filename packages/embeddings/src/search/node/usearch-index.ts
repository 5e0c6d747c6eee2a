import { describeValue } from '../../describe-value.ts';
import { unitVector } from '../../vectors/unit-vector.ts';
import type { WordVectors } from '../../vectors/word-vectors.ts';
import { checkSearch, type Neighbors, type VectorIndex } from '../vector-index.ts';

/** Options of {@link UsearchIndex.build}. */
export interface UsearchIndexOptions {
  /** How numbers are kept. Default float32. */
  readonly precision?: 'float32' | 'float16' | 'int8';
  /** Neighbors of each row in the graph. Default 16. */
  readonly connectivity?: number;
  /** Rows that are looked at while one is added. Default 128. */
  readonly expansionAdd?: number;
  /** Rows that are looked at in a search: more find more and take longer. Default 64. */
  readonly expansionSearch?: number;
  /** Default 0: the processor's cores. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told how many rows are in the graph. */
  readonly onProgress?: (rows: number) => void;
}

type Usearch = typeof import('usearch');
type NativeIndex = InstanceType<Usearch['Index']>;

/** Rows that are added at once. */
const BATCH = 4096;

/**
 * Approximate search in a graph of neighbors (HNSW), by the optional package `usearch`: for millions of vectors, in Node.
 *
 * @see Malkov and Yashunin 2018; https://github.com/unum-cloud/usearch
 */
export class UsearchIndex implements VectorIndex {
  readonly count: number;
  readonly size: number;
  readonly #index: NativeIndex;

  private constructor(index: NativeIndex, count: number, size: number) {
    this.#index = index;
    this.count = count;
    this.size = size;
  }

  /** Adds all vectors to a new graph. */
  static async build(vectors: WordVectors, options: UsearchIndexOptions = {}): Promise<UsearchIndex> {
    const index = await createIndex(vectors.size, options);
    const { table, size } = vectors;
    const count = vectors.words.length;
    for (let first = 0; first < count; first += BATCH) {
      options.signal?.throwIfAborted();
      const last = Math.min(count, first + BATCH);
      const keys = BigUint64Array.from({ length: last - first }, (_, at) => BigInt(first + at));
      index.add(keys, table.subarray(first * size, last * size), options.threads ?? 0);
      options.onProgress?.(last);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return new UsearchIndex(index, count, size);
  }

  /**
   * Opens a file that {@link save} or another program of usearch wrote.
   *
   * @param options `view`: the file is searched where it is, not loaded into memory. Default false. The others as it was built with
   * @throws {RangeError} if it has another number of rows or of numbers than the vectors
   */
  static async open(
    path: string,
    vectors: WordVectors,
    { view = false, ...options }: UsearchIndexOptions & { readonly view?: boolean } = {},
  ): Promise<UsearchIndex> {
    const index = await createIndex(vectors.size, options);
    if (view) index.view(path);
    else index.load(path);
    const count = vectors.words.length;
    if (index.size() !== count || index.dimensions() !== vectors.size) {
      throw new RangeError(
        `UsearchIndex: ${path} must hold ${count} rows of ${vectors.size} numbers, got ${index.size()} of ${index.dimensions()}.`,
      );
    }
    return new UsearchIndex(index, count, vectors.size);
  }

  search(query: ArrayLike<number>, count: number): Neighbors {
    checkSearch('UsearchIndex', [query], count, this.size);
    const { keys, distances } = this.#index.search(unitVector(query), Math.min(count, this.count), 1);
    return {
      rows: Int32Array.from(keys, Number),
      similarities: Float32Array.from(distances, (distance) => 1 - distance),
    };
  }

  searchAll(queries: readonly ArrayLike<number>[], count: number): Neighbors[] {
    return queries.map((query) => this.search(query, count));
  }

  /** Writes the graph to a file, with the vectors in its precision, without words. */
  save(path: string): void {
    this.#index.save(path);
  }
}

async function createIndex(
  size: number,
  { precision = 'float32', connectivity = 16, expansionAdd = 128, expansionSearch = 64 }: UsearchIndexOptions,
): Promise<NativeIndex> {
  const { Index, MetricKind, ScalarKind } = await loadUsearch();
  const kinds = { float32: ScalarKind.F32, float16: ScalarKind.F16, int8: ScalarKind.I8 };
  if (!Object.hasOwn(kinds, precision)) {
    throw new RangeError(
      `UsearchIndex: precision must be float32, float16 or int8, got ${describeValue(precision)}.`,
    );
  }
  return new Index({
    dimensions: size,
    metric: MetricKind.Cos,
    quantization: kinds[precision],
    connectivity,
    expansion_add: expansionAdd,
    expansion_search: expansionSearch,
    multi: false,
  });
}

async function loadUsearch(): Promise<Usearch> {
  try {
    return await import('usearch');
  } catch (error) {
    throw new Error('UsearchIndex: the package usearch must be installed (npm install usearch).', {
      cause: error,
    });
  }
}
