import type { FastTextModel, PredictOptions } from './fasttext-model.ts';
import { type LabeledTexts, readExamples } from './labeled-texts.ts';

/** How well labels are found. NaN where nothing was predicted or there was nothing to find. */
export interface LabelScore {
  /** The share of what was predicted that is right. */
  readonly precision: number;
  /** The share of what is right that was predicted. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f1: number;
}

/** What {@link evaluateClassifier} gives. */
export interface ClassifierScore extends LabelScore {
  /** Those with a word and a label that the model knows; the others do not count. */
  readonly examples: number;
  readonly labels: ReadonlyMap<string, LabelScore>;
}

/**
 * Compares predictions with labels, as `fasttext test` does; with `count` 1, of examples with a label each, precision is accuracy.
 *
 * @param options labels predicted for each example, and the least probability
 */
export async function evaluateClassifier(
  model: FastTextModel,
  examples: LabeledTexts,
  options: PredictOptions = {},
): Promise<ClassifierScore> {
  const byNumber = model.labels;
  const known = new Set(byNumber);
  const tallies = new Map<string, Tally>();
  const total: Tally = { predicted: 0, gold: 0, both: 0 };
  const tallyOf = (label: string): Tally => {
    const tally = tallies.get(label) ?? { predicted: 0, gold: 0, both: 0 };
    tallies.set(label, tally);
    return tally;
  };
  let count = 0;
  for await (const part of readExamples(examples, 'evaluateClassifier')) {
    for (const { line, labels: given } of part) {
      const text = line.replaceAll('\n', ' ');
      const encoded = model.dictionary.encodeLine(`${text}\n`);
      const gold = given
        ? given.filter((label) => known.has(label))
        : encoded.labels.map((label) => byNumber[label]!);
      if (gold.length === 0 || encoded.rows.length === 0) continue;
      count++;
      for (const label of gold) tallyOf(label).gold++;
      total.gold += gold.length;
      for (const { label } of model.predict(text, options)) {
        const isRight = gold.includes(label) ? 1 : 0;
        for (const tally of [tallyOf(label), total]) {
          tally.predicted++;
          tally.both += isRight;
        }
      }
    }
  }
  return {
    examples: count,
    ...scoreOf(total),
    labels: new Map([...tallies].map(([label, tally]) => [label, scoreOf(tally)])),
  };
}

interface Tally {
  predicted: number;
  gold: number;
  both: number;
}

function scoreOf({ predicted, gold, both }: Tally): LabelScore {
  return { precision: both / predicted, recall: both / gold, f1: (2 * both) / (predicted + gold) };
}
