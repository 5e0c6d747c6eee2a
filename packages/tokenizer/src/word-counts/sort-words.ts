/**
 * Sorts references to words in place by the code units of the words: multikey quicksort, which looks at each code unit that
 * words have in common once instead of in every comparison.
 *
 * @param unitAt the code unit at `depth` of a word; −1 after its end
 * @see Bentley and Sedgewick 1997, "Fast algorithms for sorting and searching strings"
 */
export function sortWords(
  references: Int32Array,
  unitAt: (reference: number, depth: number) => number,
): void {
  /** Ranges that are still to be sorted: low, high (exclusive), and how many code units their words share. */
  const ranges = [0, references.length, 0];
  while (ranges.length > 0) {
    const depth = ranges.pop()!;
    const high = ranges.pop()!;
    const low = ranges.pop()!;
    if (high - low <= FEW) {
      insertionSort(references, low, high, depth, unitAt);
      continue;
    }
    const pivot = median(
      unitAt(references[low]!, depth),
      unitAt(references[(low + high) >>> 1]!, depth),
      unitAt(references[high - 1]!, depth),
    );
    let less = low;
    let greater = high;
    for (let index = low; index < greater; ) {
      const reference = references[index]!;
      const unit = unitAt(reference, depth);
      if (unit < pivot) {
        references[index++] = references[less]!;
        references[less++] = reference;
      } else if (unit > pivot) {
        references[index] = references[--greater]!;
        references[greater] = reference;
      } else {
        index++;
      }
    }
    if (less > low) ranges.push(low, less, depth);
    if (high > greater) ranges.push(greater, high, depth);
    if (pivot >= 0) ranges.push(less, greater, depth + 1); // words that end here are equal
  }
}

/** Ranges as short as this are sorted by insertion, which is faster for them. */
const FEW = 10;

function insertionSort(
  references: Int32Array,
  low: number,
  high: number,
  depth: number,
  unitAt: (reference: number, depth: number) => number,
): void {
  for (let index = low + 1; index < high; index++) {
    const reference = references[index]!;
    let target = index;
    while (target > low && precedes(reference, references[target - 1]!, depth, unitAt)) {
      references[target] = references[target - 1]!;
      target--;
    }
    references[target] = reference;
  }
}

function precedes(
  a: number,
  b: number,
  depth: number,
  unitAt: (reference: number, depth: number) => number,
): boolean {
  for (let at = depth; ; at++) {
    const unit = unitAt(a, at);
    const difference = unit - unitAt(b, at);
    if (difference !== 0) return difference < 0;
    if (unit < 0) return false;
  }
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
