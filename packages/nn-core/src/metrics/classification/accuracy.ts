import { requirePairs } from '../require-pairs.ts';

/** Options of {@link accuracy}. */
export interface AccuracyOptions {
  /** Targets of this value do not count, such as −100 for padding. */
  readonly ignoreIndex?: number;
}

/** Options of {@link topKAccuracy}. */
export interface TopKAccuracyOptions extends AccuracyOptions {
  /** How many guesses each target has. */
  readonly k: number;
}

/**
 * The share of predictions that equal their targets.
 *
 * @throws {RangeError} if the lengths differ or no target counts
 */
export function accuracy(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { ignoreIndex }: AccuracyOptions = {},
): number {
  requirePairs('accuracy', { targets, predictions });
  return share('accuracy', targets, ignoreIndex, (target, index) => target === predictions[index]);
}

/**
 * The share of targets among the `k` classes with the largest scores. Of equal scores the lower class comes first, so
 * that k = 1 is the accuracy of an argmax (scikit-learn puts the higher class first).
 *
 * @param targets `[rows]`, classes
 * @param scores  `[rows, classes]`, row-major: logits or probabilities
 * @throws {RangeError} if scores are not whole rows, a score is NaN, a target is no class, or no target counts
 */
export function topKAccuracy(
  targets: ArrayLike<number>,
  scores: ArrayLike<number>,
  { k, ignoreIndex }: TopKAccuracyOptions,
): number {
  if (targets.length === 0) throw new RangeError('topKAccuracy: targets must not be empty.');
  const classCount = scores.length / targets.length;
  if (!Number.isInteger(classCount) || classCount === 0) {
    throw new RangeError(
      `topKAccuracy: scores must hold one row for each of ${targets.length} targets, got ${scores.length} scores.`,
    );
  }
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`topKAccuracy: k must be a positive integer, got ${k}.`);
  }
  return share('topKAccuracy', targets, ignoreIndex, (target, row) => {
    const start = row * classCount;
    const own = scores[start + target];
    if (!(target >= 0 && target < classCount) || own === undefined) {
      throw new RangeError(
        `topKAccuracy: targets[${row}] must be a class in [0, ${classCount}), got ${target}.`,
      );
    }
    let ahead = 0;
    for (let other = 0; other < classCount; other++) {
      const score = scores[start + other]!;
      if (Number.isNaN(score))
        throw new RangeError(`topKAccuracy: scores must be numbers, got NaN in row ${row}.`);
      if (score > own || (score === own && other < target)) ahead++;
    }
    return ahead < k;
  });
}

function share(
  owner: string,
  targets: ArrayLike<number>,
  ignoreIndex: number | undefined,
  isRight: (target: number, index: number) => boolean,
): number {
  let counted = 0;
  let right = 0;
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index]!;
    if (target === ignoreIndex) continue;
    counted++;
    if (isRight(target, index)) right++;
  }
  if (counted === 0) throw new RangeError(`${owner}: a target must count, got only ignored ones.`);
  return right / counted;
}
