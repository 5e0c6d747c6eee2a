import * as tf from '@tensorflow/tfjs-core';
import { dropout, linear, type RandomStream, ShapeError, RandomStream as Stream } from '@wordloom/compile';
import { type InitializationOptions, Module, Parameter, uniformInitializer } from '@wordloom/nn-core';
import type { CellState, RecurrentCell } from '../cells/recurrent-cell.ts';
import { tidied } from '../tidied.ts';
import { lockedDropout } from './locked-dropout.ts';
import { requireRate, requireSize } from './require-options.ts';
import { type Direction, runDirection } from './run-direction.ts';

/** Options of {@link Rnn}, {@link Lstm} and {@link Gru}. */
export interface RecurrentOptions extends InitializationOptions {
  /** Layers, each on the outputs of the one before. Default 1. */
  readonly layerCount?: number;
  /** Whether each layer also runs from the last step to the first; outputs of both stand side by side. Default false. */
  readonly bidirectional?: boolean;
  /** Default true. */
  readonly bias?: boolean;
  /** Of what goes from one layer to the next, in [0, 1). Default 0. */
  readonly dropout?: number;
  /** Whether {@link dropout} drops the same numbers at every step of a sequence (variational dropout). Default false. */
  readonly locked?: boolean;
  /** Of the hidden state from step to step, the same numbers at every step, in [0, 1). Default 0. */
  readonly recurrentDropout?: number;
  /** Of the weights from state to state, drawn once for each pass, in [0, 1) (DropConnect). Default 0. */
  readonly weightDropout?: number;
}

/** What one pass starts from and how long its sequences are. */
export interface ForwardOptions {
  /** The state before the first step, as a pass returns it. Default zeros. */
  readonly state?: CellState | undefined;
  /** int32 `[batch]`: steps of each sequence; what stands after them is padding and has no effect. Default all. */
  readonly lengths?: tf.Tensor | undefined;
  /**
   * `[layers · directions, time, batch, state size]`, added to the hidden states: with zeros, the gradient with respect to it is that of
   * every hidden state. Default none.
   */
  readonly probe?: tf.Tensor | undefined;
}

/** What a pass returns. */
export interface RecurrentResult {
  /** `[batch, time, directions · state size]` of the last layer; zeros after a sequence's end. */
  readonly outputs: tf.Tensor;
  /** `[layers · directions, batch, size]` each, after the last step of each sequence: hidden, and cell of an LSTM. */
  readonly state: CellState;
}

interface Sizes {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Size of the hidden state where it is projected; default hiddenSize. */
  readonly projectionSize?: number | undefined;
}

/**
 * A stack of recurrent layers. Parameters have PyTorch's names, shapes and gate order (`weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`,
 * `weight_hr_l0`; `_reverse` for the other direction), so its files load as they are; all start uniform in ±1/√hiddenSize, as there.
 *
 * Compiled, the steps are one loop in the graph, however many they are.
 */
export abstract class RecurrentNetwork extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Numbers in a hidden state: projectionSize, or hiddenSize. */
  readonly stateSize: number;
  readonly layerCount: number;
  readonly bidirectional: boolean;
  readonly dropout: number;
  readonly locked: boolean;
  readonly recurrentDropout: number;
  readonly weightDropout: number;
  readonly #cell: RecurrentCell;
  readonly #weights: ReadonlyMap<string, Parameter>;

  /** @throws {RangeError} if a size is no positive integer, or a rate is not in [0, 1) */
  protected constructor(cell: RecurrentCell, sizes: Sizes, options: RecurrentOptions) {
    super();
    const { name } = new.target;
    const { inputSize, hiddenSize, projectionSize } = sizes;
    const { layerCount = 1, bidirectional = false, bias = true, locked = false } = options;
    const { dropout = 0, recurrentDropout = 0, weightDropout = 0 } = options;
    requireSize(name, { inputSize, hiddenSize, layerCount, ...(projectionSize && { projectionSize }) });
    requireRate(name, { dropout, recurrentDropout, weightDropout });
    if (projectionSize !== undefined && projectionSize >= hiddenSize) {
      throw new RangeError(
        `${name}: projectionSize must be below hiddenSize = ${hiddenSize}, got ${projectionSize}.`,
      );
    }
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.stateSize = projectionSize ?? hiddenSize;
    this.layerCount = layerCount;
    this.bidirectional = bidirectional;
    this.dropout = dropout;
    this.locked = locked;
    this.recurrentDropout = recurrentDropout;
    this.weightDropout = weightDropout;
    this.#cell = cell;
    const { initializer = uniformInitializer(1 / Math.sqrt(hiddenSize)), random = new Stream(0) } = options;
    const parameter = (shape: readonly number[], random: RandomStream): Parameter =>
      new Parameter(initializer(shape, random), shape);
    const weights = new Map<string, Parameter>();
    for (let layer = 0; layer < layerCount; layer++) {
      const size = layer === 0 ? inputSize : this.outputSize;
      for (const suffix of this.#suffixes(layer)) {
        const rows = cell.gateCount * hiddenSize;
        weights.set(`weight_ih_${suffix}`, parameter([rows, size], random));
        weights.set(`weight_hh_${suffix}`, parameter([rows, this.stateSize], random));
        if (bias) {
          weights.set(`bias_ih_${suffix}`, parameter([rows], random));
          weights.set(`bias_hh_${suffix}`, parameter([rows], random));
        }
        if (projectionSize !== undefined) {
          weights.set(`weight_hr_${suffix}`, parameter([projectionSize, hiddenSize], random));
        }
      }
    }
    Object.assign(this, Object.fromEntries(weights)); // where a module's parameters are found
    this.#weights = weights;
  }

  /** Numbers in an output: state size times directions. */
  get outputSize(): number {
    return this.stateSize * (this.bidirectional ? 2 : 1);
  }

  /** `[layers · directions, batch, size]` of each part of the state. */
  stateShapes(batch: number): Record<string, [number, number, number]> {
    const count = this.layerCount * (this.bidirectional ? 2 : 1);
    return Object.fromEntries(
      this.#cell.stateNames.map((name) => [name, [count, batch, this.#sizeOf(name)]]),
    );
  }

  /**
   * @param x `[batch, time, inputSize]`
   * @returns owned by the caller
   * @throws {ShapeError} if shapes do not fit
   */
  forward(x: tf.Tensor, options: ForwardOptions = {}): RecurrentResult {
    this.#requireInput('[batch, time', x);
    return tidied(() => {
      const { outputs, state } = this.forwardTimeFirst(tf.transpose(x, [1, 0, 2]), options);
      return { outputs: tf.transpose(outputs, [1, 0, 2]), state };
    });
  }

  /**
   * As {@link forward}, with time as the first axis, as loops go: nothing is transposed.
   *
   * @param x `[time, batch, inputSize]`
   * @returns outputs `[time, batch, outputSize]`
   * @throws {ShapeError} if shapes do not fit
   */
  forwardTimeFirst(x: tf.Tensor, options: ForwardOptions = {}): RecurrentResult {
    this.#requireInput('[time, batch', x);
    const [time, batch] = x.shape as [number, number];
    this.#requireOptions(batch, time, options);
    return tidied(() => this.#run(x, time, batch, options));
  }

  #run(
    x: tf.Tensor,
    time: number,
    batch: number,
    { state, lengths, probe }: ForwardOptions,
  ): RecurrentResult {
    const real = lengths && withinSequences(lengths, time);
    const last: CellState[] = [];
    let outputs = x;
    for (let layer = 0; layer < this.layerCount; layer++) {
      if (layer > 0) outputs = this.#dropBetween(outputs);
      const results = this.#suffixes(layer).map((suffix, direction) => {
        const index = last.length + direction;
        return runDirection(
          this.#direction(suffix, batch),
          outputs,
          this.#stateAt(index, batch, state),
          real,
          probe && rowAt(probe, index),
        );
      });
      last.push(...results.map(({ state }) => state));
      outputs =
        results.length === 1
          ? results[0]!.outputs
          : tf.concat(
              results.map((result) => result.outputs),
              2,
            );
    }
    const names = this.#cell.stateNames;
    const stacked = names.map((name) => [name, tf.stack(last.map((state) => state[name]!))] as const);
    return { outputs, state: Object.fromEntries(stacked) };
  }

  #suffixes(layer: number): string[] {
    return this.bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`];
  }

  #direction(suffix: string, batch: number): Direction {
    const value = (name: string): tf.Tensor | undefined => this.#weights.get(`${name}_${suffix}`)?.value;
    const rate = (of: number): number => (this.training ? of : 0);
    const recurrent = value('weight_hh')!;
    const dropped = rate(this.recurrentDropout);
    return {
      cell: this.#cell,
      inputWeight: value('weight_ih')!,
      inputBias: value('bias_ih'),
      weights: {
        hidden: rate(this.weightDropout) > 0 ? dropout(recurrent, this.weightDropout) : recurrent,
        hiddenBias: value('bias_hh'),
        projection: value('weight_hr'),
      },
      reverse: suffix.endsWith('_reverse'),
      keep: dropped > 0 ? dropout(tf.ones([batch, this.stateSize]), dropped) : undefined,
    };
  }

  #dropBetween(x: tf.Tensor): tf.Tensor {
    if (!this.training || this.dropout === 0) return x;
    return this.locked ? lockedDropout(x, this.dropout) : dropout(x, this.dropout);
  }

  #stateAt(index: number, batch: number, state: CellState | undefined): CellState {
    return Object.fromEntries(
      this.#cell.stateNames.map((name) => {
        return [name, state ? rowAt(state[name]!, index) : tf.zeros([batch, this.#sizeOf(name)])];
      }),
    );
  }

  #sizeOf(stateName: string): number {
    return stateName === 'hidden' ? this.stateSize : this.hiddenSize;
  }

  /**
   * One step at a time, for decoders: a function from the input of a step and the state of each layer to the output and the states after it.
   *
   * Weights that are dropped are drawn once, here.
   *
   * @param batch rows of all that is given
   * @throws {RangeError} if the network also runs from the last step to the first
   */
  stepper(
    batch: number,
  ): (x: tf.Tensor, states: readonly CellState[]) => { output: tf.Tensor; states: readonly CellState[] } {
    if (this.bidirectional) {
      throw new RangeError(`${this.constructor.name}.stepper: the network must run in one direction.`);
    }
    const layers = Array.from({ length: this.layerCount }, (_, layer) => this.#direction(`l${layer}`, batch));
    return (x, states) => {
      let output = x;
      const next = layers.map(({ cell, inputWeight, inputBias, weights, keep }, layer) => {
        if (layer > 0 && this.training && this.dropout > 0) output = dropout(output, this.dropout);
        const before = states[layer]!;
        const state = keep ? { ...before, hidden: tf.mul(before.hidden!, keep) } : before;
        const after = cell.step(linear(output, inputWeight, inputBias), state, weights);
        output = after.hidden!;
        return after;
      });
      return { output, states: next };
    };
  }

  #requireInput(axes: string, x: tf.Tensor): void {
    if (x.rank === 3 && x.shape[2] === this.inputSize && x.shape[0]! > 0 && x.shape[1]! > 0) return;
    throw new ShapeError(
      `${this.constructor.name}.forward: x must be ${axes}, ${this.inputSize}], got [${x.shape}].`,
    );
  }

  #requireOptions(batch: number, time: number, { state, lengths, probe }: ForwardOptions): void {
    const caller = `${this.constructor.name}.forward`;
    const shapes = this.stateShapes(batch);
    for (const [name, expected] of state ? Object.entries(shapes) : []) {
      const got = state![name]?.shape;
      if (`${got}` !== `${expected}`) {
        throw new ShapeError(
          `${caller}: state.${name} must be [layers · directions, batch, size] = [${expected}], got ${got ? `[${got}]` : 'none'}.`,
        );
      }
    }
    if (lengths && (lengths.dtype !== 'int32' || `${lengths.shape}` !== `${batch}`)) {
      throw new ShapeError(
        `${caller}: lengths must be int32 [${batch}], got ${lengths.dtype} [${lengths.shape}].`,
      );
    }
    const probed = [shapes.hidden![0], time, batch, this.stateSize];
    if (probe && `${probe.shape}` !== `${probed}`) {
      throw new ShapeError(`${caller}: probe must be [${probed}], got [${probe.shape}].`);
    }
  }
}

/** bool `[time, batch, 1]`: true for the steps of each sequence. */
function withinSequences(lengths: tf.Tensor, time: number): tf.Tensor {
  const steps = tf.reshape(tf.range(0, time, 1, 'int32'), [time, 1, 1]);
  return tf.less(steps, tf.reshape(lengths, [1, lengths.size, 1]));
}

/** Row `index` of the first axis, without that axis. */
function rowAt(x: tf.Tensor, index: number): tf.Tensor {
  const [, ...rest] = x.shape;
  return tf.reshape(tf.slice(x, [index, ...rest.map(() => 0)], [1, ...rest]), rest);
}
