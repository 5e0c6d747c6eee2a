import type { Parameter } from '../module/parameter.ts';
import {
  Optimizer,
  type OptimizerOptions,
  type ParameterUpdate,
  requireFractions,
  requireNotNegative,
} from './optimizer.ts';
import { updateAdamW } from './optimizer-kernel.ts';

/** Options of {@link AdamW} and {@link Adam}; the defaults are PyTorch's. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the first moment, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment; default 1e-8. */
  readonly epsilon?: number;
}

/** Options of {@link AdamW}: learning rate 1e-3 and weight decay 0.01 by default. */
export type AdamWOptions = AdamOptions;

abstract class AdamFamily extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  protected constructor(
    owner: string,
    parameters: ReadonlyMap<string, Parameter>,
    options: AdamOptions & { readonly weightDecay: number },
  ) {
    const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
    super(owner, parameters, ['firstMoment', 'secondMoment'], { ...options, learningRate });
    requireNotNegative(owner, { epsilon });
    requireFractions(owner, { beta1, beta2 });
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  /** Adam's step with weights multiplied by `keep` first. */
  protected updateMoments(
    { weights, gradient, gradientScale, learningRate, step, slots }: ParameterUpdate,
    keep: number,
  ): void {
    const [first, second] = slots as [Float32Array, Float32Array];
    updateAdamW(weights, gradient, first, second, {
      keep,
      stepSize: learningRate / (1 - this.beta1 ** step),
      beta1: this.beta1,
      beta2: this.beta2,
      inverseCorrection: 1 / Math.sqrt(1 - this.beta2 ** step),
      epsilon: this.epsilon,
      gradientScale,
    });
  }
}

/**
 * Adam with decoupled weight decay: one in-place pass over each parameter, in float32 SIMD. Weight decay is the share of
 * a weight taken away per step and unit of learning rate.
 *
 * @example
 * const optimizer = new AdamW(model.namedParameters(), { learningRate: 3e-4, decays: decaysMatrices });
 * optimizer.step(gradients, { gradientScale: Math.min(1, 1 / globalNorm(gradients)) });
 * @see Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2
 */
export class AdamW extends AdamFamily {
  /**
   * @param parameters by name, as {@link Module.namedParameters} gives them; they are updated in place
   * @throws {RangeError} if a hyperparameter is out of range
   */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdamWOptions = {}) {
    super('AdamW', parameters, { ...options, weightDecay: options.weightDecay ?? 0.01 });
  }

  protected override update(update: ParameterUpdate): void {
    this.updateMoments(update, 1 - update.learningRate * update.weightDecay);
  }
}

/**
 * Adam. Weight decay, 0 by default, is added to the gradient (an L2 penalty), and so is scaled like it; {@link AdamW} is
 * usually the better choice.
 *
 * @see Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1
 */
export class Adam extends AdamFamily {
  /** @throws {RangeError} if a hyperparameter is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdamOptions = {}) {
    super('Adam', parameters, { ...options, weightDecay: options.weightDecay ?? 0 });
  }

  protected override update(update: ParameterUpdate): void {
    const { weights, gradient, gradientScale, weightDecay } = update;
    if (weightDecay === 0) {
      this.updateMoments(update, 1);
      return;
    }
    const penalized = gradient.map((value, index) => gradientScale * value + weightDecay * weights[index]!);
    this.updateMoments({ ...update, gradient: penalized, gradientScale: 1 }, 1);
  }
}
