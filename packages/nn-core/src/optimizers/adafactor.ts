import { ShapeError, sizeOf } from '@wordloom/compile';
import type { Parameter } from '../module/parameter.ts';
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
  const matrices = matricesOf(shape, gradient, slots);
  const beta2 = 1 - step ** -decayRate;
  const factors = matrices.map((matrix) => moveMeanSquares(matrix, { gradientScale, beta2, epsilon }));
  const squares = matrices.map((matrix, index) => sumOfUpdateSquares(matrix.gradient, factors[index]!));
  const size = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / weights.length);
  const rate = stepSize(weights, options);
  const scale = rate / Math.max(1, size / clipThreshold);
  const change = { scale, keep: 1 - rate * weightDecay, beta1 };
  let start = 0;
  for (const [index, { gradient }] of matrices.entries()) {
    const end = start + gradient.length;
    const momentum = slots.momentum?.subarray(start, end);
    moveWeights(weights.subarray(start, end), gradient, momentum, factors[index]!, change);
    start = end;
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
  readonly gradient: Float32Array;
  /** As many as there are rows; of a vector nothing that is kept. */
  readonly rowMeanSquare: Float32Array;
  readonly columnMeanSquare: Float32Array;
}

function matricesOf(
  shape: readonly number[],
  gradient: Float32Array,
  { meanSquare, rowMeanSquare, columnMeanSquare }: AdafactorSlots,
): Matrix[] {
  if (meanSquare) return [{ gradient, rowMeanSquare: Float32Array.of(1), columnMeanSquare: meanSquare }];
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const part = (array: Float32Array, index: number, size: number): Float32Array =>
    array.subarray(index * size, (index + 1) * size);
  return Array.from({ length: gradient.length / (rows * columns) }, (_, index) => ({
    gradient: part(gradient, index, rows * columns),
    rowMeanSquare: part(rowMeanSquare!, index, rows),
    columnMeanSquare: part(columnMeanSquare!, index, columns),
  }));
}

/** What the elements of a gradient are multiplied by: the product of their row's and their column's factor. */
interface Factors {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Takes a gradient into the mean squares. */
function moveMeanSquares(
  { gradient, rowMeanSquare, columnMeanSquare }: Matrix,
  {
    gradientScale,
    beta2,
    epsilon,
  }: { readonly gradientScale: number; readonly beta2: number; readonly epsilon: number },
): Factors {
  const [rows, columns] = [rowMeanSquare.length, columnMeanSquare.length];
  const columnSums = new Float64Array(columns);
  const rowSums = new Float64Array(rows);
  for (let row = 0, index = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++, index++) {
      const square = gradient[index]! * gradient[index]!;
      sum += square;
      columnSums[column]! += square;
    }
    rowSums[row] = sum;
  }
  const scale = gradientScale * gradientScale;
  const move = (means: Float32Array, sums: Float64Array, count: number): void => {
    for (let i = 0; i < means.length; i++) {
      means[i] = beta2 * means[i]! + (1 - beta2) * ((scale * sums[i]!) / count + epsilon);
    }
  };
  move(rowMeanSquare, rowSums, columns);
  move(columnMeanSquare, columnSums, rows);
  const mean = rowMeanSquare.reduce((sum, value) => sum + value, 0) / rows;
  return {
    rows: Float64Array.from(rowMeanSquare, (value) => gradientScale / Math.sqrt(value / mean)),
    columns: Float64Array.from(columnMeanSquare, (value) => 1 / Math.sqrt(value)),
  };
}

function sumOfUpdateSquares(gradient: Float32Array, { rows, columns }: Factors): number {
  let sum = 0;
  for (let row = 0, index = 0; row < rows.length; row++) {
    let rowSum = 0;
    for (let column = 0; column < columns.length; column++, index++) {
      const update = columns[column]! * gradient[index]!;
      rowSum += update * update;
    }
    sum += rows[row]! * rows[row]! * rowSum;
  }
  return sum;
}

function moveWeights(
  weights: Float32Array,
  gradient: Float32Array,
  momentum: Float32Array | undefined,
  { rows, columns }: Factors,
  { scale, keep, beta1 }: { readonly scale: number; readonly keep: number; readonly beta1: number },
): void {
  for (let row = 0, index = 0; row < rows.length; row++) {
    const factor = scale * rows[row]!;
    for (let column = 0; column < columns.length; column++, index++) {
      let update = factor * columns[column]! * gradient[index]!;
      if (momentum) {
        update = beta1 * momentum[index]! + (1 - beta1) * update;
        momentum[index] = update;
      }
      weights[index] = keep * weights[index]! - update;
    }
  }
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
