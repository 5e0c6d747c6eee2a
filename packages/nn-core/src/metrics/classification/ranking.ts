import { ascendingOrder, averageRanks, holdsNaN } from '../ranks.ts';
import { requirePairs } from '../require-pairs.ts';

/**
 * Area under the ROC curve: how likely a positive scores above a negative; a tie counts one half.
 *
 * @param targets 1 for a positive, 0 for a negative
 * @param scores  larger for what looks positive; only their order counts
 * @throws {RangeError} if a target is neither 0 nor 1, a score is NaN, or a side has no targets
 */
export function rocAuc(targets: ArrayLike<number>, scores: ArrayLike<number>): number {
  const positives = countPositives('rocAuc', targets, scores);
  const negatives = targets.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(
      `rocAuc: targets must hold both classes, got ${positives} positives and ${negatives} negatives.`,
    );
  }
  const ranks = averageRanks(scores);
  let rankSum = 0;
  for (let index = 0; index < targets.length; index++) rankSum += targets[index]! * ranks[index]!;
  return (rankSum - (positives * (positives + 1)) / 2) / positives / negatives;
}

/**
 * Average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds between different scores, as scikit-learn's
 * `average_precision_score`.
 *
 * @param targets 1 for a positive, 0 for a negative
 * @param scores  larger for what looks positive; only their order counts
 * @throws {RangeError} if a target is neither 0 nor 1, a score is NaN, or there is no positive
 */
export function averagePrecision(targets: ArrayLike<number>, scores: ArrayLike<number>): number {
  const positives = countPositives('averagePrecision', targets, scores);
  if (positives === 0) throw new RangeError('averagePrecision: targets must hold a positive, got none.');
  const order = ascendingOrder(scores).reverse();
  let sum = 0;
  let found = 0;
  let foundBefore = 0;
  for (let place = 0; place < order.length; place++) {
    found += targets[order[place]!]!;
    const isThreshold = place + 1 === order.length || scores[order[place]!] !== scores[order[place + 1]!];
    if (!isThreshold) continue;
    sum += (found - foundBefore) * (found / (place + 1));
    foundBefore = found;
  }
  return sum / positives;
}

function countPositives(owner: string, targets: ArrayLike<number>, scores: ArrayLike<number>): number {
  requirePairs(owner, { targets, scores });
  if (holdsNaN(scores)) throw new RangeError(`${owner}: scores must be numbers, got NaN.`);
  let positives = 0;
  for (let index = 0; index < targets.length; index++) {
    if (targets[index] !== 0 && targets[index] !== 1) {
      throw new RangeError(`${owner}: targets[${index}] must be 0 or 1, got ${targets[index]}.`);
    }
    positives += targets[index]!;
  }
  return positives;
}
