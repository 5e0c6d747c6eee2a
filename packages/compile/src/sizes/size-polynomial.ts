/** Named sizes, such as `{ batch: 8, length: 128 }`. */
export type Sizes = Readonly<Record<string, number>>;

/**
 * A sum of products of named sizes in which no size is multiplied by itself: the names of each product, joined by `*`, and its factor.
 * The constant has the empty name.
 */
export type SizePolynomial = ReadonlyMap<string, number>;

/** Two sizes of each name. */
export interface SizePair {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** Every choice of low and high, in the order that {@link fitPolynomial} expects: the first name changes fastest. */
export function gridOf(pairs: readonly SizePair[]): Sizes[] {
  return Array.from({ length: 2 ** pairs.length }, (_, mask) =>
    Object.fromEntries(pairs.map(({ name, low, high }, index) => [name, (mask >> index) & 1 ? high : low])),
  );
}

/** The one polynomial of this kind that has the given values on the grid. */
export function fitPolynomial(values: readonly number[], pairs: readonly SizePair[]): SizePolynomial {
  const last = pairs.at(-1);
  if (!last) return new Map([['', values[0]!]]);
  const rest = pairs.slice(0, -1);
  const half = values.length / 2;
  const atLow = fitPolynomial(values.slice(0, half), rest);
  const atHigh = fitPolynomial(values.slice(half), rest);
  const result = new Map(atLow);
  for (const [names, value] of atHigh) {
    const slope = (value - (atLow.get(names) ?? 0)) / (last.high - last.low);
    if (slope === 0) continue;
    result.set(names, (result.get(names) ?? 0) - slope * last.low);
    result.set(names === '' ? last.name : `${names}*${last.name}`, slope);
  }
  return new Map([...result].filter(([names, factor]) => factor !== 0 || names === ''));
}

/**
 * The polynomial without the rounding errors of numbers in single precision: factors that are nearly integers, or one part of an integer,
 * are taken to be that, so nearly nothing is nothing.
 */
export function roundPolynomial(polynomial: SizePolynomial): SizePolynomial {
  const rounded = [...polynomial].map(([names, factor]) => [names, roundFactor(factor)] as const);
  return new Map(rounded.filter(([names, factor]) => factor !== 0 || names === ''));
}

function roundFactor(factor: number): number {
  const isNearInteger = (value: number): boolean =>
    Math.abs(Math.round(value) - value) <= 1e-6 * Math.max(1, Math.abs(value));
  if (isNearInteger(factor)) return Math.round(factor);
  return isNearInteger(1 / factor) ? 1 / Math.round(1 / factor) : factor;
}

export function evaluate(polynomial: SizePolynomial, sizes: Sizes): number {
  return [...polynomial].reduce((sum, [names, factor]) => sum + factor * productOf(namesIn(names), sizes), 0);
}

/** Whether the value is the same for all sizes. */
export function isFixed(polynomial: SizePolynomial): boolean {
  return [...polynomial.keys()].every((names) => names === '');
}

/** The names in a product. */
export function namesIn(names: string): string[] {
  return names === '' ? [] : names.split('*');
}

/** `batch`, `2*length+1`. */
export function describePolynomial(polynomial: SizePolynomial): string {
  const terms = [...polynomial].filter(([, factor]) => factor !== 0);
  if (terms.length === 0) return '0';
  return terms
    .map(([names, factor]) => (names === '' ? `${factor}` : factor === 1 ? names : `${factor}*${names}`))
    .reverse()
    .join('+')
    .replaceAll('+-', '-');
}

function productOf(names: readonly string[], sizes: Sizes): number {
  return names.reduce((product, name) => product * sizes[name]!, 1);
}
