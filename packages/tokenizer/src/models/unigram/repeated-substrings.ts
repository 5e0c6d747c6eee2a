/** A substring that occurs more than once. */
export interface RepeatedSubstring {
  /** Where it occurs for one: an index into the array. */
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

/** What stands between words: no substring crosses it. */
export const BOUNDARY = 0;

/**
 * The substrings of 2 to `maxLength` elements that occur more than once and cannot be made longer without occurring less often: the inner
 * nodes of the suffix tree, and the ends of words that occur more than once.
 *
 * Suffixes are sorted by their first elements only, as many as count, by three-way radix quicksort, in time and memory that grow with the array.
 *
 * @param elements code points, each word followed by {@link BOUNDARY}
 * @param weights  how often the word around each element occurs
 * @see Bentley & Sedgewick 1997, "Fast algorithms for sorting and searching strings"; Abouelhoda et al. 2004 (intervals of common prefixes)
 */
export function repeatedSubstrings(
  elements: Int32Array,
  weights: Float64Array,
  maxLength: number,
): RepeatedSubstring[] {
  const suffixes = sortedSuffixes(elements, maxLength + 1);
  const found: RepeatedSubstring[] = [];
  const add = (start: number, length: number, count: number): void => {
    if (length >= 2 && length <= maxLength && count >= 2) found.push({ start, length, count });
  };
  // Intervals of suffixes with a common prefix, the longest prefix on top: its length, and the weight of all suffixes before it.
  const lengths = [0];
  const befores = [0];
  let before = 0;
  let previousCommon = 0;
  for (let index = 0; index < suffixes.length; index++) {
    const suffix = suffixes[index]!;
    const weight = weights[suffix]!;
    const next = suffixes[index + 1];
    const common = next === undefined ? 0 : commonPrefix(elements, suffix, next, maxLength + 1);
    const whole = lengthToBoundary(elements, suffix, maxLength + 1);
    if (whole > common && whole > previousCommon) add(suffix, whole, weight); // occurs here only, in a word that comes more than once
    let start = before;
    before += weight;
    while (lengths.at(-1)! > common) {
      start = befores.pop()!;
      add(suffix, lengths.pop()!, before - start);
    }
    if (lengths.at(-1)! < common) {
      lengths.push(common);
      befores.push(start);
    }
    previousCommon = common;
  }
  return found;
}

/** Places of all elements but boundaries, in the order of what begins there, as far as `depth`. */
function sortedSuffixes(elements: Int32Array, depth: number): Int32Array {
  const suffixes = new Int32Array(elements.length);
  let count = 0;
  for (let index = 0; index < elements.length; index++)
    if (elements[index] !== BOUNDARY) suffixes[count++] = index;
  const sorted = suffixes.subarray(0, count);
  // Ranges yet to be sorted, and how many elements are equal in each; a stack of its own, since words may be all alike.
  const ranges = [0, count, 0];
  while (ranges.length > 0) {
    const level = ranges.pop()!;
    const end = ranges.pop()!;
    const begin = ranges.pop()!;
    if (end - begin < 2 || level >= depth) continue;
    const pivot = elements[sorted[(begin + end) >> 1]! + level]!;
    let low = begin;
    let high = end;
    for (let index = begin; index < high; ) {
      const suffix = sorted[index]!;
      const element = elements[suffix + level]!;
      if (element < pivot) {
        sorted[index++] = sorted[low]!;
        sorted[low++] = suffix;
      } else if (element > pivot) {
        sorted[index] = sorted[--high]!;
        sorted[high] = suffix;
      } else index++;
    }
    ranges.push(begin, low, level, high, end, level);
    if (pivot !== BOUNDARY) ranges.push(low, high, level + 1);
  }
  return sorted;
}

/** How many elements two suffixes have in common, boundaries aside, at most `limit`. */
function commonPrefix(elements: Int32Array, a: number, b: number, limit: number): number {
  let length = 0;
  while (length < limit && elements[a + length] === elements[b + length] && elements[a + length] !== BOUNDARY)
    length++;
  return length;
}

function lengthToBoundary(elements: Int32Array, start: number, limit: number): number {
  let length = 0;
  while (length < limit && elements[start + length] !== BOUNDARY) length++;
  return length;
}
