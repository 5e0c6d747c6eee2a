import type { ConfusionMatrix } from './confusion-matrix.ts';

/** Precision, recall and F of a class, or averaged over classes. */
export interface PrecisionRecall {
  /** Share of its predictions that are right. */
  readonly precision: number;
  /** Share of its targets that were found. */
  readonly recall: number;
  /** Their harmonic mean, recall weighted β times: F1 unless `beta` says otherwise. */
  readonly fScore: number;
  /** Targets of the class, or of all classes averaged. */
  readonly support: number;
}

/** Options of {@link precisionRecallByClass}. */
export interface PrecisionRecallOptions {
  /** How much more recall counts than precision; default 1. */
  readonly beta?: number;
  /**
   * What a ratio without a denominator is, such as the precision of a class that was never predicted: 0 (default), 1,
   * or NaN, which the macro and weighted averages leave out.
   */
  readonly zeroDivision?: number;
}

/** Options of {@link precisionRecall}. */
export interface AveragedPrecisionRecallOptions extends PrecisionRecallOptions {
  /**
   * - `binary`: of `positiveClass` alone
   * - `micro`: of all decisions together
   * - `macro`: the mean over classes
   * - `weighted`: the mean over classes, weighted by support
   */
  readonly average: 'binary' | 'micro' | 'macro' | 'weighted';
  /** For `binary`; default 1. */
  readonly positiveClass?: number;
  /** Classes to average over; default those that occur as a target or as a prediction. */
  readonly classes?: readonly number[];
}

/**
 * Precision, recall and F of each class, as scikit-learn's `precision_recall_fscore_support(average=None)`.
 *
 * F is (1 + β²) TP / (β² targets + predictions): 0 for a class that was never right, `zeroDivision` for a class that
 * occurs nowhere.
 *
 * @returns one entry for each class
 */
export function precisionRecallByClass(
  matrix: ConfusionMatrix,
  options: PrecisionRecallOptions = {},
): PrecisionRecall[] {
  const targets = matrix.targetCounts();
  const predictions = matrix.predictionCounts();
  return Array.from(targets, (support, index) =>
    ratios({ hits: matrix.count(index, index), predicted: predictions[index]!, support }, options),
  );
}

/**
 * Precision, recall and F averaged over classes, as scikit-learn's `precision_recall_fscore_support`.
 *
 * @throws {RangeError} if a class is not one of the matrix, or `beta` is negative
 * @example
 * precisionRecall(confusionMatrix(targets, predictions), { average: 'macro' }).fScore;
 */
export function precisionRecall(
  matrix: ConfusionMatrix,
  { average, positiveClass = 1, classes, ...options }: AveragedPrecisionRecallOptions,
): PrecisionRecall {
  const targets = matrix.targetCounts();
  const predictions = matrix.predictionCounts();
  const occurring = (): number[] =>
    [...targets.keys()].filter((index) => targets[index]! > 0 || predictions[index]! > 0);
  const chosen = average === 'binary' ? [positiveClass] : [...new Set(classes ?? occurring())];
  for (const index of chosen) {
    if (!Number.isInteger(index) || index < 0 || index >= matrix.classCount) {
      throw new RangeError(
        `precisionRecall: classes must be in [0, ${matrix.classCount}), got ${index}. Make the matrix with a larger classCount, or choose another positiveClass.`,
      );
    }
  }
  const decisions = chosen.map((index) => ({
    hits: matrix.count(index, index),
    predicted: predictions[index]!,
    support: targets[index]!,
  }));
  const sums = decisions.reduce(
    (sum, { hits, predicted, support }) => ({
      hits: sum.hits + hits,
      predicted: sum.predicted + predicted,
      support: sum.support + support,
    }),
    { hits: 0, predicted: 0, support: 0 },
  );
  if (average === 'micro' || average === 'binary' || (average === 'weighted' && sums.support === 0)) {
    return ratios(sums, options);
  }
  const scores = decisions.map((decision) => ratios(decision, options));
  const mean = (of: 'precision' | 'recall' | 'fScore'): number => {
    const known = scores.filter((score) => !Number.isNaN(score[of]));
    const weight = ({ support }: PrecisionRecall): number => (average === 'weighted' ? support : 1);
    const total = known.reduce((sum, score) => sum + weight(score), 0);
    return known.reduce((sum, score) => sum + weight(score) * score[of], 0) / total;
  };
  return {
    precision: mean('precision'),
    recall: mean('recall'),
    fScore: mean('fScore'),
    support: sums.support,
  };
}

/** Right decisions, and how many there were from either side. */
interface Decisions {
  readonly hits: number;
  readonly predicted: number;
  readonly support: number;
}

function ratios(
  { hits, predicted, support }: Decisions,
  { beta = 1, zeroDivision = 0 }: PrecisionRecallOptions,
): PrecisionRecall {
  if (!(beta >= 0)) throw new RangeError(`precisionRecall: beta must not be negative, got ${beta}.`);
  const ratio = (numerator: number, denominator: number): number =>
    denominator === 0 ? zeroDivision : numerator / denominator;
  const precision = ratio(hits, predicted);
  const recall = ratio(hits, support);
  const square = beta * beta;
  const fScore =
    beta === Number.POSITIVE_INFINITY ? recall : ratio((1 + square) * hits, square * support + predicted);
  return { precision, recall, fScore, support };
}
