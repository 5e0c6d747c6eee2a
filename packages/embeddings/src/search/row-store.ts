import { floatToHalf } from './half.ts';
import { SEARCH_KERNEL } from './search-kernel.wasm.ts';
import type { Neighbors } from './vector-index.ts';

/** How the numbers of a row are kept: as assembly/search.ts counts them. */
export const ROW_KINDS = { float32: 0, float16: 1, int8: 2, codes: 3 } as const;
export type RowKind = keyof typeof ROW_KINDS;

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

/** float16 keeps 11 bits from 2 ** -14 on: rows of numbers up to 1 are kept times this, so that small ones are not lost. */
const HALF_SCALE = 2 ** 15;
/** More than what sums of products of unit vectors lose to float32. */
const ROUNDING = 4e-6;
/** What the kernel's way from float16 to float32 leaves out of the exponent. */
const HALF_EXPONENT = 2 ** 112;

/**
 * Rows of numbers in the memory of a kernel, and the search among them by dot product.
 *
 * Numbers of rows are at most 1 in size where they are float16.
 */
export class RowStore {
  readonly kind: RowKind;
  readonly count: number;
  /** Numbers in a row, or codes. */
  readonly size: number;
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
    const bytes = { float32: 4, float16: 2, int8: 1, codes: 1 }[kind] * size;
    this.#stride = kind === 'codes' ? bytes : Math.ceil(bytes / 16) * 16;
    compiled ??= new WebAssembly.Module(
      Uint8Array.from(atob(SEARCH_KERNEL), (character) => character.charCodeAt(0)),
    );
    this.#exports = new WebAssembly.Instance(compiled, {}).exports as unknown as KernelExports;
    this.#scales = align(ROWS_BEGIN + count * this.#stride);
    this.#errors = align(this.#scales + (kind === 'int8' ? 4 * count : 0));
    this.#work = align(this.#errors + (kind === 'int8' ? 4 * count : 0));
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
    const { size } = this;
    const rows = table.length / size;
    const buffer = this.#exports.memory.buffer;
    const begin = ROWS_BEGIN + first * this.#stride;
    const scales = new Float32Array(buffer, this.#scales, this.kind === 'int8' ? this.count : 0);
    const errors = new Float32Array(buffer, this.#errors, scales.length);
    const targets = {
      float32: new Float32Array(buffer),
      float16: new Uint16Array(buffer),
      int8: new Int8Array(buffer),
      codes: new Uint8Array(buffer),
    };
    const target = targets[this.kind];
    const width = target.BYTES_PER_ELEMENT;
    for (let row = 0; row < rows; row++) {
      const factor = factors ? factors[row]! : 1;
      const place = (begin + row * this.#stride) / width;
      const source = row * size;
      if (this.kind === 'int8') {
        let largest = 0;
        for (let at = source; at < source + size; at++) largest = Math.max(largest, Math.abs(table[at]!));
        const scale = largest > 0 ? 127 / largest : 0;
        let squares = 0;
        for (let at = 0; at < size; at++) {
          const exact = table[source + at]! * scale;
          const rounded = Math.round(exact);
          target[place + at] = rounded;
          squares += (exact - rounded) ** 2;
        }
        scales[first + row] = scale > 0 ? factor / scale : 0;
        errors[first + row] = scale > 0 ? (Math.sqrt(squares) * Math.abs(factor)) / scale : 0;
      } else if (this.kind === 'float16') {
        for (let at = 0; at < size; at++) {
          target[place + at] = floatToHalf(table[source + at]! * factor * HALF_SCALE);
        }
      } else for (let at = 0; at < size; at++) target[place + at] = table[source + at]! * factor;
    }
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
      queryScales[index] = this.#bringQuery(query, at);
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
    const scale = this.#bringQuery(query, place.queries);
    const scales = this.#scales;
    const kind = ROW_KINDS[this.kind];
    this.#exports.score(kind, ROWS_BEGIN, last, this.#stride, scales, place.queries, scale, scores);
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
      queryScales[index] = this.#bringQuery(query, place.queries + index * place.queryStride);
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
      ROW_KINDS[this.kind],
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
    const width = this.kind === 'codes' ? 1024 : this.kind === 'int8' ? 2 : this.kind === 'float16' ? 2 : 1;
    const queryStride = align(this.#stride * width);
    const queries = this.#work;
    const queryScales = align(queries + queryCount * queryStride);
    const best = align(queryScales + 4 * queryCount);
    const bestRows = align(best + 4 * count * queryCount);
    const scores = align(bestRows + 4 * count * queryCount);
    const end = scores + 8 * (this.#exports.longestBlock.value as number);
    return { queryStride, queries, queryScales, best, bestRows, scores, end };
  }

  /** @returns what the kernel's sums are to be multiplied by */
  #bringQuery(query: ArrayLike<number>, place: number): number {
    const memory = this.#exports.memory.buffer;
    if (this.kind === 'float32' || this.kind === 'codes') {
      const length = this.kind === 'codes' ? this.size * 256 : this.#stride / 4;
      const target = new Float32Array(memory, place, length).fill(0);
      for (let at = 0; at < query.length; at++) target[at] = query[at]!;
      return 1;
    }
    if (this.kind === 'float16') {
      const target = new Float32Array(memory, place, this.#stride / 2).fill(0);
      for (let at = 0; at < query.length; at++) target[at] = query[at]! * HALF_EXPONENT;
      return 1 / HALF_SCALE;
    }
    const target = new Int16Array(memory, place, this.#stride).fill(0);
    let largest = 0;
    for (let at = 0; at < query.length; at++) largest = Math.max(largest, Math.abs(query[at]!));
    if (largest === 0) return 0;
    // Each of four lanes sums a quarter of the products, none beyond int32.
    const most = Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * (this.#stride / 4))));
    for (let at = 0; at < query.length; at++) target[at] = Math.round((query[at]! * most) / largest);
    return largest / most;
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
