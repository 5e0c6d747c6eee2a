import type { Parameter } from '../module/parameter.ts';
import {
  type OptimizerOptions,
  type OptimizerSettings,
  type ParameterUpdate,
  requireFractions,
} from './optimizer.ts';
import { runKernel } from './optimizer-kernel.ts';
import { SynchronousOptimizer } from './synchronous-optimizer.ts';

/** Settings of {@link Lion}. */
export interface LionSettings extends OptimizerSettings {
  /** Share of the momentum in the direction, in [0, 1); default 0.9. */
  readonly beta1: number;
  /** Decay of the momentum, in [0, 1); default 0.99. */
  readonly beta2: number;
}

/** Options of {@link Lion}: learning rate 1e-4 and weight decay 0 by default. */
export type LionOptions = OptimizerOptions<LionSettings>;

/** What {@link lionStep} is told. */
export interface LionStepOptions extends Partial<LionSettings> {
  readonly learningRate: number;
  /** Multiplies the gradient; default 1. */
  readonly gradientScale?: number;
}

/**
 * Lion: every weight moves by the learning rate, in the direction of the sign of gradient and momentum. Weight decay is
 * decoupled, as in AdamW. Learning rates are 3 to 10 times smaller than AdamW's, weight decays as much larger.
 *
 * @see Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2
 */
export class Lion extends SynchronousOptimizer<LionSettings> {
  /** @throws {RangeError} if a setting is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: LionOptions = {}) {
    const { learningRate = 1e-4, weightDecay = 0, beta1 = 0.9, beta2 = 0.99 } = options;
    super('Lion', parameters, { weightDecay, beta1, beta2 }, { ...options, learningRate });
  }

  protected override check(owner: string, { beta1, beta2 }: LionSettings): void {
    requireFractions(owner, { beta1, beta2 });
  }

  protected override slotShapes(_: LionSettings, { shape }: Parameter): Record<string, readonly number[]> {
    return { momentum: shape };
  }

  protected override update({
    weights,
    gradient,
    slots,
    settings,
    ...rest
  }: ParameterUpdate<LionSettings>): void {
    const { learningRate, gradientScale } = rest;
    lionStep(weights, gradient, slots.momentum!, { ...settings, learningRate, gradientScale });
  }
}

/**
 * One step of {@link Lion} over flat arrays, in place.
 *
 * @param momentum zeros before the first step
 * @throws {ShapeError} if the arrays differ in length
 */
export function lionStep(
  weights: Float32Array,
  gradient: Float32Array,
  momentum: Float32Array,
  { learningRate, weightDecay = 0, beta1 = 0.9, beta2 = 0.99, gradientScale = 1 }: LionStepOptions,
): void {
  const keep = 1 - learningRate * weightDecay;
  const coefficients = [gradientScale, keep, learningRate, beta1, 1 - beta1, beta2, 1 - beta2];
  runKernel('lionStep', 'lion', [weights, gradient, momentum], coefficients);
}
