import { ShapeError } from '@wordloom/compile';

type Gradients = Readonly<Record<string, Float32Array>>;

/**
 * Adds up the gradients of micro-batches, so that a step can be taken as if they had been one batch. The sums stay in place,
 * in arrays of the accumulator's own; the gradients added may be overwritten afterwards.
 *
 * @example
 * const accumulator = new GradientAccumulator();
 * for (const microBatch of batches) {
 *   await trainStep.run(microBatch, { seed, step });
 *   accumulator.add(trainStep.gradients);
 * }
 * optimizer.step(accumulator.average());
 */
export class GradientAccumulator {
  readonly #sums = new Map<string, Float32Array>();
  #weight = 0;
  #averaged = false;

  /** The weights added since the last average. */
  get totalWeight(): number {
    return this.#averaged ? 0 : this.#weight;
  }

  /**
   * Adds gradients by parameter name; a name that is not there adds zero.
   *
   * @param options.weight how much they count, default 1. Where micro-batches differ in their number of targets, that
   * number makes the average the gradient of all targets' mean loss
   * @throws {RangeError} if the weight is not positive
   * @throws {ShapeError} if a gradient has another length than before; nothing is added then
   */
  add(gradients: Gradients, { weight = 1 }: { readonly weight?: number } = {}): void {
    if (!(weight > 0 && weight < Infinity)) {
      throw new RangeError(`GradientAccumulator.add: weight must be positive, got ${weight}.`);
    }
    for (const [name, { length }] of Object.entries(gradients)) {
      const sum = this.#sums.get(name);
      if (sum && sum.length !== length) {
        throw new ShapeError(
          `GradientAccumulator.add: ${name} must have ${sum.length} elements, got ${length}.`,
        );
      }
    }
    if (this.#averaged) {
      for (const sum of this.#sums.values()) sum.fill(0);
      this.#weight = 0;
      this.#averaged = false;
    }
    for (const [name, gradient] of Object.entries(gradients)) {
      let sum = this.#sums.get(name);
      if (!sum) {
        sum = new Float32Array(gradient.length);
        this.#sums.set(name, sum);
      }
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + weight * gradient[i]!;
    }
    this.#weight += weight;
  }

  /**
   * The weighted mean of what was added, by parameter name; the next {@link add} begins anew.
   *
   * @returns the accumulator's own arrays, valid until then
   * @throws {RangeError} if nothing was added since the last time
   */
  average(): Record<string, Float32Array> {
    if (this.totalWeight === 0) {
      throw new RangeError('GradientAccumulator.average: gradients must be added first, got none.');
    }
    const scale = 1 / this.#weight;
    for (const sum of this.#sums.values()) for (let i = 0; i < sum.length; i++) sum[i] = scale * sum[i]!;
    this.#averaged = true;
    return Object.fromEntries(this.#sums);
  }
}
