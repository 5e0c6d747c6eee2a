import {
  AdamW,
  cosineSchedule,
  decaysMatrices,
  randomWindows,
  type Schedule,
  type SynchronousBatchSource,
} from '@wordloom/nn-core';
import { Gpt } from '../gpt/gpt.ts';
import type { GptRecipe } from './gpt-recipes.ts';

/** Options of {@link prepareGptTraining}. */
export interface PrepareGptTrainingOptions {
  readonly recipe: GptRecipe;
  /** One more than the largest token id that may occur. */
  readonly vocabSize: number;
  /** Of the first weights, the batches and dropout; default 0. */
  readonly seed?: number;
}

/** What `train` needs: `train(setup.model, setup.data, { ...setup, runtime })`. */
export interface GptTraining {
  readonly model: Gpt;
  readonly data: SynchronousBatchSource;
  readonly optimizer: AdamW;
  readonly schedule: Schedule;
  readonly steps: number;
  readonly seed: number;
}

/**
 * Builds a recipe's model, data and optimizer. Everything follows from the arguments: the same ones give the same losses.
 *
 * The warm-up takes at most a quarter of the steps.
 *
 * @param tokens what is trained on
 * @throws {RangeError} if there are fewer tokens than the recipe's context needs, or the recipe makes no sense
 * @example
 * const setup = prepareGptTraining(tokens, { recipe: gptRecipes['shakespeare-char'], vocabSize: 65 });
 * for await (const event of train(setup.model, setup.data, { ...setup, runtime })) report(event);
 */
export function prepareGptTraining(
  tokens: Int32Array,
  { recipe, vocabSize, seed = 0 }: PrepareGptTrainingOptions,
): GptTraining {
  const { batchSize, learningRate, warmupSteps, steps, weightDecay, beta2 } = recipe;
  const { contextLength } = recipe.model;
  const data = randomWindows(tokens, { batchSize, contextLength, seed });
  const model = new Gpt({ ...recipe.model, vocabSize }, { seed });
  return {
    model,
    data,
    optimizer: new AdamW(model.namedParameters(), {
      learningRate,
      weightDecay,
      beta2,
      decays: decaysMatrices,
    }),
    schedule: cosineSchedule({
      peak: learningRate,
      warmupSteps: Math.min(warmupSteps, Math.floor(steps / 4)),
      decaySteps: steps,
    }),
    steps,
    seed,
  };
}
