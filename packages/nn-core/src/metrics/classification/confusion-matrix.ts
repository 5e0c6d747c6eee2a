import { requireSizes } from '../../module/require-sizes.ts';
import { requirePairs } from '../require-pairs.ts';

/** Options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions {
  /** Default: one more than the largest class that occurs, at least 2. */
  readonly classCount?: number;
  /** Targets of this value do not count, such as −100 for padding. */
  readonly ignoreIndex?: number;
}

/**
 * How often each class was taken for each other. It grows batch by batch, so the data may be larger than memory, and
 * precision, recall, F, accuracy and Matthews correlation all follow from it.
 *
 * @example
 * const matrix = new ConfusionMatrix(3);
 * for (const { targets, predictions } of batches) matrix.add(targets, predictions);
 * precisionRecall(matrix, { average: 'macro' }).fScore;
 */
export class ConfusionMatrix {
  readonly classCount: number;
  /** `[classCount, classCount]`, row-major: row = target, column = prediction. */
  readonly counts: Float64Array;
  readonly #ignoreIndex: number | undefined;

  /** @throws {RangeError} unless `classCount` is a positive integer */
  constructor(classCount: number, { ignoreIndex }: { readonly ignoreIndex?: number } = {}) {
    requireSizes('ConfusionMatrix', { classCount });
    this.classCount = classCount;
    this.counts = new Float64Array(classCount * classCount);
    this.#ignoreIndex = ignoreIndex;
  }

  /**
   * @param targets     true classes
   * @param predictions predicted classes
   * @throws {RangeError} if the lengths differ or a class is not in [0, classCount); nothing is added then
   */
  add(targets: ArrayLike<number>, predictions: ArrayLike<number>): this {
    requirePairs('ConfusionMatrix.add', { targets, predictions });
    for (let index = 0; index < targets.length; index++) {
      if (targets[index] === this.#ignoreIndex) continue;
      this.#requireClass('targets', targets[index]!, index);
      this.#requireClass('predictions', predictions[index]!, index);
    }
    for (let index = 0; index < targets.length; index++) {
      if (targets[index] === this.#ignoreIndex) continue;
      this.counts[targets[index]! * this.classCount + predictions[index]!]!++;
    }
    return this;
  }

  /** How often `target` was predicted as `prediction`. */
  count(target: number, prediction: number): number {
    return this.counts[target * this.classCount + prediction] ?? 0;
  }

  /** Pairs that were added, ignored ones left out. */
  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The share of predictions that were right. @throws {RangeError} without a pair */
  get accuracy(): number {
    const { total } = this;
    if (total === 0) throw new RangeError('ConfusionMatrix.accuracy: there must be a pair, got none.');
    let correct = 0;
    for (let index = 0; index < this.classCount; index++) correct += this.count(index, index);
    return correct / total;
  }

  /** `[classCount]`: how often each class was the target. */
  targetCounts(): Float64Array {
    const sums = new Float64Array(this.classCount);
    for (let cell = 0; cell < this.counts.length; cell++) {
      sums[Math.floor(cell / this.classCount)]! += this.counts[cell]!;
    }
    return sums;
  }

  /** `[classCount]`: how often each class was predicted. */
  predictionCounts(): Float64Array {
    const sums = new Float64Array(this.classCount);
    for (let cell = 0; cell < this.counts.length; cell++) {
      sums[cell % this.classCount]! += this.counts[cell]!;
    }
    return sums;
  }

  #requireClass(name: string, value: number, index: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= this.classCount) {
      throw new RangeError(
        `ConfusionMatrix.add: ${name}[${index}] must be a class in [0, ${this.classCount}), got ${value}.`,
      );
    }
  }
}

/**
 * The {@link ConfusionMatrix} of arrays that fit in memory.
 *
 * @param targets     true classes
 * @param predictions predicted classes
 */
export function confusionMatrix(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { classCount, ignoreIndex }: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  let largest = 1;
  for (const column of [targets, predictions]) {
    for (let index = 0; index < column.length; index++) largest = Math.max(largest, column[index]!);
  }
  const options = ignoreIndex === undefined ? {} : { ignoreIndex };
  return new ConfusionMatrix(classCount ?? largest + 1, options).add(targets, predictions);
}
