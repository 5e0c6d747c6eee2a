import { describeValue } from '../describe-value.ts';

/** What is nearest to a query, the nearest first; of equal ones the earlier row. */
export interface Neighbors {
  /** Of the table. */
  readonly rows: Int32Array;
  /** Cosines, from −1 to 1. */
  readonly similarities: Float32Array;
}

/** Finds rows of a table by cosine: exact or approximate, it is asked alike. */
export interface VectorIndex {
  /** Rows. */
  readonly count: number;
  /** Numbers in a vector. */
  readonly size: number;
  /**
   * @param query `[size]`, of any length but zero
   * @param count rows at most
   */
  search(query: ArrayLike<number>, count: number): Neighbors;
  /** Many queries, which is faster than one by one. */
  searchAll(queries: readonly ArrayLike<number>[], count: number): Neighbors[];
}

/** @throws {RangeError} if a query is not of `size` finite numbers, or the count no positive integer */
export function checkSearch(
  owner: string,
  queries: readonly ArrayLike<number>[],
  count: number,
  size: number,
): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`${owner}: count must be an integer of at least 1, got ${describeValue(count)}.`);
  }
  for (const query of queries) {
    if (query?.length !== size) {
      throw new RangeError(
        `${owner}: a query must have ${size} numbers, got ${describeValue(query?.length)}.`,
      );
    }
    for (let at = 0; at < size; at++) {
      if (!Number.isFinite(query[at]!)) {
        throw new RangeError(
          `${owner}: a query must have finite numbers, got ${describeValue(query[at])} at ${at}.`,
        );
      }
    }
  }
}
