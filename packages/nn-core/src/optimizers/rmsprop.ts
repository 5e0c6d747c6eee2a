import type { Parameter } from '../module/parameter.ts';
import {
  Optimizer,
  type OptimizerOptions,
  type ParameterUpdate,
  requireFractions,
  requireNotNegative,
} from './optimizer.ts';

/** Options of {@link RMSProp}: learning rate 1e-2 and weight decay 0 by default. */
export interface RMSPropOptions extends OptimizerOptions {
  /** Decay of the mean square, in [0, 1); default 0.99. */
  readonly alpha?: number;
  /** Share of the last step's direction that is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Whether the square of the mean gradient is taken off the mean square; default false. */
  readonly centered?: boolean;
  /** Added to the root of the mean square; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * RMSProp: each weight's step is divided by the root of the running mean of its squared gradients. Weight decay is added
 * to the gradient.
 *
 * @see Hinton, "Neural networks for machine learning", lecture 6e; Graves 2013, §4.2 (centered)
 */
export class RMSProp extends Optimizer {
  readonly alpha: number;
  readonly momentum: number;
  readonly centered: boolean;
  readonly epsilon: number;

  /** @throws {RangeError} if a hyperparameter is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: RMSPropOptions = {}) {
    const { learningRate = 1e-2, weightDecay = 0 } = options;
    const { alpha = 0.99, momentum = 0, centered = false, epsilon = 1e-8 } = options;
    const slots = ['meanSquare', ...(centered ? ['mean'] : []), ...(momentum > 0 ? ['momentum'] : [])];
    super('RMSProp', parameters, slots, { ...options, learningRate, weightDecay });
    requireFractions('RMSProp', { alpha, momentum });
    requireNotNegative('RMSProp', { epsilon });
    this.alpha = alpha;
    this.momentum = momentum;
    this.centered = centered;
    this.epsilon = epsilon;
  }

  protected override update({
    weights,
    gradient,
    gradientScale,
    learningRate,
    weightDecay,
    slots,
  }: ParameterUpdate): void {
    const { alpha, momentum, centered, epsilon } = this;
    const meanSquare = slots[0]!;
    const mean = centered ? slots[1]! : undefined;
    const velocity = momentum > 0 ? slots.at(-1)! : undefined;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      const slope = gradientScale * gradient[i]! + weightDecay * weight;
      meanSquare[i] = alpha * meanSquare[i]! + (1 - alpha) * slope * slope;
      let variance = meanSquare[i]!;
      if (mean) {
        mean[i] = alpha * mean[i]! + (1 - alpha) * slope;
        variance = Math.max(0, variance - mean[i]! ** 2); // rounding may leave it a little below
      }
      let direction = slope / (Math.sqrt(variance) + epsilon);
      if (velocity) {
        direction += momentum * velocity[i]!;
        velocity[i] = direction;
      }
      weights[i] = weight - learningRate * direction;
    }
  }
}
