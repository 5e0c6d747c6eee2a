import { ShapeError } from '@wordloom/compile';
import { type Initializer, normalInitializer, uniformInitializer } from './initializers.ts';

/** What follows a layer, as far as it matters to the size of its weights. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/**
 * The factor by which weights before a nonlinearity must be larger to keep the variance: PyTorch's `calculate_gain`.
 *
 * @param negativeSlope of `leakyRelu`; default 0.01
 * @throws {RangeError} if the nonlinearity is none of them
 */
export function calculateGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  const gains: Readonly<Record<Nonlinearity, number>> = {
    linear: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + negativeSlope ** 2)),
    selu: 3 / 4,
  };
  if (!Object.hasOwn(gains, nonlinearity)) {
    const names = Object.keys(gains).join(', ');
    throw new RangeError(`calculateGain: nonlinearity must be one of ${names}, got ${nonlinearity}.`);
  }
  return gains[nonlinearity];
}

/** Options of {@link xavierUniformInitializer} and {@link xavierNormalInitializer}. */
export interface XavierOptions {
  /** See {@link calculateGain}; default 1. */
  readonly gain?: number;
}

/**
 * Uniform with variance gain² · 2 / (fan in + fan out).
 *
 * @see Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 16
 */
export function xavierUniformInitializer({ gain = 1 }: XavierOptions = {}): Initializer {
  return scaled(({ fanIn, fanOut }) =>
    uniformInitializer(Math.sqrt(3) * gain * Math.sqrt(2 / (fanIn + fanOut))),
  );
}

/** Normal with variance gain² · 2 / (fan in + fan out). See {@link xavierUniformInitializer}. */
export function xavierNormalInitializer({ gain = 1 }: XavierOptions = {}): Initializer {
  return scaled(({ fanIn, fanOut }) => normalInitializer(gain * Math.sqrt(2 / (fanIn + fanOut))));
}

/** Options of {@link kaimingUniformInitializer} and {@link kaimingNormalInitializer}; the defaults are PyTorch's. */
export interface KaimingOptions {
  /** Whether the variance is kept forward (`fanIn`, the default) or backward (`fanOut`). */
  readonly mode?: 'fanIn' | 'fanOut';
  /** Default `leakyRelu`. */
  readonly nonlinearity?: Nonlinearity;
  /** Of `leakyRelu`; default 0, which is ReLU. */
  readonly negativeSlope?: number;
}

/**
 * Uniform with variance gain² / fan.
 *
 * @throws {RangeError} if an option is none of those there are
 * @see He et al. 2015, "Delving deep into rectifiers", eq. 10 and 14
 */
export function kaimingUniformInitializer(options: KaimingOptions = {}): Initializer {
  const deviation = kaimingDeviation('kaimingUniformInitializer', options);
  return scaled((fans) => uniformInitializer(Math.sqrt(3) * deviation(fans)));
}

/** Normal with variance gain² / fan. See {@link kaimingUniformInitializer}. */
export function kaimingNormalInitializer(options: KaimingOptions = {}): Initializer {
  const deviation = kaimingDeviation('kaimingNormalInitializer', options);
  return scaled((fans) => normalInitializer(deviation(fans)));
}

interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

function kaimingDeviation(
  owner: string,
  { mode = 'fanIn', nonlinearity = 'leakyRelu', negativeSlope = 0 }: KaimingOptions,
): (fans: Fans) => number {
  if (mode !== 'fanIn' && mode !== 'fanOut') {
    throw new RangeError(`${owner}: mode must be 'fanIn' or 'fanOut', got ${String(mode)}.`);
  }
  const gain = calculateGain(nonlinearity, negativeSlope);
  return (fans) => gain / Math.sqrt(fans[mode]);
}

function scaled(initializer: (fans: Fans) => Initializer): Initializer {
  return (shape, random) => initializer(fansOf(shape))(shape, random);
}

/** A weight is `[out, in, ...kernel]`: each output reads in · kernel inputs. */
function fansOf(shape: readonly number[]): Fans {
  const [out, fanIn, ...kernel] = shape;
  if (out === undefined || fanIn === undefined) {
    throw new ShapeError(
      `initializer: shape must be [out, in, ...] to have a fan in and a fan out, got [${shape}].`,
    );
  }
  const places = kernel.reduce((product, size) => product * size, 1);
  return { fanIn: fanIn * places, fanOut: out * places };
}
