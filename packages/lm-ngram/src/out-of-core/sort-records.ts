/** Rows of 32-bit words in one array. */
export interface RecordFormat {
  /** Words of a record. */
  readonly recordWords: number;
  /** Words that records are ordered by, from the first. */
  readonly keyWords: number;
}

/** Bits of a word that a pass sorts by: 11, 11 and 10 make 32. */
const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const DIGITS_PER_WORD = 3;

/**
 * Sorts records by their keys, as unsigned numbers, in linear time: a counting sort for each digit of the key, the last digit first. Digits that are
 * the same in all records take no pass.
 *
 * @param records  the records, whose places are used
 * @param scratch  as long
 * @returns the array of the two that holds the sorted records
 */
export function sortRecords(
  records: Uint32Array,
  scratch: Uint32Array,
  { recordWords, keyWords }: RecordFormat,
): Uint32Array {
  const { length } = records;
  const count = length / recordWords;
  const histograms = new Uint32Array(keyWords * DIGITS_PER_WORD * BUCKETS);
  for (let at = 0; at < length; at += recordWords) {
    for (let word = 0, base = 0; word < keyWords; word++, base += DIGITS_PER_WORD * BUCKETS) {
      const key = records[at + word]!;
      histograms[base + (key & (BUCKETS - 1))]!++;
      histograms[base + BUCKETS + ((key >>> DIGIT_BITS) & (BUCKETS - 1))]!++;
      histograms[base + 2 * BUCKETS + (key >>> (2 * DIGIT_BITS))]!++;
    }
  }
  let from = records;
  let to = scratch;
  for (let word = keyWords - 1; word >= 0; word--) {
    for (let digit = 0; digit < DIGITS_PER_WORD; digit++) {
      const start = (word * DIGITS_PER_WORD + digit) * BUCKETS;
      const places = histograms.subarray(start, start + BUCKETS);
      const shift = digit * DIGIT_BITS;
      if (places[(from[word]! >>> shift) & (BUCKETS - 1)] === count) continue;
      let place = 0;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const size = places[bucket]!;
        places[bucket] = place;
        place += size * recordWords;
      }
      move(from, to, places, word, shift, recordWords);
      [from, to] = [to, from];
    }
  }
  return from;
}

/** One pass; the usual lengths are spelled out, which makes them twice as fast. */
function move(
  from: Uint32Array,
  to: Uint32Array,
  places: Uint32Array,
  word: number,
  shift: number,
  recordWords: number,
): void {
  const { length } = from;
  const mask = BUCKETS - 1;
  for (let at = 0; at < length; at += recordWords) {
    const bucket = (from[at + word]! >>> shift) & mask;
    const place = places[bucket]!;
    places[bucket] = place + recordWords;
    to[place] = from[at]!;
    if (recordWords === 1) continue;
    to[place + 1] = from[at + 1]!;
    if (recordWords === 2) continue;
    to[place + 2] = from[at + 2]!;
    if (recordWords === 3) continue;
    to[place + 3] = from[at + 3]!;
    for (let index = 4; index < recordWords; index++) to[place + index] = from[at + index]!;
  }
}

/** Less than 0 if the record at one place comes first, more if that at the other does, 0 if their keys are equal. */
export function compareKeys(
  a: Uint32Array,
  atA: number,
  b: Uint32Array,
  atB: number,
  keyWords: number,
): number {
  for (let word = 0; word < keyWords; word++) {
    const difference = a[atA + word]! - b[atB + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
