import { ShapeError, type TensorData, tensorData } from '@wordloom/compile';
import type { Parameter } from '../module/parameter.ts';

/** Options that every optimizer has. */
export interface OptimizerOptions {
  /** Step size. */
  readonly learningRate?: number;
  /** How strongly weights are drawn to zero; each optimizer says how. */
  readonly weightDecay?: number;
  /** Which parameters decay; default all, as in PyTorch. See {@link decaysMatrices}. */
  readonly decays?: (name: string, parameter: Parameter) => boolean;
}

/** What an optimizer must keep for training to go on exactly: see {@link Optimizer.state}. */
export interface OptimizerState {
  readonly stepCount: number;
  readonly tensors: Readonly<Record<string, TensorData>>;
}

/** Options of one {@link Optimizer.step}. */
export interface StepOptions {
  /** The learning rate of this step; default the optimizer's. */
  readonly learningRate?: number;
  /** Multiplies every gradient; clipping by global norm is `min(1, limit / norm)`. Default 1. */
  readonly gradientScale?: number;
}

/** One parameter's part of a step. */
export interface ParameterUpdate {
  /** Changed in place. */
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly gradientScale: number;
  readonly learningRate: number;
  /** 0 where the parameter does not decay. */
  readonly weightDecay: number;
  /** Of this step, counted from 1. */
  readonly step: number;
  /** What the optimizer remembers of this parameter, in the order of its slot names; changed in place. */
  readonly slots: readonly Float32Array[];
}

/** The usual choice of what decays: matrices and above do; biases and normalization scales do not. */
export function decaysMatrices(_name: string, parameter: Parameter): boolean {
  return parameter.shape.length >= 2;
}

/** What all optimizers share: parameters by name, what is remembered of each, and how that is saved and loaded. */
export abstract class Optimizer {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly #owner: string;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #decays: (name: string, parameter: Parameter) => boolean;
  readonly #slotNames: readonly string[];
  readonly #slots = new Map<string, readonly Float32Array[]>();
  #stepCount = 0;

  /**
   * @param owner      what error messages start with
   * @param slotNames  what is remembered of each parameter
   * @throws {RangeError} if the learning rate or the weight decay is negative
   */
  protected constructor(
    owner: string,
    parameters: ReadonlyMap<string, Parameter>,
    slotNames: readonly string[],
    {
      learningRate,
      weightDecay,
      decays = () => true,
    }: Required<Pick<OptimizerOptions, 'learningRate' | 'weightDecay'>> & OptimizerOptions,
  ) {
    requireNotNegative(owner, { learningRate, weightDecay });
    this.#owner = owner;
    this.#parameters = parameters;
    this.#slotNames = slotNames;
    this.#decays = decays;
    this.learningRate = learningRate;
    this.weightDecay = weightDecay;
  }

  /** Moves one parameter. */
  protected abstract update(update: ParameterUpdate): void;

  /** The first value of every slot; zero unless an optimizer says otherwise. */
  protected get initialSlotValue(): number {
    return 0;
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
      const { length } = this.#parameter('step', name).data;
      if (gradient.length !== length) {
        throw new ShapeError(
          `${this.#owner}.step: ${name} must have ${length} elements, got ${gradient.length}.`,
        );
      }
    }
    const step = this.#stepCount + 1;
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = this.#parameters.get(name)!;
      this.update({
        weights: parameter.data,
        gradient,
        gradientScale,
        learningRate,
        weightDecay: this.#decays(name, parameter) ? this.weightDecay : 0,
        step,
        slots: this.#slotsOf(name),
      });
    }
    this.#stepCount = step;
  }

  /**
   * The step count and what is remembered of every parameter updated so far, as `<slot>.<name>`. The arrays are the
   * optimizer's own: copy or encode them before the next step.
   */
  state(): OptimizerState {
    const tensors: Record<string, TensorData> = {};
    for (const [name, slots] of this.#slots) {
      const { shape } = this.#parameters.get(name)!;
      for (const [index, slot] of this.#slotNames.entries()) {
        tensors[`${slot}.${name}`] = tensorData(slots[index]!, shape);
      }
    }
    return { stepCount: this.#stepCount, tensors };
  }

  /**
   * Takes over a state, so that the next step is the one the state's owner would have taken. The values are copied.
   *
   * @throws {RangeError} if the state names a parameter the optimizer does not have, or lacks a slot of one it has
   * @throws {ShapeError} if a tensor does not have its parameter's shape; nothing is loaded in either case
   */
  loadState({ stepCount, tensors }: OptimizerState): void {
    if (!Number.isSafeInteger(stepCount) || stepCount < 0) {
      throw new RangeError(
        `${this.#owner}.loadState: stepCount must be a non-negative integer, got ${stepCount}.`,
      );
    }
    const loaded = new Map<string, readonly Float32Array[]>();
    for (const key of Object.keys(tensors)) {
      const slot = this.#slotNames.find((candidate) => key.startsWith(`${candidate}.`));
      if (!slot) {
        const expected = this.#slotNames.map((name) => `${name}.*`).join(' or ');
        throw new RangeError(
          `${this.#owner}.loadState: tensors must be named ${expected || 'nothing at all'}, got ${key}.`,
        );
      }
      const name = key.slice(slot.length + 1);
      const parameter = this.#parameter('loadState', name);
      loaded.set(
        name,
        this.#slotNames.map((each) => this.#copySlot(tensors, `${each}.${name}`, parameter)),
      );
    }
    this.#slots.clear();
    for (const [name, slots] of loaded) this.#slots.set(name, slots);
    this.#stepCount = stepCount;
  }

  #parameter(method: string, name: string): Parameter {
    const parameter = this.#parameters.get(name);
    if (parameter) return parameter;
    throw new RangeError(
      `${this.#owner}.${method}: names must be those of the optimizer's parameters, got ${name}.`,
    );
  }

  #slotsOf(name: string): readonly Float32Array[] {
    let slots = this.#slots.get(name);
    if (!slots) {
      const { length } = this.#parameters.get(name)!.data;
      slots = this.#slotNames.map(() => new Float32Array(length).fill(this.initialSlotValue));
      this.#slots.set(name, slots);
    }
    return slots;
  }

  #copySlot(tensors: Readonly<Record<string, TensorData>>, key: string, { shape }: Parameter): Float32Array {
    const tensor = tensors[key];
    if (!tensor) {
      const all = this.#slotNames.join(' and ');
      throw new RangeError(
        `${this.#owner}.loadState: tensors must hold ${all} of a parameter, ${key} is missing.`,
      );
    }
    if (!(tensor.data instanceof Float32Array) || `${tensor.shape}` !== `${shape}`) {
      throw new ShapeError(
        `${this.#owner}.loadState: ${key} must be float32 [${shape}], got ${tensor.dtype} [${tensor.shape}].`,
      );
    }
    return tensor.data.slice();
  }
}

/** @throws {RangeError} naming the first value that is negative or no number */
export function requireNotNegative(owner: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value >= 0)) throw new RangeError(`${owner}: ${name} must not be negative, got ${value}.`);
  }
}

/** @throws {RangeError} naming the first value outside [0, 1) */
export function requireFractions(owner: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value >= 0 && value < 1))
      throw new RangeError(`${owner}: ${name} must be in [0, 1), got ${value}.`);
  }
}
