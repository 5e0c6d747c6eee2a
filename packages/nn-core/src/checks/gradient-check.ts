import type * as tf from '@tensorflow/tfjs-core';
import { type Draw, RandomStream, type Runtime, sizeOf } from '@wordloom/compile';
import type { Batch } from '../data/batch.ts';
import type { TrainableModel } from '../training/trainable-model.ts';
import type { CheckReport } from './check-report.ts';
import { onCpuBackend, requireCpuBackend } from './double-precision.ts';
import { analyticGradients, doubleLoss, functionProblem, modelProblem } from './gradient-problem.ts';

/** Options of {@link gradientCheck}. */
export interface GradientCheckOptions {
  /** Computes the analytic gradients as a compiled graph; default tfjs's tape on the active backend. */
  readonly runtime?: Runtime;
  /** Largest difference, relative to the larger of the two; default 10⁻³. */
  readonly tolerance?: number;
  /** Difference that is always allowed, relative to the largest gradient of all; default 10⁻⁶ (float32 rounds). */
  readonly floor?: number;
  /** Elements to check of each tensor, beside the one with the largest gradient; default 16. Infinity checks all. */
  readonly elements?: number;
  /** Which elements are checked, and how outputs that are no scalar are weighted; default 0. */
  readonly seed?: number;
  /** Which random numbers dropout draws, at every evaluation; default seed 0 at step 0. */
  readonly draw?: Draw;
}

/** One derivative, computed in both ways. */
export interface GradientComparison {
  /** The parameter's name, or the input's. */
  readonly name: string;
  /** Its indices, or `direction`: along a random direction in which every element takes part. */
  readonly element: readonly number[] | 'direction';
  /** By backpropagation, in float32. */
  readonly analytic: number;
  /** By finite differences, in float64. */
  readonly numeric: number;
  /** The error that the finite differences may have. */
  readonly numericError: number;
  /** |analytic − numeric|. */
  readonly difference: number;
  /** The difference that is allowed. */
  readonly allowed: number;
}

/** What {@link gradientCheck} found. */
export interface GradientReport extends CheckReport {
  /** Every derivative that was computed, the one with the most difference for what is allowed first. */
  readonly comparisons: readonly GradientComparison[];
  /** The first of them that finite differences can decide. */
  readonly worst: GradientComparison;
  /** Those that differ by more than is allowed. */
  readonly failures: readonly GradientComparison[];
  /** Those that finite differences cannot decide, beside a kink such as ReLU's: no failures. */
  readonly undecided: readonly GradientComparison[];
}

/**
 * Compares the gradients of a model's loss, or of a function, with finite differences.
 *
 * The gradients are those that training uses: float32, eager or compiled. The differences are taken of the same tfjs
 * program run in double precision on the CPU backend, extrapolated (see {@link numericDerivative}), and good to about
 * nine digits, so what is left is the rounding of float32. They share nothing with the gradients but the forward pass.
 * An element takes four forward passes on that slow backend, so check a small model: two layers, a few dozen wide.
 *
 * @param subject a model in the mode it is in, whose trainable parameters are checked; or a function of named tensors, whose float32 inputs
 *   are: of an output that is no scalar, a fixed random weighting is differentiated
 * @param inputs  the model's batch, or the function's inputs
 * @returns a report; nothing is thrown for a wrong gradient
 * @throws {RangeError} if the CPU backend is not registered, nothing can be differentiated, or the loss is not finite
 * @example
 * const { passed, worst } = await gradientCheck(({ x }) => tf.sigmoid(x!), { x: tensorData(Float32Array.of(-1, 0, 2), [3]) });
 */
export async function gradientCheck(
  subject: TrainableModel | ((inputs: Record<string, tf.Tensor>) => tf.Tensor),
  inputs: Batch,
  options: GradientCheckOptions = {},
): Promise<GradientReport> {
  const { tolerance = 1e-3, floor = 1e-6, elements = 16, seed = 0, runtime } = options;
  const draw = options.draw ?? { seed: 0, step: 0 };
  requireCpuBackend('gradientCheck');
  const problem =
    typeof subject === 'function' ? functionProblem(subject, inputs, seed) : modelProblem(subject, inputs);
  const names = Object.keys(problem.variables);
  if (names.length === 0) {
    throw new RangeError(
      'gradientCheck: there must be a trainable parameter or a float32 input, got none to differentiate by.',
    );
  }
  const gradients = await analyticGradients(problem, draw, runtime);
  const derivatives: Omit<GradientComparison, 'difference' | 'allowed'>[] = [];
  await onCpuBackend(() => {
    const largest = Math.max(...names.map((name) => largestOf(gradients[name]!)));
    const loss = doubleLoss(problem, draw, 0.1 * floor * largest);
    for (const [index, name] of names.entries()) {
      const random = new RandomStream(seed, index);
      const [{ shape }, gradient] = [problem.variables[name]!, gradients[name]!];
      for (const place of chosenElements(gradient, elements, random)) {
        const { value: numeric, error: numericError } = loss.along(name, (step, values) => {
          values[place]! += step;
        });
        const element = indicesOf(place, shape);
        derivatives.push({ name, element, analytic: gradient[place]!, numeric, numericError });
      }
      const signs = Float64Array.from(gradient, () => (random.uniform() < 0.5 ? -1 : 1));
      const { value: numeric, error: numericError } = loss.along(name, (step, values) => {
        for (const [place, sign] of signs.entries()) values[place]! += step * sign;
      });
      const analytic = gradient.reduce((sum, value, place) => sum + value * signs[place]!, 0);
      derivatives.push({ name, element: 'direction', analytic, numeric, numericError });
    }
  });
  return report(derivatives, tolerance, floor);
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** All elements if they are few, else some at random; always the one with the largest gradient. */
function chosenElements(gradient: Float32Array, count: number, random: RandomStream): number[] {
  if (gradient.length <= count) return [...gradient.keys()];
  const chosen = new Set<number>([
    gradient.reduce((most, value, place) => (Math.abs(value) > Math.abs(gradient[most]!) ? place : most), 0),
  ]);
  while (chosen.size < Math.min(count + 1, gradient.length)) chosen.add(random.integer(gradient.length));
  return [...chosen].sort((a, b) => a - b);
}

function indicesOf(place: number, shape: readonly number[]): number[] {
  return shape.map((size, axis) => Math.floor(place / sizeOf(shape.slice(axis + 1))) % size);
}

function report(
  derivatives: readonly Omit<GradientComparison, 'difference' | 'allowed'>[],
  tolerance: number,
  floor: number,
): GradientReport {
  const size = ({ analytic, numeric }: { analytic: number; numeric: number }): number =>
    Math.max(...[analytic, numeric].filter(Number.isFinite).map(Math.abs), 0);
  const largest = derivatives.reduce((most, derivative) => Math.max(most, size(derivative)), 0);
  const comparisons = derivatives
    .map((derivative) => ({
      ...derivative,
      difference: Math.abs(derivative.analytic - derivative.numeric),
      allowed: tolerance * size(derivative) + floor * largest,
    }))
    .sort((a, b) => excess(b) - excess(a));
  const isWrong = ({ difference, allowed }: GradientComparison): boolean => !(difference <= allowed);
  const isUndecided = ({ numericError, allowed }: GradientComparison): boolean => numericError > allowed;
  const wrong = comparisons.filter(isWrong);
  const failures = wrong.filter((comparison) => !isUndecided(comparison));
  const undecided = wrong.filter((comparison) => isUndecided(comparison));
  const worst = comparisons.find((comparison) => !undecided.includes(comparison)) ?? comparisons[0]!;
  return {
    passed: failures.length === 0,
    comparisons,
    worst,
    failures,
    undecided,
    summary: summaryOf(comparisons.length, failures.length, undecided.length, worst),
  };
}

/** How much more the difference is than what is allowed; NaN and infinity are the worst. */
function excess({ difference, allowed }: GradientComparison): number {
  if (difference === 0) return 0;
  return Number.isFinite(difference) ? difference / allowed : Number.MAX_VALUE;
}

function summaryOf(checked: number, failed: number, undecided: number, worst: GradientComparison): string {
  const place = worst.element === 'direction' ? ' along a random direction' : `[${worst.element}]`;
  const figures = `backpropagation gives ${worst.analytic}, finite differences ${worst.numeric} ± ${worst.numericError.toExponential(0)}`;
  const verdict =
    failed > 0 ? `${failed} of ${checked} derivatives differ` : `${checked - undecided} derivatives agree`;
  const doubt = undecided > 0 ? `, ${undecided} beside a kink are undecided` : '';
  return `gradientCheck: ${verdict}${doubt}; the worst is that of ${worst.name}${place}: ${figures}.`;
}
