/**
 * Counts of pairs as records of four words: the lower and the higher half of the pair's place in their order (pair-order.ts), and the count in
 * units, a float64. A count is so many units over what the window makes of one (count-scale.ts).
 */
export const RECORD_WORDS = 4;
export const RECORD_BYTES = 16;

/** Records that are trained on together. */
export const BLOCK_RECORDS = 32_768;

export function compareRecords(left: Uint32Array, l: number, right: Uint32Array, r: number): number {
  return left[l + 1]! - right[r + 1]! || left[l]! - right[r]!;
}

/**
 * Sorts records by their places. As these are spread evenly, their first bits put each record near to where it belongs, and insertion does the rest.
 *
 * @returns a new array
 */
export function sortRecords(records: Uint32Array): Uint32Array {
  const count = records.length / RECORD_WORDS;
  const bits = Math.max(0, Math.min(24, Math.ceil(Math.log2(count / 4))));
  const shift = 32 - bits;
  const bucketOf = (at: number): number => (bits === 0 ? 0 : records[at + 1]! >>> shift);
  const starts = new Uint32Array(2 ** bits + 1);
  for (let at = 0; at < records.length; at += RECORD_WORDS) starts[bucketOf(at) + 1]!++;
  for (let bucket = 0; bucket < 2 ** bits; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const sorted = new Uint32Array(records.length);
  for (let from = 0; from < records.length; from += RECORD_WORDS) {
    const at = starts[bucketOf(from)]!++ * RECORD_WORDS;
    for (let word = 0; word < RECORD_WORDS; word++) sorted[at + word] = records[from + word]!;
  }
  const held = new Uint32Array(RECORD_WORDS);
  for (let end = RECORD_WORDS; end < sorted.length; end += RECORD_WORDS) {
    if (compareRecords(sorted, end - RECORD_WORDS, sorted, end) <= 0) continue;
    for (let word = 0; word < RECORD_WORDS; word++) held[word] = sorted[end + word]!;
    let at = end;
    for (; at > 0 && compareRecords(sorted, at - RECORD_WORDS, held, 0) > 0; at -= RECORD_WORDS) {
      sorted.copyWithin(at, at - RECORD_WORDS, at);
    }
    for (let word = 0; word < RECORD_WORDS; word++) sorted[at + word] = held[word]!;
  }
  return sorted;
}
