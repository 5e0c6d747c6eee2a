import {
  constantInitializer,
  eyeInitializer,
  type Initializer,
  normalInitializer,
  uniformInitializer,
} from './initializers.ts';
import { type OrthogonalOptions, orthogonalInitializer } from './orthogonal-initializer.ts';
import { type TruncatedNormalOptions, truncatedNormalInitializer } from './truncated-normal.ts';
import {
  type KaimingOptions,
  kaimingNormalInitializer,
  kaimingUniformInitializer,
  type XavierOptions,
  xavierNormalInitializer,
  xavierUniformInitializer,
} from './variance-scaling.ts';

/** The initializers that have a name, and the options of each; defaults are PyTorch's. */
export interface NamedInitializers {
  /** From [low, high); default [0, 1). */
  readonly uniform: { readonly low?: number; readonly high?: number };
  /** Default mean 0, deviation 1. */
  readonly normal: { readonly mean?: number; readonly standardDeviation?: number };
  readonly truncatedNormal: TruncatedNormalOptions;
  readonly xavierUniform: XavierOptions;
  readonly xavierNormal: XavierOptions;
  readonly kaimingUniform: KaimingOptions;
  readonly kaimingNormal: KaimingOptions;
  readonly orthogonal: OrthogonalOptions;
  /** Default 0. */
  readonly constant: { readonly value?: number };
  readonly zeros: Readonly<Record<string, never>>;
  readonly ones: Readonly<Record<string, never>>;
  readonly eye: Readonly<Record<string, never>>;
}

const MAKERS: {
  readonly [Name in keyof NamedInitializers]: (options: NamedInitializers[Name]) => Initializer;
} = {
  uniform: ({ low = 0, high = 1 }) => uniformInitializer(low, high),
  normal: ({ mean = 0, standardDeviation = 1 }) => normalInitializer(standardDeviation, mean),
  truncatedNormal: truncatedNormalInitializer,
  xavierUniform: xavierUniformInitializer,
  xavierNormal: xavierNormalInitializer,
  kaimingUniform: kaimingUniformInitializer,
  kaimingNormal: kaimingNormalInitializer,
  orthogonal: orthogonalInitializer,
  constant: ({ value = 0 }) => constantInitializer(value),
  zeros: () => constantInitializer(0),
  ones: () => constantInitializer(1),
  eye: eyeInitializer,
};

/**
 * An initializer by name, for settings that are read from a file.
 *
 * @throws {RangeError} if there is none of that name
 * @example
 * new Linear(3, 4, { initializer: namedInitializer('kaimingNormal', { nonlinearity: 'relu' }), random });
 */
export function namedInitializer<Name extends keyof NamedInitializers>(
  name: Name,
  options: NamedInitializers[Name] = {},
): Initializer {
  if (!Object.hasOwn(MAKERS, name)) {
    const names = Object.keys(MAKERS).join(', ');
    throw new RangeError(`namedInitializer: name must be one of ${names}, got ${String(name)}.`);
  }
  return MAKERS[name](options);
}
