/** Middle and spread of a sample. */
export interface Summary {
  readonly median: number;
  /** Lower and upper quartile. */
  readonly quartiles: readonly [lower: number, upper: number];
}

/** @throws {RangeError} if there are no values */
export function summarize(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), quartiles: [quantile(values, 0.25), quantile(values, 0.75)] };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Interpolates linearly between neighbours, as NumPy does (Hyndman & Fan 1996, type 7). */
function quantile(values: readonly number[], probability: number): number {
  if (values.length === 0) throw new RangeError('quantile: values must not be empty.');
  const sorted = values.toSorted((a, b) => a - b);
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below]!;
  const upper = sorted[Math.ceil(position)]!;
  return lower + (position - below) * (upper - lower);
}
