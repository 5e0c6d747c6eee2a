import {
  AdamW,
  cosineSchedule,
  decaysMatrices,
  ExponentialMovingAverage,
  type Optimizer,
  type Schedule,
  SGD,
} from '@wordloom/nn-core';
import { CarriedStateTraining } from '../language-model/carried-state-training.ts';
import { type CarriedWindows, carriedWindows } from '../language-model/carried-windows.ts';
import { RecurrentLanguageModel } from '../language-model/recurrent-language-model.ts';
import type { LanguageModelRecipe } from './language-model-recipes.ts';

/** Options of {@link prepareLanguageModelTraining}. */
export interface PrepareLanguageModelTrainingOptions {
  readonly recipe: LanguageModelRecipe;
  /** One more than the largest token id that may occur. */
  readonly vocabSize: number;
  /** Of the first weights and dropout; default 0. */
  readonly seed?: number;
}

/** What `train` needs: `train(setup.training, setup.data, { ...setup, runtime })`. */
export interface LanguageModelTraining {
  /** What is saved and used. */
  readonly model: RecurrentLanguageModel;
  /** The model with the state that it carries from batch to batch. */
  readonly training: CarriedStateTraining;
  readonly data: CarriedWindows;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly clipNorm: number;
  readonly steps: number;
  readonly seed: number;
  /** The mean of the weights where the recipe asks for one: evaluate and save with `average.use`. */
  readonly average: ExponentialMovingAverage | undefined;
}

/**
 * Builds a recipe's model, data and optimizer. Everything follows from the arguments: the same ones give the same losses.
 *
 * @param tokens what is trained on
 * @throws {RangeError} if there are fewer tokens than one window of each stream, or the recipe makes no sense
 * @example
 * const setup = prepareLanguageModelTraining(tokens, { recipe: languageModelRecipes['ptb-small'], vocabSize: 10_000 });
 * for await (const event of train(setup.training, setup.data, { ...setup, runtime })) report(event);
 */
export function prepareLanguageModelTraining(
  tokens: Int32Array,
  { recipe, vocabSize, seed = 0 }: PrepareLanguageModelTrainingOptions,
): LanguageModelTraining {
  const { batchSize, contextLength, epochs, clipNorm, averagedEpochs } = recipe;
  const data = carriedWindows(tokens, { batchSize, contextLength });
  const model = new RecurrentLanguageModel({ ...recipe.model, vocabSize }, { seed });
  const training = new CarriedStateTraining(model, { batchSize });
  const parameters = training.namedParameters();
  const average =
    averagedEpochs === undefined
      ? undefined
      : new ExponentialMovingAverage(parameters, {
          decay: 1 - 1 / (1 + averagedEpochs * data.stepsPerEpoch),
        });
  const steps = epochs * data.stepsPerEpoch;
  const shared = { learningRate: recipe.optimizer.learningRate, ...(average && { average }) };
  if (recipe.optimizer.kind === 'sgd') {
    const { learningRate, steadyEpochs, decay, weightDecay = 0 } = recipe.optimizer;
    const falls = (step: number): number =>
      Math.max(0, Math.floor(step / data.stepsPerEpoch) + 1 - steadyEpochs);
    return {
      ...{ model, training, data, clipNorm, steps, seed, average },
      optimizer: new SGD(parameters, { ...shared, weightDecay }),
      schedule: (step) => learningRate * decay ** falls(step),
    };
  }
  const { learningRate, warmupSteps, weightDecay } = recipe.optimizer;
  return {
    ...{ model, training, data, clipNorm, steps, seed, average },
    optimizer: new AdamW(parameters, { ...shared, weightDecay, decays: decaysMatrices }),
    schedule: cosineSchedule({
      peak: learningRate,
      floor: learningRate / 100,
      warmupSteps: Math.min(warmupSteps, Math.floor(steps / 4)),
      decaySteps: steps,
    }),
  };
}
