import { requireSizes } from '../../module/require-sizes.ts';
import { requirePairs } from '../require-pairs.ts';

/** Options of {@link CalibrationMeter}. */
export interface CalibrationOptions {
  /** Bins of equal width; default 15. */
  readonly binCount?: number;
}

/** Predictions of about the same confidence. */
export interface CalibrationBin {
  /** Confidences above this; the first bin holds its own edge, 0, too. */
  readonly lower: number;
  /** Confidences up to this. */
  readonly upper: number;
  readonly count: number;
  /** Mean confidence; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of right predictions; NaN in an empty bin. */
  readonly accuracy: number;
}

/**
 * Whether a classifier's confidence is its accuracy: predictions fall into bins by confidence, and each bin's mean
 * confidence is compared with its accuracy. Predictions may be added batch by batch.
 *
 * @see Guo et al. 2017, "On calibration of modern neural networks", §2
 * @example
 * const meter = new CalibrationMeter();
 * for (const { confidences, correct } of batches) meter.add(confidences, correct);
 * meter.expectedError;
 */
export class CalibrationMeter {
  readonly #counts: Float64Array;
  readonly #confidences: Float64Array;
  readonly #correct: Float64Array;

  constructor({ binCount = 15 }: CalibrationOptions = {}) {
    requireSizes('CalibrationMeter', { binCount });
    this.#counts = new Float64Array(binCount);
    this.#confidences = new Float64Array(binCount);
    this.#correct = new Float64Array(binCount);
  }

  /**
   * @param confidences the probability the model gave its prediction, in [0, 1]
   * @param correct     whether the prediction was right
   * @throws {RangeError} if the lengths differ or a confidence is outside [0, 1]; nothing is added then
   */
  add(confidences: ArrayLike<number>, correct: ArrayLike<number | boolean>): this {
    requirePairs('CalibrationMeter.add', { confidences, correct });
    for (let index = 0; index < confidences.length; index++) {
      if (!(confidences[index]! >= 0 && confidences[index]! <= 1)) {
        throw new RangeError(
          `CalibrationMeter.add: confidences[${index}] must be in [0, 1], got ${confidences[index]}. Apply softmax to logits first.`,
        );
      }
    }
    for (let index = 0; index < confidences.length; index++) {
      const bin = this.#binOf(confidences[index]!);
      this.#counts[bin]!++;
      this.#confidences[bin]! += confidences[index]!;
      this.#correct[bin]! += Number(correct[index]);
    }
    return this;
  }

  /** The reliability diagram, lowest confidence first. */
  bins(): CalibrationBin[] {
    const binCount = this.#counts.length;
    return Array.from(this.#counts, (count, bin) => ({
      lower: bin / binCount,
      upper: (bin + 1) / binCount,
      count,
      confidence: this.#confidences[bin]! / count,
      accuracy: this.#correct[bin]! / count,
    }));
  }

  /** Mean distance between confidence and accuracy, bins weighted by their predictions. @throws {RangeError} when empty */
  get expectedError(): number {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    return this.#gaps().reduce((sum, { count, gap }) => sum + (count * gap) / total, 0);
  }

  /** Largest distance between confidence and accuracy of any bin. @throws {RangeError} when empty */
  get maximumError(): number {
    return Math.max(...this.#gaps().map(({ gap }) => gap));
  }

  #binOf(confidence: number): number {
    const binCount = this.#counts.length;
    const bin = Math.max(0, Math.ceil(confidence * binCount) - 1);
    // The product may be rounded past an edge: 0.07 · 100 > 7.
    return bin > 0 && confidence <= bin / binCount ? bin - 1 : bin;
  }

  #gaps(): { count: number; gap: number }[] {
    const filled = this.bins().filter(({ count }) => count > 0);
    if (filled.length === 0) throw new RangeError('CalibrationMeter: there must be a prediction, got none.');
    return filled.map(({ count, confidence, accuracy }) => ({ count, gap: Math.abs(confidence - accuracy) }));
  }
}

/**
 * Expected calibration error of predictions in memory: see {@link CalibrationMeter}.
 *
 * @param confidences the probability the model gave its prediction, in [0, 1]
 * @param correct     whether the prediction was right
 */
export function expectedCalibrationError(
  confidences: ArrayLike<number>,
  correct: ArrayLike<number | boolean>,
  options: CalibrationOptions = {},
): number {
  return new CalibrationMeter(options).add(confidences, correct).expectedError;
}
