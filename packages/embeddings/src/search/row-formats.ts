import { floatToHalf } from './half.ts';

/** How the numbers of rows are kept, and those of queries that are compared with them. */
export interface RowFormat {
  /** As assembly/search.ts counts them. */
  readonly kernelKind: 0 | 1 | 2 | 3;
  readonly bytesPerNumber: 1 | 2 | 4;
  /** What the beginnings of rows are multiples of, in bytes. */
  readonly alignment: 1 | 16;
  /** Bytes of a query for each byte of a row. */
  readonly queryWidth: number;
  /** Whether each row has a scale, and an error: the length of what was lost. */
  readonly hasScales: boolean;
  /** Writes rows into memory. */
  writeRows(memory: ArrayBuffer, rows: RowPlaces, source: RowSource): void;
  /**
   * Writes a query into memory.
   *
   * @param bytes what it may take
   * @returns what the kernel's sums are to be multiplied by
   */
  writeQuery(memory: ArrayBuffer, place: number, bytes: number, query: ArrayLike<number>): number;
}

/** Where rows are written. */
export interface RowPlaces {
  /** Byte offset of the first. */
  readonly begin: number;
  /** Bytes from one to the next. */
  readonly stride: number;
  /** Of these rows, where they have them. */
  readonly scales: Float32Array;
  readonly errors: Float32Array;
}

/** What is written. */
export interface RowSource {
  /** `[rows, size]` */
  readonly table: ArrayLike<number>;
  readonly size: number;
  /** What each row is multiplied by; default 1. */
  readonly factors: ArrayLike<number> | undefined;
}

/** float16 keeps 11 bits from 2 ** -14 on: rows of numbers up to 1 are kept times this, so that small ones are not lost. */
const HALF_SCALE = 2 ** 15;
/** What the kernel's way from float16 to float32 leaves out of the exponent. */
const HALF_EXPONENT = 2 ** 112;

const float32: RowFormat = {
  kernelKind: 0,
  bytesPerNumber: 4,
  alignment: 16,
  queryWidth: 1,
  hasScales: false,
  writeRows: (memory, { begin, stride }, source) =>
    copyRows(new Float32Array(memory), begin / 4, stride / 4, source),
  writeQuery: (memory, place, bytes, query) =>
    copyQuery(new Float32Array(memory, place, bytes / 4), query, 1),
};

/** Numbers are at most 1 in size. */
const float16: RowFormat = {
  kernelKind: 1,
  bytesPerNumber: 2,
  alignment: 16,
  queryWidth: 2,
  hasScales: false,
  writeRows(memory, { begin, stride }, { table, size, factors }) {
    const target = new Uint16Array(memory);
    for (let from = 0, row = 0; from < table.length; from += size, row++) {
      const factor = HALF_SCALE * (factors ? factors[row]! : 1);
      const place = (begin + row * stride) / 2;
      for (let at = 0; at < size; at++) target[place + at] = floatToHalf(table[from + at]! * factor);
    }
  },
  writeQuery: (memory, place, bytes, query) =>
    copyQuery(new Float32Array(memory, place, bytes / 4), query, HALF_EXPONENT) / HALF_SCALE,
};

/** Each row to its own scale, by its largest number. */
const int8: RowFormat = {
  kernelKind: 2,
  bytesPerNumber: 1,
  alignment: 16,
  queryWidth: 2,
  hasScales: true,
  writeRows(memory, { begin, stride, scales, errors }, { table, size, factors }) {
    const target = new Int8Array(memory);
    for (let from = 0, row = 0; from < table.length; from += size, row++) {
      const factor = factors ? factors[row]! : 1;
      const place = begin + row * stride;
      const largest = largestOf(table, from, from + size);
      const scale = largest > 0 ? 127 / largest : 0;
      let squares = 0;
      for (let at = 0; at < size; at++) {
        const exact = table[from + at]! * scale;
        const rounded = Math.round(exact);
        target[place + at] = rounded;
        squares += (exact - rounded) ** 2;
      }
      scales[row] = scale > 0 ? factor / scale : 0;
      errors[row] = scale > 0 ? (Math.sqrt(squares) * Math.abs(factor)) / scale : 0;
    }
  },
  writeQuery(memory, place, bytes, query) {
    const target = new Int16Array(memory, place, bytes / 2).fill(0);
    const largest = largestOf(query, 0, query.length);
    if (largest === 0) return 0;
    // Each of four lanes sums a quarter of the products, none beyond int32.
    const most = Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * (target.length / 4))));
    for (let at = 0; at < query.length; at++) target[at] = Math.round((query[at]! * most) / largest);
    return largest / most;
  },
};

/** Numbers of centers; a query is what each of 256 is worth in each place. */
const codes: RowFormat = {
  kernelKind: 3,
  bytesPerNumber: 1,
  alignment: 1,
  queryWidth: 1024,
  hasScales: false,
  writeRows: (memory, { begin, stride }, source) => copyRows(new Uint8Array(memory), begin, stride, source),
  writeQuery: (memory, place, bytes, query) =>
    copyQuery(new Float32Array(memory, place, bytes / 4), query, 1),
};

export type RowKind = 'float32' | 'float16' | 'int8' | 'codes';
export const ROW_FORMATS: Record<RowKind, RowFormat> = { float32, float16, int8, codes };

/** As they are; places are counted in elements of `target`. */
function copyRows(
  target: Float32Array | Uint8Array,
  begin: number,
  stride: number,
  { table, size, factors }: RowSource,
): void {
  for (let from = 0, row = 0; from < table.length; from += size, row++) {
    const factor = factors ? factors[row]! : 1;
    const place = begin + row * stride;
    for (let at = 0; at < size; at++) target[place + at] = table[from + at]! * factor;
  }
}

/** The query times a factor, zeros behind it. @returns 1 */
function copyQuery(target: Float32Array, query: ArrayLike<number>, factor: number): 1 {
  target.fill(0);
  for (let at = 0; at < query.length; at++) target[at] = query[at]! * factor;
  return 1;
}

function largestOf(numbers: ArrayLike<number>, from: number, to: number): number {
  let largest = 0;
  for (let at = from; at < to; at++) largest = Math.max(largest, Math.abs(numbers[at]!));
  return largest;
}
