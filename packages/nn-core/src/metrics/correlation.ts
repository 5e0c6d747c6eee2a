import { ascendingOrder, averageRanks, holdsNaN } from './ranks.ts';
import { requirePairs } from './require-pairs.ts';

/**
 * Pearson's correlation: how near the points are to a line, from −1 to 1.
 *
 * @returns NaN if a side is constant or holds NaN
 * @throws {RangeError} if the lengths differ or are 0
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requirePairs('pearson', { x, y });
  const centeredX = centered(x);
  const centeredY = centered(y);
  if (!centeredX || !centeredY) return Number.NaN;
  let product = 0;
  for (let index = 0; index < x.length; index++) product += centeredX[index]! * centeredY[index]!;
  return Math.max(-1, Math.min(1, product));
}

/**
 * Spearman's correlation: Pearson's of the ranks, where equal values share the mean of their ranks.
 *
 * @returns NaN if a side is constant or holds NaN
 * @throws {RangeError} if the lengths differ or are 0
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requirePairs('spearman', { x, y });
  if (holdsNaN(x) || holdsNaN(y)) return Number.NaN;
  return pearson(averageRanks(x), averageRanks(y));
}

/**
 * Kendall's τ-b: the surplus of pairs in the same order over pairs in the opposite order, corrected for ties. Takes
 * O(n log n) time.
 *
 * @returns NaN if a side is constant or holds NaN
 * @throws {RangeError} if the lengths differ or are 0
 * @see Knight 1966, "A computer method for calculating Kendall's tau with ungrouped data"
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requirePairs('kendallTau', { x, y });
  if (holdsNaN(x) || holdsNaN(y)) return Number.NaN;
  const byY = ascendingOrder(y);
  const byXThenY = ascendingOrder(Float64Array.from(byY, (index) => x[index]!)).map((place) => byY[place]!);
  const pairs = pairsOf(x.length);
  const sameX = (a: number, b: number): boolean => x[a] === x[b];
  const sameY = (a: number, b: number): boolean => y[a] === y[b];
  const tiedX = tiedPairs(byXThenY, sameX);
  const tiedY = tiedPairs(byY, sameY);
  const tiedBoth = tiedPairs(byXThenY, (a, b) => sameX(a, b) && sameY(a, b));
  const discordant = inversions(Float64Array.from(byXThenY, (index) => y[index]!));
  const surplus = pairs - tiedX - tiedY + tiedBoth - 2 * discordant;
  // One root after the other: the product of two pair counts may pass 2^53.
  return surplus / Math.sqrt(pairs - tiedX) / Math.sqrt(pairs - tiedY);
}

/** Values less their mean, scaled to length 1; nothing if they are all the same. */
function centered(values: ArrayLike<number>): Float64Array | undefined {
  const copy = Float64Array.from(values);
  if (copy.every((value) => value === copy[0])) return undefined;
  const mean = copy.reduce((sum, value) => sum + value, 0) / copy.length;
  const differences = copy.map((value) => value - mean);
  const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Scaled first, so that squares neither overflow nor vanish.
  const norm = largest * Math.sqrt(differences.reduce((sum, value) => sum + (value / largest) ** 2, 0));
  return differences.map((value) => value / norm);
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/** Pairs of neighbors-by-equality in an order that puts equal ones side by side. */
function tiedPairs(order: Uint32Array, isSame: (a: number, b: number) => boolean): number {
  let pairs = 0;
  let run = 1;
  for (let place = 1; place <= order.length; place++) {
    if (place < order.length && isSame(order[place - 1]!, order[place]!)) run++;
    else {
      pairs += pairsOf(run);
      run = 1;
    }
  }
  return pairs;
}

/** Pairs that stand in descending order, counted by a merge sort. */
function inversions(values: Float64Array): number {
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(values.length);
  let count = 0;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(start + 2 * width, values.length);
      for (let left = start, right = middle, place = start; place < end; place++) {
        if (right >= end || (left < middle && from[left]! <= from[right]!)) to[place] = from[left++]!;
        else {
          to[place] = from[right++]!;
          count += middle - left;
        }
      }
    }
    [from, to] = [to, from];
  }
  return count;
}
