import type { Parameter } from '../module/parameter.ts';
import {
  type OptimizerOptions,
  type OptimizerSettings,
  type ParameterUpdate,
  requireFractions,
  requireNotNegative,
} from './optimizer.ts';
import { runKernel } from './optimizer-kernel.ts';
import { SynchronousOptimizer } from './synchronous-optimizer.ts';

/** Settings of {@link RMSProp}. */
export interface RMSPropSettings extends OptimizerSettings {
  /** Decay of the mean square, in [0, 1); default 0.99. */
  readonly alpha: number;
  /** Share of the last step's direction that is kept, in [0, 1); default 0. */
  readonly momentum: number;
  /** Whether the square of the mean gradient is taken off the mean square; default false. */
  readonly centered: boolean;
  /** Added to the root of the mean square; default 1e-8. */
  readonly epsilon: number;
}

/** Options of {@link RMSProp}: learning rate 1e-2 and weight decay 0 by default. */
export type RMSPropOptions = OptimizerOptions<RMSPropSettings>;

/** What {@link rmspropStep} changes beside the weights; zeros before the first step. */
export interface RMSPropSlots {
  readonly meanSquare: Float32Array;
  /** If centered, and only then. */
  readonly mean?: Float32Array | undefined;
  /** With momentum, and only then. */
  readonly momentum?: Float32Array | undefined;
}

/** What {@link rmspropStep} is told. */
export interface RMSPropStepOptions extends Partial<Omit<RMSPropSettings, 'centered'>> {
  readonly learningRate: number;
  /** Multiplies the gradient; default 1. */
  readonly gradientScale?: number;
}

/**
 * RMSProp: each weight's step is divided by the root of the running mean of its squared gradients. Weight decay is added
 * to the gradient.
 *
 * @see Hinton, "Neural networks for machine learning", lecture 6e; Graves 2013, §4.2 (centered)
 */
export class RMSProp extends SynchronousOptimizer<RMSPropSettings> {
  /** @throws {RangeError} if a setting is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: RMSPropOptions = {}) {
    const { learningRate = 1e-2, weightDecay = 0 } = options;
    const { alpha = 0.99, momentum = 0, centered = false, epsilon = 1e-8 } = options;
    const settings = { weightDecay, alpha, momentum, centered, epsilon };
    super('RMSProp', parameters, settings, { ...options, learningRate });
  }

  protected override check(owner: string, { alpha, momentum, epsilon }: RMSPropSettings): void {
    requireFractions(owner, { alpha, momentum });
    requireNotNegative(owner, { epsilon });
  }

  protected override slotShapes(
    { centered, momentum }: RMSPropSettings,
    { shape }: Parameter,
  ): Record<string, readonly number[]> {
    return { meanSquare: shape, ...(centered && { mean: shape }), ...(momentum > 0 && { momentum: shape }) };
  }

  protected override update({
    weights,
    gradient,
    slots,
    settings,
    ...rest
  }: ParameterUpdate<RMSPropSettings>): void {
    const { learningRate, gradientScale } = rest;
    const { meanSquare, mean, momentum } = slots;
    const options = { ...settings, learningRate, gradientScale };
    rmspropStep(weights, gradient, { meanSquare: meanSquare!, mean, momentum }, options);
  }
}

/**
 * One step of {@link RMSProp} over flat arrays, in place.
 *
 * @throws {ShapeError} if the arrays differ in length
 */
export function rmspropStep(
  weights: Float32Array,
  gradient: Float32Array,
  { meanSquare, mean, momentum: velocity }: RMSPropSlots,
  options: RMSPropStepOptions,
): void {
  const { learningRate, weightDecay = 0, gradientScale = 1 } = options;
  const { alpha = 0.99, momentum = 0, epsilon = 1e-8 } = options;
  runKernel(
    'rmspropStep',
    'rmsprop',
    [weights, gradient, meanSquare, mean, velocity],
    [...[gradientScale, weightDecay, learningRate], ...[alpha, 1 - alpha, epsilon, momentum]],
  );
}
