/** Numbers that stand for others near them. */
export interface Codebook {
  /** By code, rising. */
  readonly values: Float32Array;
  /** The code of each number. */
  readonly codes: Uint16Array;
}

const ROUNDS = 8;

/**
 * Finds the numbers that stand best for many: first such that each stands for as many, then each moved to the mean of those that are nearest
 * to it, a few times. If the numbers are few enough, all stand for themselves.
 *
 * @param exact numbers that must be kept as they are
 * @see Lloyd 1982, "Least squares quantization in PCM"
 */
export function makeCodebook(numbers: Float32Array, size: number, exact: readonly number[] = []): Codebook {
  const kept = exact.filter((value) => numbers.includes(value));
  const isKept = new Set(kept);
  const sorted = numbers.filter((value) => !isKept.has(value)).sort();
  const centers = [...kept, ...findCenters(sorted, size - kept.length)];
  const values = Float32Array.from([...new Set(centers)]).sort();
  const codes = Uint16Array.from(numbers, (value) => nearest(values, value));
  return { values, codes };
}

function findCenters(sorted: Float32Array, size: number): number[] {
  const different: number[] = [];
  for (let index = 0; index < sorted.length && different.length <= size; index++) {
    if (index === 0 || sorted[index] !== sorted[index - 1]) different.push(sorted[index]!);
  }
  if (different.length <= size) return different;
  const sums = new Float64Array(sorted.length + 1);
  for (const [index, value] of sorted.entries()) sums[index + 1] = sums[index]! + value;
  const mean = (start: number, end: number) => (sums[end]! - sums[start]!) / (end - start);
  const bounds = Array.from({ length: size + 1 }, (_, index) => Math.floor((index * sorted.length) / size));
  for (let round = 0; round < ROUNDS; round++) {
    const centers = centersOf(bounds, mean);
    bounds.length = 1;
    for (let index = 1; index < centers.length; index++) {
      bounds.push(firstAbove(sorted, (centers[index - 1]! + centers[index]!) / 2));
    }
    bounds.push(sorted.length);
  }
  return centersOf(bounds, mean);
}

function centersOf(bounds: readonly number[], mean: (start: number, end: number) => number): number[] {
  const centers: number[] = [];
  for (let index = 1; index < bounds.length; index++) {
    if (bounds[index]! > bounds[index - 1]!) centers.push(mean(bounds[index - 1]!, bounds[index]!));
  }
  return centers;
}

function firstAbove(sorted: Float32Array, bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearest(values: Float32Array, value: number): number {
  const above = firstAbove(values, value);
  if (above === 0 || values[above - 1] === value) return Math.max(0, above - 1);
  if (above === values.length) return above - 1;
  return value - values[above - 1]! <= values[above]! - value ? above - 1 : above;
}
