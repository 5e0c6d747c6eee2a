import type { RandomStream } from '@wordloom/compile';
import {
  AdamW,
  type Batch,
  bucketBatches,
  bucketLengths,
  cosineSchedule,
  decaysMatrices,
  type EpochBatchSource,
  ExponentialMovingAverage,
  paddingCollator,
  type Schedule,
} from '@wordloom/nn-core';
import { SequenceClassifier } from '../classifier/sequence-classifier.ts';
import type { ClassifierRecipe } from './classifier-recipes.ts';

/** A text as token ids, and its class. */
export interface LabeledSequence {
  readonly ids: ArrayLike<number>;
  readonly label: number;
}

/** Options of {@link prepareClassifierTraining}. */
export interface PrepareClassifierTrainingOptions {
  readonly recipe: ClassifierRecipe;
  readonly vocabSize: number;
  readonly classCount: number;
  /** What stands for tokens that training has not seen. */
  readonly unknownId: number;
  /** Of the first weights, the batches and dropout; default 0. */
  readonly seed?: number;
}

/** What `train` needs: `train(setup.model, setup.data, { ...setup, runtime })`. */
export interface ClassifierTraining {
  readonly model: SequenceClassifier;
  readonly data: EpochBatchSource;
  readonly optimizer: AdamW;
  readonly schedule: Schedule;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly seed: number;
  /** The mean of the weights: evaluate and save with `average.use`. */
  readonly average: ExponentialMovingAverage;
}

/** Shapes that batches have at most. */
const BUCKET_COUNT = 4;

/**
 * Builds a recipe's model, data and optimizer. Everything follows from the arguments: the same ones give the same losses.
 *
 * @throws {RangeError} if there is no example, one is empty or of a class that is not there, or the recipe makes no sense
 * @example
 * const setup = prepareClassifierTraining(examples, { recipe: classifierRecipes.sentiment, vocabSize, classCount: 2, unknownId: 0 });
 * for await (const event of train(setup.model, setup.data, { ...setup, runtime })) report(event);
 */
export function prepareClassifierTraining(
  examples: readonly LabeledSequence[],
  { recipe, vocabSize, classCount, unknownId, seed = 0 }: PrepareClassifierTrainingOptions,
): ClassifierTraining {
  const { batchSize, maxLength, epochs, tokenDropout, averagedEpochs } = recipe;
  const { learningRate, warmupSteps, weightDecay } = recipe.optimizer;
  const rows = examples.map(({ ids, label }, number) => {
    if (ids.length === 0 || !(Number.isInteger(label) && label >= 0 && label < classCount)) {
      throw new RangeError(
        `prepareClassifierTraining: examples must have tokens and a label below ${classCount}, got ${ids.length} tokens and ${label} in number ${number}.`,
      );
    }
    const inputs = Array.from(ids).slice(0, maxLength);
    return { inputs, lengths: inputs.length, labels: label };
  });
  const lengths = rows.map(({ inputs }) => inputs.length);
  const buckets = bucketLengths(lengths, { count: BUCKET_COUNT });
  const pad = paddingCollator({ padId: unknownId, buckets });
  const data = bucketBatches(rows, {
    ...{ lengths, buckets, batchSize, seed },
    collate: (chosen, random) => dropTokens(pad(chosen, random), tokenDropout, unknownId, random),
  });
  const model = new SequenceClassifier({ ...recipe.model, vocabSize, classCount }, { seed });
  const parameters = model.namedParameters();
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const steps = epochs * stepsPerEpoch;
  const average = new ExponentialMovingAverage(parameters, {
    decay: 1 - 1 / (1 + averagedEpochs * stepsPerEpoch),
  });
  return {
    ...{ model, data, steps, stepsPerEpoch, seed, average },
    optimizer: new AdamW(parameters, { learningRate, weightDecay, decays: decaysMatrices, average }),
    schedule: cosineSchedule({
      peak: learningRate,
      floor: learningRate / 100,
      warmupSteps: Math.min(warmupSteps, Math.floor(steps / 4)),
      decaySteps: steps,
    }),
  };
}

/** A batch for the model's loss, in which some tokens have become the unknown one. */
function dropTokens(
  { mask: _, ...batch }: Batch,
  rate: number,
  unknownId: number,
  random: RandomStream,
): Batch {
  const ids = batch.inputs!.data as Int32Array;
  for (let place = 0; place < ids.length; place++) if (random.uniform() < rate) ids[place] = unknownId;
  return batch;
}
