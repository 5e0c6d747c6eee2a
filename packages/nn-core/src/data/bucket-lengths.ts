import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link bucketLengths}. */
export interface BucketLengthsOptions {
  /** Most buckets there may be: each is compiled once. */
  readonly count: number;
  /** Of which every length is a multiple; default 8. */
  readonly multipleOf?: number;
}

/**
 * The few row lengths with which the least padding is needed when every row is filled up to the next of them.
 *
 * Dynamic programming over the m different rounded lengths, in O(count · m²).
 *
 * @param lengths of all rows
 * @returns ascending lengths, the last of which holds the longest row
 * @throws {RangeError} if there are no rows, or a length is not a positive integer
 * @example
 * const buckets = bucketLengths(sentences.map((tokens) => tokens.length), { count: 6 });
 */
export function bucketLengths(
  lengths: ArrayLike<number>,
  { count, multipleOf = 8 }: BucketLengthsOptions,
): readonly number[] {
  requireSizes('bucketLengths', { 'lengths.length': lengths.length, count, multipleOf });
  const rows = new Map<number, number>(); // by rounded length
  for (let index = 0; index < lengths.length; index++) {
    const length = lengths[index]!;
    if (!(Number.isSafeInteger(length) && length > 0)) {
      throw new RangeError(`bucketLengths: lengths must be positive integers, got ${length} at ${index}.`);
    }
    const rounded = Math.ceil(length / multipleOf) * multipleOf;
    rows.set(rounded, (rows.get(rounded) ?? 0) + 1);
  }
  const sizes = [...rows.keys()].sort((a, b) => a - b);
  const upTo = [0]; // rows of the first i sizes
  for (const size of sizes) upTo.push(upTo.at(-1)! + rows.get(size)!);
  return cheapestEnds(sizes, upTo, Math.min(count, sizes.length));
}

/** Which sizes end a bucket, so that the sum over rows of their bucket's size is least. */
function cheapestEnds(sizes: readonly number[], upTo: readonly number[], count: number): readonly number[] {
  const total = sizes.length;
  let costs = sizes.map((size, last) => size * upTo[last + 1]!); // of one bucket that ends at each size
  const begins: Int32Array[] = []; // begins[k][last]: first size of the last of k + 2 buckets
  for (let buckets = 2; buckets <= count; buckets++) {
    const begin = new Int32Array(total);
    const next = new Array<number>(total).fill(Number.POSITIVE_INFINITY);
    for (let last = buckets - 1; last < total; last++) {
      for (let first = buckets - 1; first <= last; first++) {
        const cost = costs[first - 1]! + sizes[last]! * (upTo[last + 1]! - upTo[first]!);
        if (cost >= next[last]!) continue;
        next[last] = cost;
        begin[last] = first;
      }
    }
    begins.push(begin);
    costs = next;
  }
  const ends: number[] = [];
  let last = total - 1;
  for (const begin of begins.reverse()) {
    ends.push(sizes[last]!);
    last = begin[last]! - 1;
  }
  return [...ends, sizes[last]!].reverse();
}
