import type { Parameter } from '../module/parameter.ts';
import { Optimizer, type OptimizerOptions, type ParameterUpdate, requireFractions } from './optimizer.ts';

/** Options of {@link SGD}: learning rate 1e-3 and weight decay 0 by default. */
export interface SGDOptions extends OptimizerOptions {
  /** Share of the last step's direction that is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Whether the gradient is taken as if after the next step; default false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent, with momentum as in PyTorch: v ← μ v + g, w ← w − η v. Weight decay is added to the gradient.
 *
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"
 * @example
 * const optimizer = new SGD(model.namedParameters(), { learningRate: 0.1, momentum: 0.9 });
 */
export class SGD extends Optimizer {
  readonly momentum: number;
  readonly nesterov: boolean;

  /** @throws {RangeError} if a hyperparameter is out of range, or Nesterov's method lacks a momentum */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: SGDOptions = {}) {
    const { learningRate = 1e-3, weightDecay = 0, momentum = 0, nesterov = false } = options;
    super('SGD', parameters, momentum > 0 ? ['momentum'] : [], { ...options, learningRate, weightDecay });
    requireFractions('SGD', { momentum });
    if (nesterov && momentum === 0) {
      throw new RangeError('SGD: nesterov must come with a momentum above 0, got momentum 0.');
    }
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  protected override update({
    weights,
    gradient,
    gradientScale,
    learningRate,
    weightDecay,
    slots: [velocity],
  }: ParameterUpdate): void {
    const { momentum, nesterov } = this;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      let direction = gradientScale * gradient[i]! + weightDecay * weight;
      if (velocity) {
        const moved = momentum * velocity[i]! + direction;
        velocity[i] = moved;
        direction = nesterov ? direction + momentum * moved : moved;
      }
      weights[i] = weight - learningRate * direction;
    }
  }
}
