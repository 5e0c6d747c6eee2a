/** A long sequence of token ids of which parts are read: a file, or an array in memory. */
export interface TokenSource {
  /** Number of tokens. */
  readonly length: number;
  /**
   * The tokens from `begin` to below `end`, in an array of their own.
   *
   * @throws {RangeError} unless 0 ≤ begin ≤ end ≤ length
   */
  read(begin: number, end: number): Promise<Int32Array>;
}

/** Token ids in memory as a source. */
export function tokenArray(tokens: Int32Array): TokenSource {
  return {
    length: tokens.length,
    async read(begin, end) {
      requireRange('tokenArray', begin, end, tokens.length);
      return tokens.slice(begin, end);
    },
  };
}

/** @throws {RangeError} unless 0 ≤ begin ≤ end ≤ length */
export function requireRange(owner: string, begin: number, end: number, length: number): void {
  if (
    !(Number.isSafeInteger(begin) && Number.isSafeInteger(end) && begin >= 0 && begin <= end && end <= length)
  ) {
    throw new RangeError(
      `${owner}: begin and end must be integers with 0 ≤ begin ≤ end ≤ ${length}, got ${begin} and ${end}.`,
    );
  }
}
