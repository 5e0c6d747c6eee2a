/**
 * The suffix array of a text: where its suffixes begin, in the order of the suffixes.
 *
 * Induced sorting: suffixes smaller than the next one, with a larger one before them (leftmost S-type, "LMS"), are sorted through a text a
 * third as long or less, and give the places of all others in two passes. Linear time; about 13 bytes an element besides the text.
 *
 * @param text         elements 0 to `alphabetSize` − 1; the last must be 0, and no other
 * @param alphabetSize one more than the largest element
 * @see Nong, Zhang and Chan 2009, "Linear suffix array construction by almost pure induced-sorting"
 */
export function suffixArray(text: Int32Array, alphabetSize: number): Int32Array {
  const length = text.length;
  const suffixes = new Int32Array(length);
  if (length < 2) return suffixes;
  const isSmall = smallTypes(text);
  const ends = bucketEnds(text, alphabetSize);
  const bucket = new Int32Array(alphabetSize);

  // Sort the stretches between LMS places, which decide nearly everything.
  suffixes.fill(-1);
  bucket.set(ends);
  for (let at = 1; at < length; at++) {
    if (isSmall[at] && !isSmall[at - 1]) suffixes[--bucket[text[at]!]!] = at;
  }
  induce(text, suffixes, isSmall, ends, bucket);

  // Gather them at the front, and name each by its rank.
  let count = 0;
  for (let index = 0; index < length; index++) {
    const at = suffixes[index]!;
    if (at > 0 && isSmall[at] && !isSmall[at - 1]) suffixes[count++] = at;
  }
  suffixes.fill(-1, count);
  let names = 0;
  let before = -1;
  for (let index = 0; index < count; index++) {
    const at = suffixes[index]!;
    if (before < 0 || !isSameStretch(text, isSmall, before, at)) names++;
    before = at;
    suffixes[count + (at >> 1)] = names - 1; // LMS places are never neighbors
  }
  const reduced = new Int32Array(count);
  for (let index = length - 1, write = count - 1; index >= count; index--) {
    if (suffixes[index]! >= 0) reduced[write--] = suffixes[index]!;
  }
  const places = new Int32Array(count);
  for (let at = 1, write = 0; at < length; at++) {
    if (isSmall[at] && !isSmall[at - 1]) places[write++] = at;
  }
  let order: Int32Array;
  if (names < count) {
    order = suffixArray(reduced, names);
  } else {
    order = new Int32Array(count);
    for (let index = 0; index < count; index++) order[reduced[index]!] = index;
  }

  // Now they are in order; all others follow.
  suffixes.fill(-1);
  bucket.set(ends);
  for (let index = count - 1; index >= 0; index--) {
    const at = places[order[index]!]!;
    suffixes[--bucket[text[at]!]!] = at;
  }
  induce(text, suffixes, isSmall, ends, bucket);
  return suffixes;
}

/** 1 where a suffix is smaller than the one after it (S-type). */
function smallTypes(text: Int32Array): Uint8Array {
  const isSmall = new Uint8Array(text.length);
  isSmall[text.length - 1] = 1;
  for (let at = text.length - 2; at >= 0; at--) {
    const difference = text[at]! - text[at + 1]!;
    isSmall[at] = difference < 0 || (difference === 0 && isSmall[at + 1]) ? 1 : 0;
  }
  return isSmall;
}

/** Where the suffixes that begin with each element end. */
function bucketEnds(text: Int32Array, alphabetSize: number): Int32Array {
  const ends = new Int32Array(alphabetSize);
  for (let at = 0; at < text.length; at++) ends[text[at]!]!++;
  for (let element = 1; element < alphabetSize; element++) ends[element]! += ends[element - 1]!;
  return ends;
}

/** Puts all suffixes in order, given the LMS ones at the ends of their buckets: larger ones from the front, smaller ones from the back. */
function induce(
  text: Int32Array,
  suffixes: Int32Array,
  isSmall: Uint8Array,
  ends: Int32Array,
  bucket: Int32Array,
): void {
  bucket[0] = 0;
  for (let element = 1; element < ends.length; element++) bucket[element] = ends[element - 1]!;
  for (let index = 0; index < suffixes.length; index++) {
    const at = suffixes[index]! - 1;
    if (at >= 0 && !isSmall[at]) suffixes[bucket[text[at]!]!++] = at;
  }
  bucket.set(ends);
  for (let index = suffixes.length - 1; index >= 0; index--) {
    const at = suffixes[index]! - 1;
    if (at >= 0 && isSmall[at]) suffixes[--bucket[text[at]!]!] = at;
  }
}

/** Whether the stretches from two LMS places to the next ones are the same. */
function isSameStretch(text: Int32Array, isSmall: Uint8Array, a: number, b: number): boolean {
  for (let offset = 0; ; offset++) {
    if (a + offset >= text.length || b + offset >= text.length) return false;
    if (text[a + offset] !== text[b + offset]) return false;
    if (offset === 0) continue;
    const endsA = isSmall[a + offset] && !isSmall[a + offset - 1];
    const endsB = isSmall[b + offset] && !isSmall[b + offset - 1];
    if (endsA || endsB) return endsA === endsB;
  }
}
