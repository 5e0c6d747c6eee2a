/** How many numbers of some lie in which range. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper ends of the ranges, ascending; the first range begins at `min`. */
  readonly limits: readonly number[];
  /** Numbers in each range. */
  readonly counts: readonly number[];
}

/** As TensorBoard's own summaries have it. */
const RANGES = 30;

/**
 * Counts numbers in 30 ranges of one width between the least and the greatest. NaN and infinities are left out.
 *
 * @returns undefined if no number is finite
 */
export function histogramOf(values: ArrayLike<number>): Histogram | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [count, sum, sumOfSquares] = [0, 0, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    count++;
    sum += value;
    sumOfSquares += value * value;
  }
  if (count === 0) return undefined;
  const totals = { min, max, count, sum, sumOfSquares };
  if (min === max) return { ...totals, limits: [max], counts: [count] };
  const width = (max - min) / RANGES;
  const counts = new Array<number>(RANGES).fill(0);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isFinite(value)) counts[Math.min(RANGES - 1, Math.floor((value - min) / width))]!++;
  }
  const limits = counts.map((_, range) => (range === RANGES - 1 ? max : min + width * (range + 1)));
  return { ...totals, limits, counts };
}
