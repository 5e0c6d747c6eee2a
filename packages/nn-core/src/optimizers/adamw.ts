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

/** Settings of {@link AdamW} and {@link Adam}; the defaults are PyTorch's. */
export interface AdamSettings extends OptimizerSettings {
  /** Decay of the first moment, in [0, 1); default 0.9. */
  readonly beta1: number;
  /** Decay of the second moment, in [0, 1); default 0.999. */
  readonly beta2: number;
  /** Added to the root of the second moment; default 1e-8. */
  readonly epsilon: number;
  /** Whether the largest second moment so far takes the place of the last (AMSGrad); default false. */
  readonly amsgrad: boolean;
}

/** Options of {@link Adam}: learning rate 1e-3 and weight decay 0 by default. */
export type AdamOptions = OptimizerOptions<AdamSettings>;

/** Options of {@link AdamW}: learning rate 1e-3 and weight decay 0.01 by default. */
export type AdamWOptions = AdamOptions;

/** What {@link adamStep} changes beside the weights; zeros before the first step. */
export interface AdamMoments {
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** For AMSGrad, and only for it. */
  readonly largestSecondMoment?: Float32Array | undefined;
}

/** What {@link adamStep} is told. */
export interface AdamStepOptions extends Partial<Omit<AdamSettings, 'amsgrad'>> {
  readonly learningRate: number;
  /** Counted from 1. */
  readonly step: number;
  /** Whether weight decay is AdamW's, and not Adam's; default true. */
  readonly decoupled?: boolean;
  /** Multiplies the gradient; default 1. */
  readonly gradientScale?: number;
}

abstract class AdamFamily extends SynchronousOptimizer<AdamSettings> {
  protected constructor(
    owner: string,
    parameters: ReadonlyMap<string, Parameter>,
    { weightDecay, ...options }: AdamOptions & { readonly weightDecay: number },
  ) {
    const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false } = options;
    const settings = { weightDecay, beta1, beta2, epsilon, amsgrad };
    super(owner, parameters, settings, { ...options, learningRate });
  }

  protected override check(owner: string, { beta1, beta2, epsilon }: AdamSettings): void {
    requireNotNegative(owner, { epsilon });
    requireFractions(owner, { beta1, beta2 });
  }

  protected override slotShapes(
    { amsgrad }: AdamSettings,
    { shape }: Parameter,
  ): Record<string, readonly number[]> {
    const moments = { firstMoment: shape, secondMoment: shape };
    return amsgrad ? { ...moments, largestSecondMoment: shape } : moments;
  }

  protected updateMoments(update: ParameterUpdate<AdamSettings>, decoupled: boolean): void {
    const { weights, gradient, slots, settings, ...options } = update;
    const moments = {
      firstMoment: slots.firstMoment!,
      secondMoment: slots.secondMoment!,
      largestSecondMoment: slots.largestSecondMoment,
    };
    adamStep(weights, gradient, moments, { ...settings, ...options, decoupled });
  }
}

/**
 * Adam with decoupled weight decay: one in-place pass over each parameter. Weight decay is the share of a weight taken away
 * per step and unit of learning rate.
 *
 * @example
 * const optimizer = new AdamW(model.namedParameters(), { learningRate: 3e-4, decays: decaysMatrices });
 * optimizer.step(gradients, { gradientScale: clipScale(globalNorm(gradients), 1) });
 * @see Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2
 */
export class AdamW extends AdamFamily {
  /**
   * @param parameters by name, as {@link Module.namedParameters} gives them; they are updated in place
   * @throws {RangeError} if a setting is out of range
   */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdamWOptions = {}) {
    super('AdamW', parameters, { ...options, weightDecay: options.weightDecay ?? 0.01 });
  }

  protected override update(update: ParameterUpdate<AdamSettings>): void {
    this.updateMoments(update, true);
  }
}

/**
 * Adam. Weight decay, 0 by default, is added to the gradient (an L2 penalty), and so is scaled like it; {@link AdamW} is
 * usually the better choice.
 *
 * @see Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1; Reddi et al. 2018 (AMSGrad)
 */
export class Adam extends AdamFamily {
  /** @throws {RangeError} if a setting is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdamOptions = {}) {
    super('Adam', parameters, { ...options, weightDecay: options.weightDecay ?? 0 });
  }

  protected override update(update: ParameterUpdate<AdamSettings>): void {
    this.updateMoments(update, false);
  }
}

/**
 * One step of {@link AdamW} or {@link Adam} over flat arrays, in place.
 *
 * @throws {ShapeError} if the arrays differ in length
 */
export function adamStep(
  weights: Float32Array,
  gradient: Float32Array,
  { firstMoment, secondMoment, largestSecondMoment }: AdamMoments,
  options: AdamStepOptions,
): void {
  const { learningRate, step, weightDecay = 0, decoupled = true, gradientScale = 1 } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  runKernel(
    'adamStep',
    'adam',
    [weights, gradient, firstMoment, secondMoment, largestSecondMoment],
    [
      ...[gradientScale, decoupled ? 0 : weightDecay, decoupled ? 1 - learningRate * weightDecay : 1],
      learningRate / (1 - beta1 ** step),
      ...[beta1, 1 - beta1, beta2, 1 - beta2],
      ...[1 / Math.sqrt(1 - beta2 ** step), epsilon],
    ],
  );
}
