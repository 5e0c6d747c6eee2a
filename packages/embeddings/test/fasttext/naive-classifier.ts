import type { FastTextDictionary } from '../../src/fasttext/dictionary.ts';
import type { FastTextLoss } from '../../src/fasttext/fasttext-settings.ts';
import { labelTree } from '../../src/fasttext/label-tree.ts';

/** One epoch in the order of the lines, by the equations alone; each line has one label. Changes the tables. @returns the mean loss */
export function trainNaively(
  lines: readonly string[],
  dictionary: FastTextDictionary,
  loss: Exclude<FastTextLoss, 'ns'>,
  inputs: number[][],
  outputs: number[][],
  learningRate: number,
): number {
  const { labelCount } = dictionary;
  let total = 0;
  for (const [index, line] of lines.entries()) {
    const { rows, labels } = dictionary.encodeLine(`${line}\n`);
    const rate = learningRate * (1 - index / lines.length);
    const hidden = inputs[0]!.map(
      (_, at) => rows.reduce((sum, row) => sum + inputs[row]![at]!, 0) / rows.length,
    );
    const scores = outputs.map((row) => row.reduce((sum, value, at) => sum + value * hidden[at]!, 0));
    // What each output row is told, and how likely it was: the derivative of the loss by its score is −error.
    const errors = new Map<number, number>();
    if (loss === 'softmax') {
      const sum = scores.reduce((all, score) => all + Math.exp(score), 0);
      for (let label = 0; label < labelCount; label++) {
        errors.set(label, (label === labels[0] ? 1 : 0) - Math.exp(scores[label]!) / sum);
      }
      total -= Math.log(Math.exp(scores[labels[0]!]!) / sum);
    } else {
      const targets =
        loss === 'ova'
          ? Array.from({ length: labelCount }, (_, label): [number, boolean] => [
              label,
              labels.includes(label),
            ])
          : pathTo(labels[0]!, dictionary);
      for (const [row, isOne] of targets) {
        const probability = 1 / (1 + Math.exp(-scores[row]!));
        errors.set(row, (isOne ? 1 : 0) - probability);
        total -= Math.log(isOne ? probability : 1 - probability);
      }
    }
    const gradient = hidden.map((_, at) =>
      [...errors].reduce((sum, [row, error]) => sum + error * outputs[row]![at]!, 0),
    );
    for (const [row, error] of errors) {
      for (let at = 0; at < hidden.length; at++) outputs[row]![at]! += rate * error * hidden[at]!;
    }
    for (const row of rows) {
      for (let at = 0; at < hidden.length; at++) inputs[row]![at]! += (rate * gradient[at]!) / rows.length;
    }
  }
  return total / lines.length;
}

function pathTo(label: number, { labelCounts }: FastTextDictionary): [row: number, isRight: boolean][] {
  const { leafCount, left, right } = labelTree(labelCounts);
  const path: [number, boolean][] = [];
  for (let node = label; ; ) {
    const inner = left.findIndex((child, at) => child === node || right[at] === node);
    if (inner < 0) return path.reverse();
    path.push([inner, right[inner] === node]);
    node = leafCount + inner;
  }
}
