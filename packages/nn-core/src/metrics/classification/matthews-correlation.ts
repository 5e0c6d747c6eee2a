import type { ConfusionMatrix } from './confusion-matrix.ts';

/**
 * Matthews correlation of targets and predictions, for two classes or more: 1 for perfect prediction, 0 for
 * guessing, and 0 also where it is undefined (only one class in the targets or in the predictions).
 *
 * @see Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient"
 * @example matthewsCorrelation(confusionMatrix(targets, predictions));
 */
export function matthewsCorrelation(matrix: ConfusionMatrix): number {
  const targets = matrix.targetCounts();
  const predictions = matrix.predictionCounts();
  const { total } = matrix;
  let correct = 0;
  let agreement = 0;
  let targetSquares = 0;
  let predictionSquares = 0;
  for (let index = 0; index < matrix.classCount; index++) {
    correct += matrix.count(index, index);
    agreement += targets[index]! * predictions[index]!;
    targetSquares += targets[index]! ** 2;
    predictionSquares += predictions[index]! ** 2;
  }
  const spread = (total ** 2 - targetSquares) * (total ** 2 - predictionSquares);
  return spread === 0 ? 0 : (correct * total - agreement) / Math.sqrt(spread);
}
