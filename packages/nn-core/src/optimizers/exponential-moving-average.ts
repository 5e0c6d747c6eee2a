import { ShapeError, type TensorData, tensorData } from '@wordloom/compile';
import type { Parameter } from '../module/parameter.ts';

/** Options of {@link ExponentialMovingAverage}. */
export interface ExponentialMovingAverageOptions {
  /** Share of the mean that an update keeps, in [0, 1); default 0.999. */
  readonly decay?: number;
  /**
   * How the first weights, which are hardly trained, are kept from weighing long.
   *
   * - `bias-corrected` (default): a mean of all weights seen by updates, the first ones not counted more than their share, as
   *   Adam corrects its moments.
   * - `warm-up`: the decay of update n is min(decay, (1 + n) / (10 + n)), as in TensorFlow.
   * - `none`: the mean starts from the weights at construction and keeps `decay` of them from the first update on.
   */
  readonly start?: 'bias-corrected' | 'warm-up' | 'none';
}

/** What an average must keep to go on exactly. */
export interface AverageState {
  readonly updateCount: number;
  /** The means, by parameter name. */
  readonly tensors: Readonly<Record<string, TensorData>>;
}

/**
 * A running mean of a model's weights, which often generalizes better than the last weights do. Give it to an optimizer as
 * `average`: it then moves with every step, and is saved and loaded with the optimizer's state.
 *
 * @see Polyak & Juditsky 1992, "Acceleration of stochastic approximation by averaging"; Kingma & Ba 2015, §7.2
 * @example
 * const parameters = model.namedParameters();
 * const average = new ExponentialMovingAverage(parameters, { decay: 0.999 });
 * const optimizer = new AdamW(parameters, { average });
 * const evaluation = { interval: 250, loss: () => average.use(() => evaluator.evaluate(validation)) };
 */
export class ExponentialMovingAverage {
  readonly decay: number;
  readonly start: 'bias-corrected' | 'warm-up' | 'none';
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #means: ReadonlyMap<string, Float32Array>;
  #updateCount = 0;
  #swappedIn = false;

  /** @throws {RangeError} if the decay is not in [0, 1) */
  constructor(
    parameters: ReadonlyMap<string, Parameter>,
    { decay = 0.999, start = 'bias-corrected' }: ExponentialMovingAverageOptions = {},
  ) {
    if (!(decay >= 0 && decay < 1)) {
      throw new RangeError(`ExponentialMovingAverage: decay must be in [0, 1), got ${decay}.`);
    }
    this.decay = decay;
    this.start = start;
    this.#parameters = parameters;
    this.#means = new Map(Array.from(parameters, ([name, { data }]) => [name, data.slice()]));
  }

  /** Number of updates so far. */
  get updateCount(): number {
    return this.#updateCount;
  }

  /** Whether the parameters hold the means at the moment. */
  get swappedIn(): boolean {
    return this.#swappedIn;
  }

  /**
   * Moves the means towards the weights.
   *
   * @throws {RangeError} if the means are swapped in
   */
  update(): void {
    this.requireSwappedOut('ExponentialMovingAverage.update');
    this.#updateCount++;
    const share = this.#shareOf(this.#updateCount);
    for (const [name, mean] of this.#means) {
      const { data } = this.#parameters.get(name)!;
      for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + share * (data[i]! - mean[i]!);
    }
  }

  /** Exchanges means and weights, in place: the model then computes with the means, until the next call. */
  swap(): void {
    for (const [name, mean] of this.#means) {
      const { data } = this.#parameters.get(name)!;
      const weights = data.slice();
      data.set(mean);
      mean.set(weights);
    }
    this.#swappedIn = !this.#swappedIn;
  }

  /**
   * Runs `fn` with the means as the weights, and puts the weights back when it is done or fails.
   *
   * @throws {RangeError} if the means are swapped in already
   */
  async use<T>(fn: () => T | Promise<T>): Promise<T> {
    this.requireSwappedOut('ExponentialMovingAverage.use');
    this.swap();
    try {
      return await fn();
    } finally {
      this.swap();
    }
  }

  /** The means, by reference, and how often they moved. */
  state(): AverageState {
    this.requireSwappedOut('ExponentialMovingAverage.state');
    const tensors = Array.from(this.#means, ([name, mean]) => [
      name,
      tensorData(mean, this.#parameters.get(name)!.shape),
    ]);
    return { updateCount: this.#updateCount, tensors: Object.fromEntries(tensors) };
  }

  /**
   * Takes over a state. The values are copied.
   *
   * @throws {RangeError} if a mean is missing or there is one too many, or the means are swapped in
   * @throws {ShapeError} if one does not have its parameter's shape; nothing is loaded in any case
   */
  loadState({ updateCount, tensors }: AverageState): void {
    const owner = 'ExponentialMovingAverage.loadState';
    this.requireSwappedOut(owner);
    if (!Number.isSafeInteger(updateCount) || updateCount < 0) {
      throw new RangeError(`${owner}: updateCount must be a non-negative integer, got ${updateCount}.`);
    }
    const foreign = Object.keys(tensors).find((name) => !this.#parameters.has(name));
    if (foreign !== undefined) {
      throw new RangeError(`${owner}: names must be those of the average's parameters, got ${foreign}.`);
    }
    for (const [name, { shape }] of this.#parameters) {
      const tensor = tensors[name];
      if (!tensor) throw new RangeError(`${owner}: tensors must hold every mean, ${name} is missing.`);
      if (!(tensor.data instanceof Float32Array) || `${tensor.shape}` !== `${shape}`) {
        throw new ShapeError(
          `${owner}: ${name} must be float32 [${shape}], got ${tensor.dtype} [${tensor.shape}].`,
        );
      }
    }
    for (const [name, mean] of this.#means) mean.set(tensors[name]!.data);
    this.#updateCount = updateCount;
  }

  /** @throws {RangeError} if the means are swapped in, naming `owner` */
  requireSwappedOut(owner: string): void {
    if (this.#swappedIn) {
      throw new RangeError(
        `${owner}: the average must be swapped out, got it swapped in. Call swap() first.`,
      );
    }
  }

  /** How far update `count`, from 1, moves the means. */
  #shareOf(count: number): number {
    const { decay, start } = this;
    if (start === 'bias-corrected') return (1 - decay) / (1 - decay ** count);
    return 1 - (start === 'warm-up' ? Math.min(decay, (1 + count) / (10 + count)) : decay);
  }
}
