import type { SequenceClassifierConfig } from '../classifier/sequence-classifier.ts';
import type { AdamWRecipeSettings, RecipeFigure } from './language-model-recipes.ts';

/** A classifier of texts and how it is trained, apart from the examples and the seed. */
export interface ClassifierRecipe {
  /** What it is, in one line. */
  readonly summary: string;
  /** What a token is. */
  readonly unit: 'word' | 'character';
  readonly model: Omit<SequenceClassifierConfig, 'vocabSize' | 'classCount'>;
  readonly batchSize: number;
  /** Tokens of a text that are read; those after them are left out. */
  readonly maxLength: number;
  readonly epochs: number;
  readonly optimizer: AdamWRecipeSettings;
  /** Share of tokens that the unknown one takes the place of in training. */
  readonly tokenDropout: number;
  /** Epochs that a running mean of the weights reaches back, with which the model is evaluated and saved. */
  readonly averagedEpochs: number;
  readonly figure: RecipeFigure;
  /** On two cores, with the data that the figure is about. */
  readonly minutes: number;
}

/** Names of {@link classifierRecipes}. */
export type ClassifierRecipeName = 'sentiment' | 'sentiment-chinese';

/** Recipes by name. */
export const classifierRecipes: Readonly<Record<ClassifierRecipeName, ClassifierRecipe>> = {
  sentiment: {
    summary: 'a bidirectional LSTM over words, the mean of its outputs',
    unit: 'word',
    model: { embeddingSize: 100, hiddenSize: 128, pooling: 'mean', dropout: 0.5 },
    batchSize: 32,
    maxLength: 200,
    epochs: 8,
    optimizer: { kind: 'adamw', learningRate: 2e-3, warmupSteps: 50, weightDecay: 0.05 },
    tokenDropout: 0.1,
    averagedEpochs: 1,
    figure: { metric: 'accuracy', value: 0.79, data: 'SST-2, development', measured: true },
    minutes: 5,
  },
  'sentiment-chinese': {
    summary: 'a bidirectional LSTM over characters, the maxima of its outputs',
    unit: 'character',
    model: { embeddingSize: 128, hiddenSize: 128, pooling: 'max', dropout: 0.5 },
    batchSize: 32,
    maxLength: 256,
    epochs: 8,
    optimizer: { kind: 'adamw', learningRate: 2e-3, warmupSteps: 50, weightDecay: 0.05 },
    tokenDropout: 0.1,
    averagedEpochs: 1,
    figure: {
      metric: 'accuracy',
      value: 0.87,
      data: 'a tenth of ChnSentiCorp’s hotel reviews',
      measured: true,
    },
    minutes: 10,
  },
};
