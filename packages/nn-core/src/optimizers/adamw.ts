import { ShapeError, type TensorData, tensorData } from '@wordloom/compile';
import type { Parameter } from '../module/parameter.ts';
import { updateAdamW } from './optimizer-kernel.ts';

/** Options of {@link AdamW}; the defaults are PyTorch's. */
export interface AdamWOptions {
  /** Step size; default 1e-3. */
  readonly learningRate?: number;
  /** Decay of the first moment, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment; default 1e-8. */
  readonly epsilon?: number;
  /** Share of a weight taken away per step and unit of learning rate; default 0.01. */
  readonly weightDecay?: number;
  /** Which parameters decay; default all, as in PyTorch. See {@link decaysMatrices}. */
  readonly decays?: (name: string, parameter: Parameter) => boolean;
}

/** What an optimizer must keep for training to go on exactly: see {@link AdamW.state}. */
export interface OptimizerState {
  readonly stepCount: number;
  readonly tensors: Readonly<Record<string, TensorData>>;
}

/** Options of one {@link AdamW.step}. */
export interface StepOptions {
  /** The learning rate of this step; default the optimizer's. */
  readonly learningRate?: number;
  /** Multiplies every gradient; clipping by global norm is `min(1, limit / norm)`. Default 1. */
  readonly gradientScale?: number;
}

/** The usual choice of what decays: matrices and above do; biases and normalization scales do not. */
export function decaysMatrices(_name: string, parameter: Parameter): boolean {
  return parameter.shape.length >= 2;
}

/**
 * Adam with decoupled weight decay: one in-place pass over each parameter, in float32 SIMD.
 *
 * @example
 * const optimizer = new AdamW(model.namedParameters(), { learningRate: 3e-4, decays: decaysMatrices });
 * optimizer.step(gradients, { gradientScale: Math.min(1, 1 / globalNorm(gradients)) });
 * @see Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2
 */
export class AdamW {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #decays: (name: string, parameter: Parameter) => boolean;
  readonly #moments = new Map<string, Moments>();
  #stepCount = 0;

  /**
   * @param parameters by name, as {@link Module.namedParameters} gives them; they are updated in place
   * @throws {RangeError} if a hyperparameter is out of range
   */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: AdamWOptions = {}) {
    const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
    for (const [name, value] of Object.entries({ learningRate, epsilon, weightDecay })) {
      if (!(value >= 0)) throw new RangeError(`AdamW: ${name} must not be negative, got ${value}.`);
    }
    for (const [name, value] of Object.entries({ beta1, beta2 })) {
      if (!(value >= 0 && value < 1)) throw new RangeError(`AdamW: ${name} must be in [0, 1), got ${value}.`);
    }
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
    this.#parameters = parameters;
    this.#decays = options.decays ?? (() => true);
  }

  /** Number of steps taken so far. */
  get stepCount(): number {
    return this.#stepCount;
  }

  /**
   * Updates every parameter that has a gradient; the others keep their values.
   *
   * @param gradients by parameter name
   * @throws {RangeError} if a gradient has no parameter @throws {ShapeError} if it has another length; nothing is updated then
   */
  step(
    gradients: Readonly<Record<string, Float32Array>>,
    { learningRate = this.learningRate, gradientScale = 1 }: StepOptions = {},
  ): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = requireParameter('AdamW.step', this.#parameters, name);
      requireLength('AdamW.step', name, gradient.length, parameter);
    }
    const step = this.#stepCount + 1;
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = this.#parameters.get(name)!;
      const decay = this.#decays(name, parameter) ? this.weightDecay : 0;
      const { first, second } = this.#momentsOf(name);
      updateAdamW(parameter.data, gradient, first, second, {
        keep: 1 - learningRate * decay,
        stepSize: learningRate / (1 - this.beta1 ** step),
        beta1: this.beta1,
        beta2: this.beta2,
        inverseCorrection: 1 / Math.sqrt(1 - this.beta2 ** step),
        epsilon: this.epsilon,
        gradientScale,
      });
    }
    this.#stepCount = step;
  }

  /**
   * The step count and both moments of every parameter updated so far, as `firstMoment.<name>` and
   * `secondMoment.<name>`. The arrays are the optimizer's own: copy or encode them before the next step.
   */
  state(): OptimizerState {
    const tensors: Record<string, TensorData> = {};
    for (const [name, { first, second }] of this.#moments) {
      const { shape } = this.#parameters.get(name)!;
      tensors[`${FIRST}${name}`] = tensorData(first, shape);
      tensors[`${SECOND}${name}`] = tensorData(second, shape);
    }
    return { stepCount: this.#stepCount, tensors };
  }

  /**
   * Takes over a state, so that the next step is the one the state's owner would have taken. The values are copied.
   *
   * @throws {RangeError} if the state names a parameter the optimizer does not have, or half of a moment pair
   * @throws {ShapeError} if a moment does not have its parameter's shape; nothing is loaded in either case
   */
  loadState(state: OptimizerState): void {
    if (!Number.isSafeInteger(state.stepCount) || state.stepCount < 0) {
      throw new RangeError(
        `AdamW.loadState: stepCount must be a non-negative integer, got ${state.stepCount}.`,
      );
    }
    const loaded = new Map<string, Moments>();
    for (const key of Object.keys(state.tensors)) {
      const prefix = [FIRST, SECOND].find((candidate) => key.startsWith(candidate));
      if (!prefix) {
        throw new RangeError(`AdamW.loadState: tensors must be named ${FIRST}* or ${SECOND}*, got ${key}.`);
      }
      const name = key.slice(prefix.length);
      const parameter = requireParameter('AdamW.loadState', this.#parameters, name);
      loaded.set(name, {
        first: copyMoment(state.tensors, `${FIRST}${name}`, parameter),
        second: copyMoment(state.tensors, `${SECOND}${name}`, parameter),
      });
    }
    this.#moments.clear();
    for (const [name, moments] of loaded) this.#moments.set(name, moments);
    this.#stepCount = state.stepCount;
  }

  #momentsOf(name: string): Moments {
    let moments = this.#moments.get(name);
    if (!moments) {
      const { length } = this.#parameters.get(name)!.data;
      moments = { first: new Float32Array(length), second: new Float32Array(length) };
      this.#moments.set(name, moments);
    }
    return moments;
  }
}

const FIRST = 'firstMoment.';
const SECOND = 'secondMoment.';

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

function requireParameter(
  owner: string,
  parameters: ReadonlyMap<string, Parameter>,
  name: string,
): Parameter {
  const parameter = parameters.get(name);
  if (!parameter) {
    throw new RangeError(`${owner}: names must be those of the optimizer's parameters, got ${name}.`);
  }
  return parameter;
}

function requireLength(owner: string, name: string, length: number, parameter: Parameter): void {
  if (length !== parameter.data.length) {
    throw new ShapeError(`${owner}: ${name} must have ${parameter.data.length} elements, got ${length}.`);
  }
}

function copyMoment(
  tensors: Readonly<Record<string, TensorData>>,
  key: string,
  { shape }: Parameter,
): Float32Array {
  const tensor = tensors[key];
  if (!tensor)
    throw new RangeError(
      `AdamW.loadState: tensors must hold both moments of a parameter, ${key} is missing.`,
    );
  if (!(tensor.data instanceof Float32Array) || `${tensor.shape}` !== `${shape}`) {
    throw new ShapeError(
      `AdamW.loadState: ${key} must be float32 [${shape}], got ${tensor.dtype} [${tensor.shape}].`,
    );
  }
  return tensor.data.slice();
}
