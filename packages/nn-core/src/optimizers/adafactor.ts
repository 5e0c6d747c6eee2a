import { ShapeError, sizeOf } from '@wordloom/compile';
import type { Parameter } from '../module/parameter.ts';
import { factoredStep, type Margins, sumOfFactoredSquares, sumsOfSquares } from './factored-kernel.ts';
import {
  type OptimizerOptions,
  type OptimizerSettings,
  type ParameterUpdate,
  requireFractions,
  requireNotNegative,
} from './optimizer.ts';
import { sumOfSquares } from './optimizer-kernel.ts';
import { SynchronousOptimizer } from './synchronous-optimizer.ts';

/** Settings of {@link Adafactor}; the defaults are those of the transformers library. */
export interface AdafactorSettings extends OptimizerSettings {
  /** Share of the last update that is kept, in [0, 1); default 0, which needs no memory for it. */
  readonly beta1: number;
  /** The mean squares of step t keep 1 − t^(−decayRate) of what they were; default 0.8. */
  readonly decayRate: number;
  /** Largest root mean square of an update before it is scaled; default 1. */
  readonly clipThreshold: number;
  /** Added to squared gradients; default 1e-30. */
  readonly epsilon: number;
  /** Whether steps are multiplied by the root mean square of the parameter; default true. */
  readonly scaleByParameter: boolean;
  /** What that root mean square is at least; default 1e-3. */
  readonly minimumScale: number;
  /** Whether the learning rate multiplies min(1e-2, 1/√t); default true exactly if no learning rate is given. */
  readonly relativeStep: boolean;
  /** Whether relative steps start at 1e-6 · t instead of 1e-2; default false. */
  readonly warmup: boolean;
}

/** Options of {@link Adafactor}: relative steps and weight decay 0 by default. */
export type AdafactorOptions = OptimizerOptions<AdafactorSettings>;

/** What {@link adafactorStep} changes beside the weights; zeros before the first step. */
export interface AdafactorSlots {
  /** Of a vector: mean squares of the gradient, as long as the weights. */
  readonly meanSquare?: Float32Array | undefined;
  /** Of a matrix or a stack of them: mean squares of each row, `[..., rows]`. */
  readonly rowMeanSquare?: Float32Array | undefined;
  /** Of a matrix or a stack of them: mean squares of each column, `[..., columns]`. */
  readonly columnMeanSquare?: Float32Array | undefined;
  /** If beta1 is above 0, and only then: the mean update, as long as the weights. */
  readonly momentum?: Float32Array | undefined;
}

/** What {@link adafactorStep} is told. */
export interface AdafactorStepOptions extends Partial<AdafactorSettings> {
  /** Of the weights: two axes or more have row and column slots. */
  readonly shape: readonly number[];
  readonly learningRate: number;
  /** Counted from 1. */
  readonly step: number;
  /** Multiplies the gradient; default 1. */
  readonly gradientScale?: number;
}

/**
 * Adafactor: Adam with mean squares kept of the rows and columns of a matrix only, so that its state is hardly larger than
 * nothing, and with updates clipped and scaled to the weights they change. Weight decay is decoupled.
 *
 * Without a learning rate steps are relative: min(1e-2, 1/√t) times the root mean square of the parameter. A
 * schedule then multiplies them.
 *
 * @see Shazeer & Stern 2018, "Adafactor: adaptive learning rates with sublinear memory cost", algorithms 4 and 5
 * @example
 * const optimizer = new Adafactor(model.namedParameters()); // relative steps
 * const fixed = new Adafactor(model.namedParameters(), { learningRate: 1e-3, scaleByParameter: false });
 */
export class Adafactor extends SynchronousOptimizer<AdafactorSettings> {
  /** @throws {RangeError} if a setting is out of range, or warm-up lacks relative steps, or there is no learning rate at all */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdafactorOptions = {}) {
    const { learningRate, relativeStep = learningRate === undefined } = options;
    if (learningRate === undefined && !relativeStep) {
      throw new RangeError(
        'Adafactor: learningRate must be given where steps are not relative, got undefined.',
      );
    }
    const { weightDecay = 0, beta1 = 0, decayRate = 0.8, clipThreshold = 1, epsilon = 1e-30 } = options;
    const { scaleByParameter = true, minimumScale = 1e-3, warmup = false } = options;
    const settings = {
      ...{ weightDecay, beta1, decayRate, clipThreshold, epsilon },
      ...{ scaleByParameter, minimumScale, relativeStep, warmup },
    };
    super('Adafactor', parameters, settings, { ...options, learningRate: learningRate ?? 1 });
  }

  protected override check(owner: string, settings: AdafactorSettings): void {
    const { beta1, decayRate, clipThreshold, epsilon, minimumScale, relativeStep, warmup } = settings;
    requireFractions(owner, { beta1 });
    requireNotNegative(owner, { decayRate, clipThreshold, epsilon, minimumScale });
    if (warmup && !relativeStep) {
      throw new RangeError(
        `${owner}: warmup must come with relativeStep, got it without. Use withWarmup around a schedule.`,
      );
    }
  }

  protected override slotShapes(
    { beta1 }: AdafactorSettings,
    { shape }: Parameter,
  ): Record<string, readonly number[]> {
    return { ...meanSquareShapes(shape), ...(beta1 > 0 && { momentum: shape }) };
  }

  protected override update(update: ParameterUpdate<AdafactorSettings>): void {
    const { weights, gradient, slots, settings, parameter, ...options } = update;
    adafactorStep(weights, gradient, slots, { ...settings, ...options, shape: parameter.shape });
  }
}

/**
 * One step of {@link Adafactor} over flat arrays, in place.
 *
 * @throws {ShapeError} if an array does not have the length that the shape gives it
 */
export function adafactorStep(
  weights: Float32Array,
  gradient: Float32Array,
  slots: AdafactorSlots,
  options: AdafactorStepOptions,
): void {
  const { shape, step, weightDecay = 0, beta1 = 0, decayRate = 0.8, gradientScale = 1 } = options;
  const { clipThreshold = 1, epsilon = 1e-30 } = options;
  requireLengths({ weights, gradient, ...slots }, shape);
  const decay = { beta2: 1 - step ** -decayRate, epsilon, gradientScale };
  const matrices = matricesOf(weights, gradient, slots, shape);
  const factors = matrices.map((matrix) => moveMeanSquares(matrix, decay));
  const squares = matrices.map(({ gradient }, index) => sumOfFactoredSquares(gradient, factors[index]!));
  const size = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / weights.length);
  const rate = stepSize(weights, options);
  const scale = rate / Math.max(1, size / clipThreshold);
  for (const [index, { weights, gradient, momentum }] of matrices.entries()) {
    const { rows, columns } = factors[index]!;
    const scaled = { rows: rows.map((factor) => scale * factor), columns };
    factoredStep(weights, gradient, momentum, scaled, { keep: 1 - rate * weightDecay, beta1 });
  }
}

/** The learning rate by which a clipped update is multiplied. */
function stepSize(weights: Float32Array, options: AdafactorStepOptions): number {
  const { learningRate, step, relativeStep = false, warmup = false } = options;
  const { scaleByParameter = true, minimumScale = 1e-3 } = options;
  const relative = relativeStep ? Math.min(warmup ? 1e-6 * step : 1e-2, step ** -0.5) : 1;
  const size = scaleByParameter
    ? Math.max(minimumScale, Math.sqrt(sumOfSquares(weights) / weights.length))
    : 1;
  return learningRate * relative * size;
}

/** A matrix of the stack. A vector is a matrix of one row, whose own mean square falls out of the update. */
interface Matrix {
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly momentum: Float32Array | undefined;
  /** As many as there are rows. */
  readonly rowMeanSquare: Float32Array;
  readonly columnMeanSquare: Float32Array;
}

function matricesOf(
  weights: Float32Array,
  gradient: Float32Array,
  { meanSquare, rowMeanSquare, columnMeanSquare, momentum }: AdafactorSlots,
  shape: readonly number[],
): Matrix[] {
  if (meanSquare) {
    const means = { rowMeanSquare: Float32Array.of(1), columnMeanSquare: meanSquare };
    return [{ weights, gradient, momentum, ...means }];
  }
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const count = weights.length / (rows * columns);
  const part = (array: Float32Array, index: number): Float32Array => {
    const size = array.length / count;
    return count === 1 ? array : array.subarray(index * size, (index + 1) * size);
  };
  return Array.from({ length: count }, (_, index) => ({
    weights: part(weights, index),
    gradient: part(gradient, index),
    momentum: momentum && part(momentum, index),
    rowMeanSquare: part(rowMeanSquare!, index),
    columnMeanSquare: part(columnMeanSquare!, index),
  }));
}

/**
 * Takes a gradient into the mean squares.
 *
 * @returns what its elements are multiplied by
 */
function moveMeanSquares(
  { gradient, rowMeanSquare, columnMeanSquare }: Matrix,
  { beta2, epsilon, gradientScale }: Readonly<Record<'beta2' | 'epsilon' | 'gradientScale', number>>,
): Margins {
  const [rowCount, columnCount] = [rowMeanSquare.length, columnMeanSquare.length];
  const { rows, columns } = sumsOfSquares(gradient, rowCount, columnCount);
  const move = (means: Float32Array, sums: Float32Array, count: number): void => {
    const scale = gradientScale ** 2 / count;
    for (let i = 0; i < means.length; i++) {
      means[i] = beta2 * means[i]! + (1 - beta2) * (scale * sums[i]! + epsilon);
    }
  };
  move(rowMeanSquare, rows, columnCount);
  move(columnMeanSquare, columns, rowCount);
  const mean = rowMeanSquare.reduce((sum, value) => sum + value, 0) / rowCount;
  return {
    rows: rowMeanSquare.map((value) => gradientScale / Math.sqrt(value / mean)),
    columns: columnMeanSquare.map((value) => 1 / Math.sqrt(value)),
  };
}

function meanSquareShapes(shape: readonly number[]): Record<string, readonly number[]> {
  if (shape.length < 2) return { meanSquare: shape };
  return {
    rowMeanSquare: shape.slice(0, -1),
    columnMeanSquare: [...shape.slice(0, -2), shape.at(-1)!],
  };
}

function requireLengths(
  arrays: Readonly<Record<string, Float32Array | undefined>>,
  shape: readonly number[],
): void {
  const momentum = arrays.momentum && { momentum: shape };
  const expected = { weights: shape, gradient: shape, ...meanSquareShapes(shape), ...momentum };
  for (const [name, own] of Object.entries(expected)) {
    if (arrays[name]?.length !== sizeOf(own)) {
      throw new ShapeError(
        `adafactorStep: ${name} must have [${own}] elements for weights of [${shape}], got ${arrays[name]?.length}.`,
      );
    }
  }
}
