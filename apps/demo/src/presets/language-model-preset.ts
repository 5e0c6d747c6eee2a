import { join } from 'node:path';
import {
  type LanguageModelRecipe,
  languageModelEvaluator,
  prepareLanguageModelTraining,
} from '@wordloom/rnn';
import { saveModel } from '@wordloom/rnn/node';
import { type Tokenizer, trainCharacters } from '@wordloom/tokenizer';
import { writeTokenizer } from '@wordloom/tokenizer/node';
import { Failure } from '../command-line/failure.ts';
import { splitText } from '../split-text.ts';
import type { Measurement, Preset, PresetInputs, PresetRun } from './preset.ts';
import { wordTokenizer } from './word-tokenizer.ts';

/** Parts of the validation text that are read side by side while training. */
const QUICK_PARTS = 20;

/** A recurrent language model of words or characters, from a recipe. */
export function languageModelPreset(name: string, recipe: LanguageModelRecipe): Preset {
  const { summary, figure, minutes, unit } = recipe;
  const input = unit === 'word' ? 'text, words between blanks, a sentence a line' : 'any text';
  return {
    ...{ name, summary, input, figure, minutes },
    prepare(inputs) {
      const { training, validation } = inputs.validation === undefined ? halves(inputs) : (inputs as Halves);
      const tokenizer =
        unit === 'word'
          ? wordTokenizer(training, { lineEnds: true })
          : trainCharacters(training, { unknown: true });
      const { batchSize, contextLength } = recipe;
      const tokens = encode(tokenizer, training, inputs.names.training, batchSize * contextLength);
      const heldOut = encode(tokenizer, validation, inputs.names.validation, QUICK_PARTS);
      return runOf({ recipe, inputs, tokenizer, tokens, heldOut });
    },
  };
}

interface Halves {
  readonly training: string;
  readonly validation: string;
}

function halves({ training }: PresetInputs): Halves {
  const parts = splitText(training);
  return { training: parts.training, validation: parts.heldOut };
}

interface Parts {
  readonly recipe: LanguageModelRecipe;
  readonly inputs: PresetInputs;
  readonly tokenizer: Tokenizer;
  readonly tokens: Int32Array;
  readonly heldOut: Int32Array;
}

function runOf({ recipe, inputs, tokenizer, tokens, heldOut }: Parts): PresetRun {
  const { vocabSize } = tokenizer;
  const { epochs = recipe.epochs } = inputs;
  const setup = prepareLanguageModelTraining(tokens, {
    recipe: { ...recipe, epochs },
    vocabSize,
    seed: inputs.seed,
  });
  const { model, training, data, average, optimizer, schedule, steps, seed, clipNorm } = setup;
  const { embeddingSize, hiddenSize, layerCount, cell } = model.config;
  const parameters = model.parameterCount();
  const number = (value: number): string => value.toLocaleString('en');
  return {
    ...{ training, data, average },
    options: { optimizer, schedule, steps, seed, clipNorm },
    stepsPerEpoch: data.stepsPerEpoch,
    description: [
      `  text   ${number(tokens.length)} ${recipe.unit}s to train on, ${number(heldOut.length)} to validate, ${number(vocabSize)} different`,
      `  model  ${cell.toUpperCase()}, ${layerCount} × ${hiddenSize}, embeddings of ${embeddingSize}, ${number(parameters)} weights`,
    ],
    facts: { model: model.config, parameters, tokens: tokens.length, heldOut: heldOut.length },
    validate(runtime) {
      const evaluator = languageModelEvaluator(model, { runtime, batchSize: QUICK_PARTS });
      return { loss: (options) => evaluator.evaluate(heldOut, options), release: () => evaluator.release() };
    },
    async measure(runtime, signal) {
      const evaluator = languageModelEvaluator(model, { runtime });
      try {
        return likelihoodFigures(await evaluator.evaluate(heldOut, { signal }), recipe.unit);
      } finally {
        await evaluator.release();
      }
    },
    async save(folder) {
      await writeTokenizer(join(folder, 'tokenizer.json'), tokenizer);
      await saveModel(folder, model);
    },
  };
}

/** @throws {Failure} unless there are more tokens than `least` */
function encode(tokenizer: Tokenizer, text: string, name: string, least: number): Int32Array {
  const tokens = tokenizer.encode(text);
  if (tokens.length > least) return tokens;
  throw new Failure(`${name}: more than ${least} tokens are needed, got ${tokens.length}.`);
}

/** Perplexity first where tokens are words, as is usual there. */
export function likelihoodFigures(
  nats: number,
  unit: LanguageModelRecipe['unit'] = 'word',
): readonly Measurement[] {
  const perplexity = {
    metric: 'perplexity',
    value: Math.exp(nats),
    text: `perplexity ${Math.exp(nats).toFixed(2)}`,
  };
  const loss = { metric: 'nats per token', value: nats, text: `${nats.toFixed(4)} nats per token` };
  return unit === 'word' ? [perplexity, loss] : [loss, perplexity];
}
