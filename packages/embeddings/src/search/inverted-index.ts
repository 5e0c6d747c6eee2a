import { describeValue } from '../describe-value.ts';
import { kMeans } from '../vectors/k-means.ts';
import { unitTable } from '../vectors/unit-table.ts';
import { unitVector } from '../vectors/unit-vector.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { rescore } from './rescore.ts';
import { RowStore } from './row-store.ts';
import { checkSearch, type Neighbors, type VectorIndex } from './vector-index.ts';

/** Options of {@link InvertedIndex.build}. */
export interface InvertedIndexOptions {
  /** Lists that rows are divided into. Default the square root of their number. */
  readonly lists?: number;
  /** Lists that are searched, the nearest to the query. Default an eighth of them. More find more and take longer. */
  readonly probes?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** Candidates that are compared in full for each row that is asked for. */
const CANDIDATES = 2;
/** Rows for each list that centers are learned from. */
const SAMPLE = 40;

/**
 * Rows in lists by the nearest of some centers; a query is compared with the rows of the nearest lists alone. Approximate search in WebAssembly, with
 * no native code: for pages, and where `usearch` cannot be installed.
 *
 * @see Sivic and Zisserman 2003; Jégou et al. 2011, §IV
 */
export class InvertedIndex implements VectorIndex {
  readonly count: number;
  readonly size: number;
  /** Lists that are searched. */
  readonly probes: number;
  readonly #vectors: WordVectors;
  readonly #centers: RowStore;
  readonly #store: RowStore;
  /** Where each list begins; the last is the end. */
  readonly #begins: Int32Array;
  /** Rows in the order of the lists. */
  readonly #rows: Int32Array;

  private constructor(
    vectors: WordVectors,
    probes: number,
    centers: RowStore,
    store: RowStore,
    begins: Int32Array,
    rows: Int32Array,
  ) {
    this.count = vectors.words.length;
    this.size = vectors.size;
    this.probes = probes;
    this.#vectors = vectors;
    this.#centers = centers;
    this.#store = store;
    this.#begins = begins;
    this.#rows = rows;
  }

  /** Learns the centers and sorts all rows into lists. */
  static async build(vectors: WordVectors, options: InvertedIndexOptions = {}): Promise<InvertedIndex> {
    const count = vectors.words.length;
    const { lists = Math.max(1, Math.min(count, Math.round(Math.sqrt(count)))), seed = 0, signal } = options;
    const { probes = Math.ceil(lists / 8) } = options;
    if (!Number.isSafeInteger(probes) || probes < 1) {
      throw new RangeError(
        `InvertedIndex: probes must be an integer of at least 1, got ${describeValue(probes)}.`,
      );
    }
    const { size } = vectors;
    const unit = unitTable(vectors);
    const { centers, clusters } = await kMeans(unit, size, {
      clusters: lists,
      seed,
      iterations: 10,
      sample: SAMPLE * lists,
      signal,
    });
    const begins = new Int32Array(lists + 1);
    for (const list of clusters) begins[list + 1]!++;
    for (let list = 0; list < lists; list++) begins[list + 1]! += begins[list]!;
    const next = begins.slice();
    const rows = new Int32Array(count);
    for (const [row, list] of clusters.entries()) rows[next[list]!++] = row;
    const store = new RowStore('int8', count, size);
    for (const [place, row] of rows.entries())
      store.write(unit.subarray(row * size, (row + 1) * size), place);
    const centerStore = new RowStore('float32', lists, size);
    centerStore.write(centers, 0);
    return new InvertedIndex(vectors, Math.min(probes, lists), centerStore, store, begins, rows);
  }

  /** Bytes of memory that it holds, without the vectors it was made of, which it holds on to. */
  get byteLength(): number {
    return this.#store.byteLength + this.#centers.byteLength + this.#rows.byteLength;
  }

  search(query: ArrayLike<number>, count: number): Neighbors {
    checkSearch('InvertedIndex', [query], count, this.size);
    const unit = unitVector(query);
    const [lists] = this.#centers.search([unit], this.probes);
    const places: number[] = [];
    const scores: number[] = [];
    for (const list of lists!.rows) {
      const [found] = this.#store.search(
        [unit],
        CANDIDATES * count,
        this.#begins[list]!,
        this.#begins[list + 1]!,
      );
      places.push(...found!.rows);
      scores.push(...found!.similarities);
    }
    const best = [...places.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, CANDIDATES * count);
    return rescore(
      this.#vectors,
      unit,
      Int32Array.from(best, (at) => this.#rows[places[at]!]!),
      count,
    );
  }

  searchAll(queries: readonly ArrayLike<number>[], count: number): Neighbors[] {
    return queries.map((query) => this.search(query, count));
  }
}
