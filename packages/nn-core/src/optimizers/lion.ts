import type { Parameter } from '../module/parameter.ts';
import { Optimizer, type OptimizerOptions, type ParameterUpdate, requireFractions } from './optimizer.ts';

/** Options of {@link Lion}: learning rate 1e-4 and weight decay 0 by default. */
export interface LionOptions extends OptimizerOptions {
  /** Share of the momentum in the direction, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay of the momentum, in [0, 1); default 0.99. */
  readonly beta2?: number;
}

/**
 * Lion: every weight moves by the learning rate, in the direction of the sign of gradient and momentum. Weight decay is
 * decoupled, as in AdamW. Learning rates are 3 to 10 times smaller than AdamW's, weight decays as much larger.
 *
 * @see Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2
 */
export class Lion extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;

  /** @throws {RangeError} if a hyperparameter is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: LionOptions = {}) {
    const { learningRate = 1e-4, weightDecay = 0, beta1 = 0.9, beta2 = 0.99 } = options;
    super('Lion', parameters, ['momentum'], { ...options, learningRate, weightDecay });
    requireFractions('Lion', { beta1, beta2 });
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  protected override update({
    weights,
    gradient,
    gradientScale,
    learningRate,
    weightDecay,
    slots,
  }: ParameterUpdate): void {
    const { beta1, beta2 } = this;
    const momentum = slots[0]!;
    const keep = 1 - learningRate * weightDecay;
    for (let i = 0; i < weights.length; i++) {
      const slope = gradientScale * gradient[i]!;
      const direction = Math.sign(beta1 * momentum[i]! + (1 - beta1) * slope);
      weights[i] = keep * weights[i]! - learningRate * direction;
      momentum[i] = beta2 * momentum[i]! + (1 - beta2) * slope;
    }
  }
}
