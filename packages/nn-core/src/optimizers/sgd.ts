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

/** Settings of {@link SGD}. */
export interface SGDSettings extends OptimizerSettings {
  /** Share of the last step's direction that is kept, in [0, 1); default 0. */
  readonly momentum: number;
  /** Share of the gradient that momentum leaves out, but for the first step; default 0. */
  readonly dampening: number;
  /** Whether the gradient is taken as if after the next step; default false. */
  readonly nesterov: boolean;
}

/** Options of {@link SGD}: learning rate 1e-3 and weight decay 0 by default. */
export type SGDOptions = OptimizerOptions<SGDSettings>;

/** What {@link sgdStep} is told. */
export interface SGDStepOptions extends Partial<SGDSettings> {
  readonly learningRate: number;
  /** Multiplies the gradient; default 1. */
  readonly gradientScale?: number;
  /** Whether the velocity is that of the first step; default false. */
  readonly first?: boolean;
}

/**
 * Stochastic gradient descent, with momentum as in PyTorch: v ← μ v + (1 − τ) g, w ← w − η v, where τ is the dampening. Weight
 * decay is added to the gradient.
 *
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"
 * @example
 * const optimizer = new SGD(model.namedParameters(), { learningRate: 0.1, momentum: 0.9 });
 */
export class SGD extends SynchronousOptimizer<SGDSettings> {
  /** @throws {RangeError} if a setting is out of range, or Nesterov's method lacks a momentum or has a dampening */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: SGDOptions = {}) {
    const { learningRate = 1e-3, weightDecay = 0, momentum = 0, dampening = 0, nesterov = false } = options;
    const settings = { weightDecay, momentum, dampening, nesterov };
    super('SGD', parameters, settings, { ...options, learningRate });
  }

  protected override check(owner: string, { momentum, dampening, nesterov }: SGDSettings): void {
    requireFractions(owner, { momentum });
    requireNotNegative(owner, { dampening });
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new RangeError(
        `${owner}: nesterov must come with a momentum above 0 and no dampening, got momentum ${momentum} and dampening ${dampening}.`,
      );
    }
  }

  protected override slotShapes(
    { momentum }: SGDSettings,
    { shape }: Parameter,
  ): Record<string, readonly number[]> {
    return momentum > 0 ? { momentum: shape } : {};
  }

  protected override update({
    weights,
    gradient,
    slots,
    settings,
    step,
    ...rest
  }: ParameterUpdate<SGDSettings>): void {
    const { learningRate, gradientScale } = rest;
    sgdStep(weights, gradient, slots.momentum, {
      ...settings,
      learningRate,
      gradientScale,
      first: step === 1,
    });
  }
}

/**
 * One step of {@link SGD} over flat arrays, in place.
 *
 * @param velocity zeros before the first step; undefined without momentum
 * @throws {ShapeError} if the arrays differ in length
 */
export function sgdStep(
  weights: Float32Array,
  gradient: Float32Array,
  velocity: Float32Array | undefined,
  options: SGDStepOptions,
): void {
  const { learningRate, weightDecay = 0, gradientScale = 1 } = options;
  if (!velocity) {
    runKernel('sgdStep', 'descend', [weights, gradient], [gradientScale, weightDecay, learningRate]);
    return;
  }
  const { momentum = 0, dampening = 0, nesterov = false, first = false } = options;
  const [ahead, share] = nesterov ? [1, momentum] : [0, 1];
  const coefficients = [
    ...[gradientScale, weightDecay, learningRate],
    ...[momentum, first ? 1 : 1 - dampening, ahead, share],
  ];
  runKernel('sgdStep', 'descendWithMomentum', [weights, gradient, velocity], coefficients);
}
