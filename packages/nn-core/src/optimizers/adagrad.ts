import type { Parameter } from '../module/parameter.ts';
import {
  type OptimizerOptions,
  type OptimizerSettings,
  type ParameterUpdate,
  requireNotNegative,
} from './optimizer.ts';
import { runKernel } from './optimizer-kernel.ts';
import { SynchronousOptimizer } from './synchronous-optimizer.ts';

/** Settings of {@link Adagrad}. */
export interface AdagradSettings extends OptimizerSettings {
  /** The learning rate is divided by 1 + learningRateDecay · (steps before this one); default 0. */
  readonly learningRateDecay: number;
  /** What the sums of squares start from; default 0. */
  readonly initialAccumulator: number;
  /** Added to the root of the sum; default 1e-10. */
  readonly epsilon: number;
}

/** Options of {@link Adagrad}: learning rate 1e-2 and weight decay 0 by default. */
export type AdagradOptions = OptimizerOptions<AdagradSettings>;

/** What {@link adagradStep} is told. */
export interface AdagradStepOptions {
  /** Divided by 1 + learningRateDecay · (step − 1) already. */
  readonly learningRate: number;
  readonly weightDecay?: number;
  readonly epsilon?: number;
  /** Multiplies the gradient; default 1. */
  readonly gradientScale?: number;
}

/**
 * Adagrad: each weight's step is divided by the root of the sum of its squared gradients. Weight decay is added to the
 * gradient.
 *
 * @see Duchi et al. 2011, "Adaptive subgradient methods for online learning and stochastic optimization"
 */
export class Adagrad extends SynchronousOptimizer<AdagradSettings> {
  /** @throws {RangeError} if a setting is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdagradOptions = {}) {
    const { learningRate = 1e-2, weightDecay = 0 } = options;
    const { learningRateDecay = 0, initialAccumulator = 0, epsilon = 1e-10 } = options;
    const settings = { weightDecay, learningRateDecay, initialAccumulator, epsilon };
    super('Adagrad', parameters, settings, { ...options, learningRate });
  }

  protected override check(owner: string, settings: AdagradSettings): void {
    const { learningRateDecay, initialAccumulator, epsilon } = settings;
    requireNotNegative(owner, { learningRateDecay, initialAccumulator, epsilon });
  }

  protected override slotShapes(_: AdagradSettings, { shape }: Parameter): Record<string, readonly number[]> {
    return { squareSum: shape };
  }

  protected override initialSlotValue({ initialAccumulator }: AdagradSettings): number {
    return initialAccumulator;
  }

  protected override update({
    weights,
    gradient,
    slots,
    settings,
    ...rest
  }: ParameterUpdate<AdagradSettings>): void {
    const { gradientScale, step } = rest;
    const learningRate = rest.learningRate / (1 + (step - 1) * settings.learningRateDecay);
    adagradStep(weights, gradient, slots.squareSum!, { ...settings, learningRate, gradientScale });
  }
}

/**
 * One step of {@link Adagrad} over flat arrays, in place.
 *
 * @param squareSum the sums of squared gradients so far
 * @throws {ShapeError} if the arrays differ in length
 */
export function adagradStep(
  weights: Float32Array,
  gradient: Float32Array,
  squareSum: Float32Array,
  { learningRate, weightDecay = 0, epsilon = 1e-10, gradientScale = 1 }: AdagradStepOptions,
): void {
  const coefficients = [gradientScale, weightDecay, learningRate, epsilon];
  runKernel('adagradStep', 'adagrad', [weights, gradient, squareSum], coefficients);
}
