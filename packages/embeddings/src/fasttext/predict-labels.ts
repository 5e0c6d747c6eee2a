import type { FastTextLoss } from './fasttext-settings.ts';
import { type LabelTree, labelTree } from './label-tree.ts';
import type { RowMatrix } from './row-matrix.ts';

const { fround } = Math;

/** A label by number, and the logarithm of its probability. */
export interface ScoredLabel {
  readonly label: number;
  readonly score: number;
}

/** How many labels are wanted, and how probable they must be. */
export interface LabelLimits {
  readonly count: number;
  readonly threshold: number;
}

/** Finds the likeliest labels from a hidden vector, the likeliest first. */
export type LabelPredictor = (hidden: Float32Array, limits: LabelLimits) => ScoredLabel[];

/** As {@link FastTextLoss} was trained. @param counts of the labels */
export function labelPredictor(
  loss: FastTextLoss,
  output: RowMatrix,
  counts: ArrayLike<number>,
): LabelPredictor {
  if (loss === 'hs') return hierarchical(output, labelTree(counts));
  const probabilities = loss === 'softmax' ? softmax : sigmoids;
  return (hidden, { count, threshold }) => {
    const scores: ScoredLabel[] = [];
    for (const [label, probability] of probabilities(output, hidden).entries()) {
      if (probability >= threshold) scores.push({ label, score: safeLog(probability) });
    }
    return likeliest(scores, count);
  };
}

/** fastText's guard against log 0; so what it prints is 1e-5 more than the probability. Numbers are float32 throughout, as there. */
const safeLog = (value: number): number => fround(Math.log(fround(value) + 1e-5));

function likeliest(scores: ScoredLabel[], count: number): ScoredLabel[] {
  return scores.sort((a, b) => b.score - a.score || a.label - b.label).slice(0, count);
}

function softmax(output: RowMatrix, hidden: Float32Array): Float32Array {
  const scores = Float32Array.from({ length: output.rowCount }, (_, row) => output.dotRow(row, hidden));
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const weights = scores.map((score) => Math.exp(fround(score - highest)));
  const sum = weights.reduce((all, weight) => fround(all + weight), 0);
  return weights.map((weight) => weight / sum);
}

function sigmoids(output: RowMatrix, hidden: Float32Array): Float32Array {
  return Float32Array.from({ length: output.rowCount }, (_, row) =>
    tabulatedSigmoid(output.dotRow(row, hidden)),
  );
}

/** As fastText's: 512 steps from −8 to 8, and 0 or 1 outside. */
function tabulatedSigmoid(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  const step = Math.trunc(((x + 8) * 512) / 16);
  return 1 / (1 + Math.exp(-((step * 16) / 512 - 8)));
}

/** Depth first, leaving out what cannot be among the likeliest. */
function hierarchical(output: RowMatrix, { leafCount, left, right }: LabelTree): LabelPredictor {
  return (hidden, { count, threshold }) => {
    const least = safeLog(threshold);
    let found: ScoredLabel[] = [];
    const visit = (node: number, score: number): void => {
      if (score < least || (found.length === count && score < found.at(-1)!.score)) return;
      if (node < leafCount) {
        found = likeliest([...found, { label: node, score }], count);
        return;
      }
      const inner = node - leafCount;
      const odds = fround(Math.exp(-output.dotRow(inner, hidden)));
      const toRight = fround(1 / fround(1 + odds));
      visit(left[inner]!, fround(score + safeLog(1 - toRight)));
      visit(right[inner]!, fround(score + safeLog(toRight)));
    };
    if (leafCount > 0) visit(leafCount - 1 + left.length, 0);
    return found;
  };
}
