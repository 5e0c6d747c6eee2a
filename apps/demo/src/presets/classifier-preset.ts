import { join } from 'node:path';
import type { Runtime } from '@wordloom/compile';
import { accuracy, confusionMatrix, precisionRecall, randomOrder } from '@wordloom/nn-core';
import {
  type ClassifierRecipe,
  classifySequences,
  type LabeledSequence,
  prepareClassifierTraining,
} from '@wordloom/rnn';
import { saveModel } from '@wordloom/rnn/node';
import { type Tokenizer, trainCharacters } from '@wordloom/tokenizer';
import { writeTokenizer } from '@wordloom/tokenizer/node';
import { Failure } from '../command-line/failure.ts';
import { type LabeledText, parseLabeledTexts } from './labeled-texts.ts';
import type { Measurement, Preset, PresetInputs, PresetRun } from './preset.ts';
import { UNKNOWN, wordTokenizer } from './word-tokenizer.ts';

/** One in how many examples is held out where no file to validate on is given. */
const HELD_OUT = 10;

/** A classifier of texts, from a recipe. */
export function classifierPreset(name: string, recipe: ClassifierRecipe): Preset {
  const { summary, figure, minutes } = recipe;
  return {
    ...{ name, summary, figure, minutes },
    input: 'lines of text, tab and label, or comma-separated values with a field label',
    prepare(inputs) {
      const { training, validation } = readExamples(inputs);
      const labels = [...new Set(training.map(({ label }) => label))].sort();
      if (labels.length < 2) {
        throw new Failure(
          `${inputs.names.training}: texts of two labels at least are needed, got ${labels.join()}.`,
        );
      }
      const texts = training.map(({ text }) => text);
      const tokenizer =
        recipe.unit === 'word'
          ? wordTokenizer(texts.join('\n'), { lowercase: true })
          : trainCharacters(texts, { unknown: true });
      const encode = (examples: readonly LabeledText[], file: string): LabeledSequence[] =>
        examples.map(({ text, label }) => {
          if (!labels.includes(label)) {
            throw new Failure(
              `${file}: the label ${label} is not among those trained on: ${labels.join(', ')}.`,
            );
          }
          return { ids: tokenizer.encode(text), label: labels.indexOf(label) };
        });
      return runOf({
        ...{ recipe, inputs, tokenizer, labels },
        training: encode(training, inputs.names.training),
        validation: encode(validation, inputs.names.validation),
      });
    },
  };
}

interface Examples<Example> {
  readonly training: readonly Example[];
  readonly validation: readonly Example[];
}

function readExamples({ training, validation, names, seed }: PresetInputs): Examples<LabeledText> {
  const all = parseLabeledTexts(training, names.training);
  if (validation !== undefined) {
    return { training: all, validation: parseLabeledTexts(validation, names.validation) };
  }
  const order = randomOrder(all.length, seed); // files are often sorted by label
  const mixed = all.map((_, place) => all[order(place)]!);
  const count = Math.max(1, Math.floor(all.length / HELD_OUT));
  return { training: mixed.slice(count), validation: mixed.slice(0, count) };
}

interface Parts extends Examples<LabeledSequence> {
  readonly recipe: ClassifierRecipe;
  readonly inputs: PresetInputs;
  readonly tokenizer: Tokenizer;
  readonly labels: readonly string[];
}

function runOf({ recipe, inputs, tokenizer, labels, training, validation }: Parts): PresetRun {
  const { epochs = recipe.epochs, seed } = inputs;
  const { vocabSize } = tokenizer;
  const setup = prepareClassifierTraining(training, {
    recipe: { ...recipe, epochs },
    ...{ vocabSize, classCount: labels.length, unknownId: tokenizer.tokenToId(UNKNOWN)!, seed },
  });
  const { model, data, optimizer, schedule, steps, stepsPerEpoch, average } = setup;
  const number = (value: number): string => value.toLocaleString('en');
  const predict = (runtime: Runtime, signal?: AbortSignal): Promise<Float32Array[]> =>
    classifySequences(
      model,
      validation.map(({ ids }) => ids),
      { runtime, maxLength: recipe.maxLength, ...(signal && { signal }) },
    );
  const targets = validation.map(({ label }) => label);
  return {
    ...{ training: model, data, stepsPerEpoch, average },
    options: { optimizer, schedule, steps, seed },
    description: [
      `  texts  ${number(training.length)} to train on, ${number(validation.length)} to validate; labels ${labels.join(', ')}; ${number(vocabSize)} ${recipe.unit}s`,
      `  model  ${model.config.cell.toUpperCase()} in both directions, ${model.config.hiddenSize}, ${number(model.parameterCount())} weights`,
    ],
    facts: { model: model.config, labels, training: training.length, validation: validation.length },
    validate: (runtime) => ({
      loss: async (options) => meanNats(await predict(runtime, options?.signal), targets),
      release: async () => {},
    }),
    async measure(runtime, signal) {
      return figuresOf(await predict(runtime, signal), targets);
    },
    async save(folder) {
      await writeTokenizer(join(folder, 'tokenizer.json'), tokenizer);
      await saveModel(folder, model, { labels, maxLength: recipe.maxLength });
    },
  };
}

function meanNats(probabilities: readonly Float32Array[], targets: readonly number[]): number {
  const nats = probabilities.map((row, index) => -Math.log(Math.max(row[targets[index]!]!, 1e-30)));
  return nats.reduce((sum, value) => sum + value, 0) / nats.length;
}

/** Accuracy first, then F1 averaged over classes. */
export function figuresOf(
  probabilities: readonly Float32Array[],
  targets: readonly number[],
): readonly Measurement[] {
  const predictions = probabilities.map((row) => row.indexOf(Math.max(...row)));
  const right = accuracy(targets, predictions);
  const { fScore } = precisionRecall(confusionMatrix(targets, predictions), { average: 'macro' });
  return [
    { metric: 'accuracy', value: right, text: `accuracy ${(100 * right).toFixed(2)} %` },
    { metric: 'macro F1', value: fScore, text: `macro F1 ${(100 * fScore).toFixed(2)} %` },
  ];
}
