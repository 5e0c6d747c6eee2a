import { ShapeError, sizeOf, type TensorData, tensorData } from '@wordloom/compile';
import type { Parameter } from '../module/parameter.ts';
import type { ExponentialMovingAverage } from './exponential-moving-average.ts';
import { allocateSlots } from './kernel.ts';
import { type ParameterGroup, settingsByParameter } from './parameter-group.ts';

/** What every optimizer can be told about a parameter, by itself or in a {@link ParameterGroup}. */
export interface OptimizerSettings {
  /** How strongly weights are drawn to zero; each optimizer says how. */
  readonly weightDecay: number;
}

/** Options that every optimizer has, beside its own settings. */
export type OptimizerOptions<Settings extends OptimizerSettings = OptimizerSettings> = Partial<Settings> & {
  /** Step size. */
  readonly learningRate?: number;
  /** Which parameters decay; default all, as in PyTorch. See {@link decaysMatrices}. */
  readonly decays?: (name: string, parameter: Parameter) => boolean;
  /** Settings of some parameters that differ from the others'. */
  readonly groups?: readonly ParameterGroup<Settings>[];
  /** A running mean of the weights, which then moves with every step and is part of the state. */
  readonly average?: ExponentialMovingAverage;
};

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
export interface ParameterUpdate<Settings extends OptimizerSettings = OptimizerSettings> {
  readonly name: string;
  readonly parameter: Parameter;
  /** The parameter's data, changed in place. */
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly gradientScale: number;
  /** Of this step, times the scale of the parameter's groups. */
  readonly learningRate: number;
  /** The parameter's; its weight decay is 0 where it does not decay. */
  readonly settings: Settings;
  /** Of this parameter, counted from 1: steps without a gradient for it do not count. */
  readonly step: number;
  /** What the optimizer remembers of this parameter, by slot name; changed in place. */
  readonly slots: Readonly<Record<string, Float32Array>>;
}

/** The usual choice of what decays: matrices and above do; biases and normalization scales do not. */
export function decaysMatrices(_name: string, parameter: Parameter): boolean {
  return parameter.shape.length >= 2;
}

/** Key of how many steps a parameter took no part in since its first, kept only where there are any. */
const SKIPPED = 'skippedSteps';
const AVERAGE = 'average';
/** Key of how often the average moved. */
const AVERAGE_COUNT = 'averageCount';

/** What is remembered of one parameter. */
interface Memory {
  readonly slots: Readonly<Record<string, Float32Array>>;
  /** Steps the parameter took part in. */
  steps: number;
}

/** What all optimizers share: parameters by name, what is remembered of each, and how that is saved and loaded. */
export abstract class Optimizer<Settings extends OptimizerSettings = OptimizerSettings> {
  readonly learningRate: number;
  /** Of parameters that no group changes. */
  readonly settings: Settings;
  /** The running mean of the weights, if there is one. */
  readonly average: ExponentialMovingAverage | undefined;
  readonly #owner: string;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #resolved: ReadonlyMap<
    string,
    { readonly settings: Settings; readonly learningRateScale: number }
  >;
  readonly #memories = new Map<string, Memory>();
  #stepCount = 0;

  /**
   * @param owner    what error messages start with
   * @param settings of parameters that no group changes
   * @throws {RangeError} if a setting is out of range or a group has one the optimizer does not know
   */
  protected constructor(
    owner: string,
    parameters: ReadonlyMap<string, Parameter>,
    settings: Settings,
    { learningRate, decays, groups, average }: OptimizerOptions<Settings> & { readonly learningRate: number },
  ) {
    requireNotNegative(owner, { learningRate });
    this.#owner = owner;
    this.#parameters = parameters;
    this.#resolved = settingsByParameter(owner, parameters, settings, { decays, groups });
    this.learningRate = learningRate;
    this.settings = settings;
    this.average = average;
    for (const checked of new Set([
      settings,
      ...Array.from(this.#resolved.values(), (each) => each.settings),
    ])) {
      requireNotNegative(owner, { weightDecay: checked.weightDecay });
      this.check(owner, checked);
    }
  }

  /** The shape of every slot: what is remembered of a parameter with these settings. Slot names have no dots. */
  protected abstract slotShapes(
    settings: Settings,
    parameter: Parameter,
  ): Readonly<Record<string, readonly number[]>>;

  /** The first value of every slot; zero unless an optimizer says otherwise. */
  protected initialSlotValue(_settings: Settings): number {
    return 0;
  }

  /** Refuses settings that are out of range. It is called while the optimizer is constructed, before its own fields are set. */
  protected check(_owner: string, _settings: Settings): void {}

  /** Number of steps taken so far. */
  get stepCount(): number {
    return this.#stepCount;
  }

  /**
   * Updates every parameter that has a gradient; the others keep their values. Some optimizers compute on an engine, and the
   * step is taken when their promise is fulfilled; {@link SynchronousOptimizer}s return nothing.
   *
   * @param gradients by parameter name
   * @throws {RangeError} if a gradient has no parameter, or the average is swapped in
   * @throws {ShapeError} if a gradient has another length than its parameter; nothing is updated in either case
   */
  abstract step(
    gradients: Readonly<Record<string, Float32Array>>,
    options?: StepOptions,
  ): void | Promise<void>;

  /**
   * Checks the gradients of a step.
   *
   * @returns what every parameter's part in the step is; {@link endStep} is to be told when all are updated
   * @throws what {@link step} throws
   */
  protected beginStep(
    gradients: Readonly<Record<string, Float32Array>>,
    { learningRate = this.learningRate, gradientScale = 1 }: StepOptions = {},
  ): ParameterUpdate<Settings>[] {
    for (const [name, gradient] of Object.entries(gradients)) {
      const { length } = this.#parameter('step', name).data;
      if (gradient.length !== length) {
        throw new ShapeError(
          `${this.#owner}.step: ${name} must have ${length} elements, got ${gradient.length}.`,
        );
      }
    }
    this.average?.requireSwappedOut(`${this.#owner}.step`);
    const strangers = Object.keys(gradients).filter((name) => !this.#memories.has(name));
    for (const [name, memory] of this.#newMemories(strangers)) this.#memories.set(name, memory);
    return Object.entries(gradients).map(([name, gradient]) => {
      const parameter = this.#parameters.get(name)!;
      const { settings, learningRateScale } = this.#resolved.get(name)!;
      const { slots, steps } = this.#memories.get(name)!;
      return {
        name,
        parameter,
        weights: parameter.data,
        gradient,
        gradientScale,
        learningRate: learningRate * learningRateScale,
        settings,
        step: steps + 1,
        slots,
      };
    });
  }

  /** Counts a step whose updates are done, and moves the average. */
  protected endStep(updates: readonly ParameterUpdate<Settings>[]): void {
    for (const { name, step } of updates) this.#memories.get(name)!.steps = step;
    this.#stepCount++;
    this.average?.update();
  }

  /**
   * The step count and what is remembered of every parameter updated so far, as `<slot>.<name>`. The arrays are the
   * optimizer's own: copy or encode them before the next step.
   *
   * @throws {RangeError} if the average is swapped in: the weights to save are then not the parameters'
   */
  state(): OptimizerState {
    const tensors: Record<string, TensorData> = {};
    for (const [name, { slots, steps }] of this.#memories) {
      const shapes = this.#slotShapesOf(name);
      for (const [slot, data] of Object.entries(slots)) {
        tensors[`${slot}.${name}`] = tensorData(data, shapes[slot]!);
      }
      const skipped = this.#stepCount - steps;
      if (skipped > 0) tensors[`${SKIPPED}.${name}`] = tensorData(Int32Array.of(skipped), []);
    }
    if (this.average) {
      this.average.requireSwappedOut(`${this.#owner}.state`);
      const { updateCount, tensors: means } = this.average.state();
      tensors[AVERAGE_COUNT] = tensorData(Int32Array.of(updateCount), []);
      for (const [name, mean] of Object.entries(means)) tensors[`${AVERAGE}.${name}`] = mean;
    }
    return { stepCount: this.#stepCount, tensors };
  }

  /**
   * Takes over a state, so that the next step is the one the state's owner would have taken. The values are copied.
   *
   * @throws {RangeError} if the state names a parameter the optimizer does not have, or lacks a slot of one it has
   * @throws {ShapeError} if a tensor does not have its slot's shape; nothing is loaded in either case
   */
  loadState({ stepCount, tensors }: OptimizerState): void {
    if (!Number.isSafeInteger(stepCount) || stepCount < 0) {
      throw new RangeError(
        `${this.#owner}.loadState: stepCount must be a non-negative integer, got ${stepCount}.`,
      );
    }
    const names = new Set<string>();
    const means: Record<string, TensorData> = {};
    for (const [key, tensor] of Object.entries(tensors)) {
      if (this.average && key === AVERAGE_COUNT) continue;
      const [kind, name] = splitKey(key);
      if (this.average && kind === AVERAGE) means[name] = tensor;
      else {
        this.#requireSlot(key, kind, name);
        names.add(name);
      }
    }
    for (const name of names) this.#requireTensors(name, tensors);
    // Checks everything before it changes anything; after it nothing fails.
    this.average?.loadState({ updateCount: countOf(tensors[AVERAGE_COUNT]), tensors: means });
    this.#memories.clear();
    for (const [name, memory] of this.#newMemories([...names])) {
      for (const [slot, data] of Object.entries(memory.slots)) data.set(tensors[`${slot}.${name}`]!.data);
      memory.steps = stepCount - countOf(tensors[`${SKIPPED}.${name}`]);
      this.#memories.set(name, memory);
    }
    this.#stepCount = stepCount;
  }

  #parameter(method: string, name: string): Parameter {
    const parameter = this.#parameters.get(name);
    if (parameter) return parameter;
    throw new RangeError(
      `${this.#owner}.${method}: names must be those of the optimizer's parameters, got ${name}.`,
    );
  }

  #slotShapesOf(name: string): Readonly<Record<string, readonly number[]>> {
    return this.slotShapes(this.#resolved.get(name)!.settings, this.#parameters.get(name)!);
  }

  /** First memories, in one piece: kernels reach them without copies. */
  #newMemories(names: readonly string[]): Map<string, Memory> {
    const slots = names.flatMap((name) =>
      Object.entries(this.#slotShapesOf(name)).map(([slot, shape]) => ({ name, slot, size: sizeOf(shape) })),
    );
    const arrays = allocateSlots(slots.map(({ size }) => size));
    const slotsOf = new Map<string, Record<string, Float32Array>>(names.map((name) => [name, {}]));
    for (const [index, { name, slot }] of slots.entries()) {
      const first = this.initialSlotValue(this.#resolved.get(name)!.settings);
      slotsOf.get(name)![slot] = first === 0 ? arrays[index]! : arrays[index]!.fill(first);
    }
    const memories = Array.from(slotsOf, ([name, own]): [string, Memory] => {
      // An optimizer without slots saves nothing, so its parameters count as if they had been there from the start.
      return [name, { slots: own, steps: Object.keys(own).length > 0 ? 0 : this.#stepCount }];
    });
    return new Map(memories);
  }

  #requireSlot(key: string, slot: string, name: string): void {
    const known = new Set(
      Array.from(this.#parameters.keys()).flatMap((each) => Object.keys(this.#slotShapesOf(each))),
    );
    if (slot !== SKIPPED && !known.has(slot)) {
      const expected = Array.from(known, (each) => `${each}.*`).join(' or ');
      throw new RangeError(
        `${this.#owner}.loadState: tensors must be named ${expected || 'nothing at all'}, got ${key}.`,
      );
    }
    this.#parameter('loadState', name);
    const own = Object.keys(this.#slotShapesOf(name));
    if (slot !== SKIPPED && !own.includes(slot)) {
      throw new RangeError(
        `${this.#owner}.loadState: tensors of ${name} must be ${own.join(' and ') || 'none'}, got ${key}.`,
      );
    }
  }

  #requireTensors(name: string, tensors: Readonly<Record<string, TensorData>>): void {
    const shapes = this.#slotShapesOf(name);
    for (const [slot, shape] of Object.entries(shapes)) {
      const key = `${slot}.${name}`;
      const tensor = tensors[key];
      if (!tensor) {
        const all = Object.keys(shapes).join(' and ');
        throw new RangeError(
          `${this.#owner}.loadState: tensors must hold ${all} of a parameter, ${key} is missing.`,
        );
      }
      if (!(tensor.data instanceof Float32Array) || `${tensor.shape}` !== `${shape}`) {
        throw new ShapeError(
          `${this.#owner}.loadState: ${key} must be float32 [${shape}], got ${tensor.dtype} [${tensor.shape}].`,
        );
      }
    }
  }
}

/** A slot's name ends at the first dot; parameters' names have dots of their own. */
function splitKey(key: string): [slot: string, name: string] {
  const dot = key.indexOf('.');
  return dot < 0 ? [key, ''] : [key.slice(0, dot), key.slice(dot + 1)];
}

function countOf(tensor: TensorData | undefined): number {
  return tensor?.data[0] ?? 0;
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
