import { type DType, describeSpec, ShapeError, type TensorSpec } from '../tensor-data.ts';
import type { DimensionRange } from './sample-sizes.ts';
import type { Sizes } from './size-polynomial.ts';
import type { SizeSources } from './size-values.ts';

/** An input: its type and, for each axis, a size or the name of one that is only known when the program runs. */
export interface InputSpec {
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** Inputs by name. */
export type InputSpecs = Readonly<Record<string, InputSpec>>;

/** The names of sizes, in the order in which they first occur. */
export function sizeNames(inputs: InputSpecs): string[] {
  return [...new Set(Object.values(inputs).flatMap(({ shape }) => shape))].filter(
    (size) => typeof size === 'string',
  );
}

/** @throws {RangeError} if a range is for a name that no input has */
export function requireRanges(
  caller: string,
  inputs: InputSpecs,
  ranges: Readonly<Record<string, DimensionRange>>,
): void {
  const names = sizeNames(inputs);
  const unknown = Object.keys(ranges).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = names.length > 0 ? names.join(', ') : 'none';
  throw new RangeError(`${caller}: dimensions must be of named sizes (${known}), got ${unknown}.`);
}

/** The first axis that has each name. */
export function sizeSources(inputs: InputSpecs): SizeSources {
  const sources = new Map<string, { input: string; axis: number }>();
  for (const [input, { shape }] of Object.entries(inputs)) {
    for (const [axis, size] of shape.entries()) {
      if (typeof size === 'string' && !sources.has(size)) sources.set(size, { input, axis });
    }
  }
  return sources;
}

/** The inputs at one choice of sizes. */
export function specsAt(inputs: InputSpecs, sizes: Sizes): Record<string, TensorSpec> {
  const specs = Object.entries(inputs).map(([name, { dtype, shape }]) => {
    return [
      name,
      { dtype, shape: shape.map((size) => (typeof size === 'number' ? size : sizes[size]!)) },
    ] as const;
  });
  return Object.fromEntries(specs);
}

/**
 * The named sizes that given tensors have.
 *
 * @param caller for messages
 * @throws {ShapeError} if a tensor is missing, has another type or rank or another fixed size, or if one name has two sizes
 * @throws {RangeError} if a size is outside its range
 */
export function sizesOf(
  caller: string,
  inputs: InputSpecs,
  ranges: Readonly<Record<string, DimensionRange>>,
  given: Readonly<Record<string, TensorSpec>>,
): Sizes {
  const sizes: Record<string, number> = {};
  for (const [input, spec] of Object.entries(inputs)) {
    const tensor = given[input];
    const fits =
      tensor?.dtype === spec.dtype &&
      tensor.shape.length === spec.shape.length &&
      spec.shape.every((size, axis) => {
        const actual = tensor.shape[axis]!;
        if (typeof size === 'number') return size === actual;
        sizes[size] ??= actual;
        return sizes[size] === actual;
      });
    if (fits) continue;
    const got = tensor ? describeSpec(tensor) : 'nothing';
    const known = spec.shape.flatMap((size) =>
      typeof size === 'string' && size in sizes ? [`${size} = ${sizes[size]}`] : [],
    );
    const where = known.length > 0 ? ` with ${[...new Set(known)].join(', ')}` : '';
    throw new ShapeError(`${caller}: input "${input}" must be ${describeInput(spec)}${where}, got ${got}.`);
  }
  for (const [name, size] of Object.entries(sizes)) {
    const { min = 1, max = Number.POSITIVE_INFINITY } = ranges[name] ?? {};
    if (size >= min && size <= max) continue;
    throw new RangeError(
      `${caller}: the size ${name} must be ${max === Number.POSITIVE_INFINITY ? `at least ${min}` : `from ${min} to ${max}`}, got ${size}.`,
    );
  }
  return sizes;
}

/** `float32[batch,4]` */
export function describeInput({ dtype, shape }: InputSpec): string {
  return describeSpec({ dtype, shape: shape as readonly number[] });
}
