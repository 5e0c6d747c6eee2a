import type { Parameter } from '../module/parameter.ts';
import { Optimizer, type OptimizerOptions, type ParameterUpdate, requireNotNegative } from './optimizer.ts';

/** Options of {@link Adagrad}: learning rate 1e-2 and weight decay 0 by default. */
export interface AdagradOptions extends OptimizerOptions {
  /** The learning rate is divided by 1 + learningRateDecay · (steps before this one); default 0. */
  readonly learningRateDecay?: number;
  /** What the sums of squares start from; default 0. */
  readonly initialAccumulator?: number;
  /** Added to the root of the sum; default 1e-10. */
  readonly epsilon?: number;
}

/**
 * Adagrad: each weight's step is divided by the root of the sum of its squared gradients. Weight decay is added to the
 * gradient.
 *
 * @see Duchi et al. 2011, "Adaptive subgradient methods for online learning and stochastic optimization"
 */
export class Adagrad extends Optimizer {
  readonly learningRateDecay: number;
  readonly initialAccumulator: number;
  readonly epsilon: number;

  /** @throws {RangeError} if a hyperparameter is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdagradOptions = {}) {
    const { learningRate = 1e-2, weightDecay = 0 } = options;
    const { learningRateDecay = 0, initialAccumulator = 0, epsilon = 1e-10 } = options;
    super('Adagrad', parameters, ['squareSum'], { ...options, learningRate, weightDecay });
    requireNotNegative('Adagrad', { learningRateDecay, initialAccumulator, epsilon });
    this.learningRateDecay = learningRateDecay;
    this.initialAccumulator = initialAccumulator;
    this.epsilon = epsilon;
  }

  protected override get initialSlotValue(): number {
    return this.initialAccumulator;
  }

  protected override update({
    weights,
    gradient,
    gradientScale,
    learningRate,
    weightDecay,
    step,
    slots,
  }: ParameterUpdate): void {
    const squareSum = slots[0]!;
    const rate = learningRate / (1 + (step - 1) * this.learningRateDecay);
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      const slope = gradientScale * gradient[i]! + weightDecay * weight;
      squareSum[i] = squareSum[i]! + slope * slope;
      weights[i] = weight - (rate * slope) / (Math.sqrt(squareSum[i]!) + this.epsilon);
    }
  }
}
