import { ROW_FORMATS, type RowFormat, type RowKind } from './row-formats.ts';
import { SEARCH_KERNEL } from './search-kernel.wasm.ts';
import type { Neighbors } from './vector-index.ts';

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly longestBlock: WebAssembly.Global;
  search(...operands: number[]): void;
  score(...operands: number[]): void;
  filter(...operands: number[]): void;
  compact(...operands: number[]): number;
}

/** Byte offsets of what a search works with. */
interface WorkPlaces {
  readonly queryStride: number;
  readonly queries: number;
  readonly queryScales: number;
  readonly best: number;
  readonly bestRows: number;
  readonly scores: number;
  readonly end: number;
}

const PAGE = 65536;
/** Where rows begin. Before it lies what the compiler puts there. */
const ROWS_BEGIN = 1024;
/** Of the address space of WebAssembly. */
const MOST_BYTES = 65536 * PAGE;
/** Queries whose working memory is held at once, and bytes of it, about. */
const QUERIES_AT_ONCE = 256;
const WORK_BYTES = 1 << 24;

/** More than what sums of products of unit vectors lose to float32. */
const ROUNDING = 4e-6;
/**
 * Rows of numbers in the memory of a kernel, and the search among them by dot product.
 */
export class RowStore {
  readonly kind: RowKind;
  readonly count: number;
  /** Numbers in a row, or codes. */
  readonly size: number;
  readonly #format: RowFormat;
  readonly #stride: number;
  readonly #exports: KernelExports;
  readonly #scales: number;
  readonly #errors: number;
  readonly #work: number;

  /** @throws {RangeError} if there is not that much memory */
  constructor(kind: RowKind, count: number, size: number) {
    this.kind = kind;
    this.count = count;
    this.size = size;
    this.#format = ROW_FORMATS[kind];
    const { bytesPerNumber, alignment, hasScales } = this.#format;
    this.#stride = Math.ceil((size * bytesPerNumber) / alignment) * alignment;
    compiled ??= new WebAssembly.Module(
      Uint8Array.from(atob(SEARCH_KERNEL), (character) => character.charCodeAt(0)),
    );
    this.#exports = new WebAssembly.Instance(compiled, {}).exports as unknown as KernelExports;
    this.#scales = align(ROWS_BEGIN + count * this.#stride);
    this.#errors = align(this.#scales + (hasScales ? 4 * count : 0));
    this.#work = align(this.#errors + (hasScales ? 4 * count : 0));
    this.#reserve(this.#work);
  }

  /** Bytes of memory that it holds. */
  get byteLength(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /**
   * Writes rows, one after the other.
   *
   * @param table  `[rows, size]`
   * @param first  the row that the table's first becomes
   * @param factors what each row is multiplied by; default 1
   */
  write(table: ArrayLike<number>, first: number, factors?: ArrayLike<number>): void {
    const { buffer } = this.#exports.memory;
    const rows = this.#format.hasScales ? table.length / this.size : 0;
    const places = {
      begin: ROWS_BEGIN + first * this.#stride,
      stride: this.#stride,
      scales: new Float32Array(buffer, this.#scales + (rows && 4 * first), rows),
      errors: new Float32Array(buffer, this.#errors + (rows && 4 * first), rows),
    };
    this.#format.writeRows(buffer, places, { table, size: this.size, factors });
  }

  /**
   * The rows of the largest dot products.
   *
   * @param queries `[size]` each; of codes `[size, 256]`, what each code is worth
   * @param first   the first row that counts
   * @param last    the row after the last that counts
   * @param firstNumber the number of the first row
   */
  search(
    queries: readonly ArrayLike<number>[],
    count: number,
    first = 0,
    last: number = this.count,
    firstNumber: number = first,
  ): Neighbors[] {
    const best = Math.min(count, last - first);
    if (best < 1) return queries.map(() => ({ rows: new Int32Array(0), similarities: new Float32Array(0) }));
    const results: Neighbors[] = [];
    const atOnce = queriesAtOnce(8 * best);
    for (let query = 0; query < queries.length; query += atOnce) {
      const some = queries.slice(query, query + atOnce);
      results.push(...this.#searchSome(some, best, first, last, firstNumber));
    }
    return results;
  }

  /**
   * The rows that can be among the best by the numbers that int8 rows were made of, in order; undefined where they are too many to tell.
   *
   * Exact search is to compare these in full (Weber et al. 1998, "A quantitative analysis…", §5: filter and refine). Rows are of length one,
   * and so are queries.
   */
  candidates(
    queries: readonly ArrayLike<number>[],
    count: number,
    last: number = this.count,
  ): (Int32Array | undefined)[] {
    if (last < 1) return queries.map(() => new Int32Array(0));
    const results: (Int32Array | undefined)[] = [];
    const atOnce = queriesAtOnce(8 * (capacityFor(count) + count));
    for (let query = 0; query < queries.length; query += atOnce) {
      const some = queries.slice(query, query + atOnce);
      results.push(...this.#candidatesOfSome(some, Math.min(count, last), last));
    }
    return results;
  }

  #candidatesOfSome(
    queries: readonly ArrayLike<number>[],
    count: number,
    last: number,
  ): (Int32Array | undefined)[] {
    const { length } = queries;
    const place = this.#place(length, count);
    const capacity = capacityFor(count);
    const slacks = align(place.end);
    const counts = align(slacks + 4 * length);
    const bounds = align(counts + 4 * length);
    const rows = align(bounds + 4 * length * capacity);
    this.#reserve(rows + 4 * length * capacity);
    const memory = this.#exports.memory.buffer;
    const queryScales = new Float32Array(memory, place.queryScales, length);
    const slackOf = new Float32Array(memory, slacks, length);
    for (const [index, query] of queries.entries()) {
      const at = place.queries + index * place.queryStride;
      queryScales[index] = this.#bringQuery(query, place, index);
      slackOf[index] = ROUNDING + this.#queryError(query, at, queryScales[index]!);
    }
    const best = new Float32Array(memory, place.best, length * count).fill(-Infinity);
    new Int32Array(memory, place.bestRows, length * count).fill(-1);
    const kept = new Int32Array(memory, counts, length).fill(0);
    const kernel = this.#exports;
    kernel.filter(
      ROWS_BEGIN,
      last,
      this.#stride,
      this.#scales,
      this.#errors,
      place.queries,
      length,
      place.queryStride,
      place.queryScales,
      slacks,
      place.scores,
      place.best,
      place.bestRows,
      count,
      rows,
      bounds,
      capacity,
      counts,
    );
    return queries.map((_, index) => {
      if (kept[index]! < 0) return undefined;
      const room = 4 * index * capacity;
      const left = kernel.compact(rows + room, bounds + room, kept[index]!, best[index * count]!);
      return new Int32Array(memory, rows + room, left).slice();
    });
  }

  /** The length of what is lost of a query. */
  #queryError(query: ArrayLike<number>, place: number, scale: number): number {
    const kept = new Int16Array(this.#exports.memory.buffer, place, query.length);
    let squares = 0;
    for (let at = 0; at < query.length; at++) squares += (query[at]! - kept[at]! * scale) ** 2;
    return Math.sqrt(squares);
  }

  /** The dot products of a query with the first rows, `[last]`. */
  scores(query: ArrayLike<number>, last: number = this.count): Float32Array<ArrayBuffer> {
    const place = this.#place(1, 0);
    const scores = place.scores;
    this.#reserve(scores + 4 * last);
    const scale = this.#bringQuery(query, place, 0);
    const scales = this.#scales;
    const { kernelKind } = this.#format;
    this.#exports.score(kernelKind, ROWS_BEGIN, last, this.#stride, scales, place.queries, scale, scores);
    return new Float32Array(this.#exports.memory.buffer, scores, last).slice();
  }

  /**
   * The row of the largest dot product with each query: as {@link search} finds it, without an object for each.
   *
   * @param queries `[queries, size]`; the store's rows are float32
   */
  nearest(queries: Float32Array): { readonly rows: Int32Array; readonly scores: Float32Array } {
    const { size } = this;
    const length = queries.length / size;
    const place = this.#place(length, 1);
    this.#reserve(place.end);
    const memory = this.#exports.memory.buffer;
    const stride = place.queryStride / 4;
    const target = new Float32Array(memory, place.queries, length * stride);
    for (let query = 0, from = 0; query < length; query++) {
      const begin = query * stride;
      for (let at = 0; at < size; at++) target[begin + at] = queries[from++]!;
      for (let at = size; at < stride; at++) target[begin + at] = 0;
    }
    this.#run(place, length, 1, 0, this.count, 0);
    return {
      rows: new Int32Array(memory, place.bestRows, length).slice(),
      scores: new Float32Array(memory, place.best, length).slice(),
    };
  }

  #searchSome(
    queries: readonly ArrayLike<number>[],
    count: number,
    first: number,
    last: number,
    firstNumber: number,
  ): Neighbors[] {
    const place = this.#place(queries.length, count);
    this.#reserve(place.end);
    const memory = this.#exports.memory.buffer;
    const queryScales = new Float32Array(memory, place.queryScales, queries.length);
    for (const [index, query] of queries.entries()) {
      queryScales[index] = this.#bringQuery(query, place, index);
    }
    this.#run(place, queries.length, count, first, last, firstNumber);
    const best = new Float32Array(memory, place.best, queries.length * count);
    const bestRows = new Int32Array(memory, place.bestRows, queries.length * count);
    return queries.map((_, index) => {
      const scores = best.subarray(index * count, (index + 1) * count);
      const rows = bestRows.subarray(index * count, (index + 1) * count);
      const order = Array.from(rows.keys()).sort((a, b) => scores[b]! - scores[a]! || rows[a]! - rows[b]!);
      return {
        rows: Int32Array.from(order, (at) => rows[at]!),
        similarities: Float32Array.from(order, (at) => scores[at]!),
      };
    });
  }

  #run(
    place: WorkPlaces,
    queryCount: number,
    count: number,
    first: number,
    last: number,
    firstNumber: number,
  ): void {
    const memory = this.#exports.memory.buffer;
    new Float32Array(memory, place.best, queryCount * count).fill(-Infinity);
    new Int32Array(memory, place.bestRows, queryCount * count).fill(-1);
    this.#exports.search(
      this.#format.kernelKind,
      ROWS_BEGIN + first * this.#stride,
      last - first,
      this.#stride,
      firstNumber,
      this.#scales + 4 * first,
      place.queries,
      queryCount,
      place.queryStride,
      place.queryScales,
      place.scores,
      place.best,
      place.bestRows,
      count,
    );
  }

  /** Where things lie behind the rows. */
  #place(queryCount: number, count: number): WorkPlaces {
    const queryStride = align(this.#stride * this.#format.queryWidth);
    const queries = this.#work;
    const queryScales = align(queries + queryCount * queryStride);
    const best = align(queryScales + 4 * queryCount);
    const bestRows = align(best + 4 * count * queryCount);
    const scores = align(bestRows + 4 * count * queryCount);
    const end = scores + 8 * (this.#exports.longestBlock.value as number);
    return { queryStride, queries, queryScales, best, bestRows, scores, end };
  }

  /** @returns what the kernel's sums are to be multiplied by */
  #bringQuery(query: ArrayLike<number>, { queries, queryStride }: WorkPlaces, index: number): number {
    const { buffer } = this.#exports.memory;
    return this.#format.writeQuery(buffer, queries + index * queryStride, queryStride, query);
  }

  #reserve(bytes: number): void {
    const { memory } = this.#exports;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    if (bytes > MOST_BYTES) {
      throw new RangeError(
        `RowStore: ${this.count} rows of ${this.size} numbers (${this.kind}) must fit 4 GiB of WebAssembly, they take ${bytes} bytes. Take int8, or a product index.`,
      );
    }
    memory.grow(missing);
  }
}

/** Candidates that there is room for, of a query for so many rows. */
function capacityFor(count: number): number {
  return 4096 + 2 * count;
}

function queriesAtOnce(bytesForEach: number): number {
  return Math.max(1, Math.min(QUERIES_AT_ONCE, Math.floor(WORK_BYTES / bytesForEach)));
}

function align(place: number): number {
  return Math.ceil(place / 16) * 16;
}

let compiled: WebAssembly.Module | undefined;
