import { type TensorData, tensorData } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import { type Batch, IGNORED_TARGET } from './batch.ts';

/** How long the rows of a batch are. Each length is compiled once: have few. */
export interface RowLengthOptions {
  /** All rows of all batches have this length. */
  readonly length?: number;
  /** Rows have the smallest of these lengths that holds the longest; ascending. See {@link bucketLengths}. */
  readonly buckets?: readonly number[];
  /** Rows are as long as the longest, rounded up to a multiple of this; default 1. */
  readonly multipleOf?: number;
  /** Longest row there may be; default `length`, the last of `buckets`, or none. */
  readonly maxLength?: number;
  /** Which end of a longer row is cut off; default neither, and it is an error. */
  readonly truncate?: 'start' | 'end';
}

/** How rows are filled up to one length. */
export interface PaddingOptions extends RowLengthOptions {
  /** The token that fills up. */
  readonly padId: number;
  /** Where it is put; default `right`. */
  readonly side?: 'left' | 'right';
}

/** Arrays of one length that describe the positions of a row, by name; `inputs` are its tokens. */
export type Row = Readonly<Record<string, ArrayLike<number>>> & { readonly inputs: ArrayLike<number> };

/** What a collator makes rows and further scalars of. */
export type FieldValue = number | ArrayLike<number>;

/** @throws {RangeError} naming the option that is out of range */
export function requireRowLength(owner: string, options: RowLengthOptions): void {
  const { length, buckets, multipleOf, maxLength, truncate } = options;
  const sizes = { length, multipleOf, maxLength };
  for (const [name, size] of Object.entries(sizes)) {
    if (size !== undefined) requireSizes(owner, { [name]: size });
  }
  const given = Object.entries({ length, buckets, multipleOf }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new RangeError(
      `${owner}: length, buckets and multipleOf must not be given together, got ${given.map(([name]) => name).join(' and ')}.`,
    );
  }
  if (buckets) requireBuckets(owner, buckets);
  if (truncate !== undefined && truncate !== 'start' && truncate !== 'end') {
    throw new RangeError(`${owner}: truncate must be 'start' or 'end', got ${String(truncate)}.`);
  }
  const largest = length ?? buckets?.at(-1);
  if (maxLength !== undefined && largest !== undefined && maxLength > largest) {
    throw new RangeError(`${owner}: maxLength must be at most ${largest}, got ${maxLength}.`);
  }
}

/** @throws {RangeError} unless they are positive integers, each larger than the one before */
export function requireBuckets(owner: string, buckets: readonly number[]): void {
  const ascending = buckets.every((size, index) => index === 0 || size > buckets[index - 1]!);
  if (buckets.length > 0 && ascending && buckets.every((size) => Number.isSafeInteger(size) && size > 0))
    return;
  throw new RangeError(`${owner}: buckets must be ascending positive integers, got [${buckets}].`);
}

/**
 * Cuts rows to the longest length that is allowed, all arrays of a row alike.
 *
 * @throws {RangeError} naming the row, if one is too long and may not be cut, or its arrays differ in length
 */
export function cutRows(owner: string, rows: readonly Row[], options: RowLengthOptions): readonly Row[] {
  const limit = options.maxLength ?? options.length ?? options.buckets?.at(-1) ?? Number.POSITIVE_INFINITY;
  return rows.map((row, index) => {
    const { length } = row.inputs;
    for (const [name, values] of Object.entries(row)) {
      if (values.length !== length) {
        throw new RangeError(
          `${owner}: ${name} must have one element per token (${length}), got ${values.length} in row ${index}.`,
        );
      }
    }
    if (length <= limit) return row;
    if (!options.truncate) {
      throw new RangeError(
        `${owner}: rows must have at most ${limit} tokens, got ${length} in row ${index}. Set truncate to cut them.`,
      );
    }
    const begin = options.truncate === 'start' ? length - limit : 0;
    const cut = (values: ArrayLike<number>): number[] => Array.from(values).slice(begin, begin + limit);
    const fields = Object.entries(row).map(([name, values]) => [name, cut(values)] as const);
    return { ...Object.fromEntries(fields), inputs: cut(row.inputs) };
  });
}

/** What fills up a field that is not named in `fills`. */
const FILL = 0;

/** How {@link padRows} fills. */
export interface PadRowsOptions extends PaddingOptions {
  /** By field; default `padId` for inputs, {@link IGNORED_TARGET} for targets, 0 for all others. */
  readonly fills?: Readonly<Record<string, number>>;
  /** Fields of float32 instead of int32. */
  readonly floatFields?: readonly string[];
}

/**
 * Rows of one length as tensors `[rows, length]`, with `mask` (bool, true at tokens) among them.
 *
 * @param rows all with the same fields, none longer than the options allow
 */
export function padRows(owner: string, rows: readonly Row[], options: PadRowsOptions): Batch {
  const length = commonLength(rows, options);
  const { padId, side = 'right', floatFields = [] } = options;
  const fills: Readonly<Record<string, number>> = {
    inputs: padId,
    targets: IGNORED_TARGET,
    ...options.fills,
  };
  const shape = [rows.length, length];
  const padded = (name: string, values: (row: Row) => ArrayLike<number>): TensorData => {
    const size = rows.length * length;
    const fill = fills[name] ?? FILL;
    const isFloat = floatFields.includes(name);
    const data = isFloat ? new Float32Array(size) : new Int32Array(size);
    if (fill !== 0) data.fill(fill);
    for (const [index, row] of rows.entries()) {
      const given = values(row);
      if (!isFloat) requireIntegers(owner, name, given, index);
      data.set(given, index * length + (side === 'left' ? length - given.length : 0));
    }
    return tensorData(name === 'mask' ? Uint8Array.from(data, Number) : data, shape);
  };
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'mask');
  return Object.fromEntries([
    ...names.map((name) => [name, padded(name, (row) => row[name]!)]),
    ['mask', padded('mask', ({ mask, inputs }) => mask ?? new Uint8Array(inputs.length).fill(1))],
  ]);
}

/** Numbers as a tensor `[rows]`. */
export function columnOf(
  owner: string,
  name: string,
  values: readonly number[],
  isFloat: boolean,
): TensorData {
  if (isFloat) return tensorData(Float32Array.from(values), [values.length]);
  requireIntegers(owner, name, values);
  return tensorData(Int32Array.from(values), [values.length]);
}

function commonLength(rows: readonly Row[], { length, buckets, multipleOf = 1 }: RowLengthOptions): number {
  if (length !== undefined) return length;
  const longest = rows.reduce((most, { inputs }) => Math.max(most, inputs.length), 1);
  return buckets?.find((bucket) => bucket >= longest) ?? Math.ceil(longest / multipleOf) * multipleOf;
}

function requireIntegers(owner: string, name: string, values: ArrayLike<number>, row?: number): void {
  if (values instanceof Int32Array) return;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if ((value | 0) === value) continue;
    const place = row === undefined ? `row ${index}` : `row ${row}, position ${index}`;
    throw new RangeError(
      `${owner}: ${name} must be 32-bit integers, got ${value} in ${place}. Name it in floatFields if it is a real number.`,
    );
  }
}
