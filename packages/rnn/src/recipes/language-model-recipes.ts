import type { RecurrentLanguageModelConfig } from '../language-model/language-model-config.ts';

/** Plain gradient descent whose rate falls by a factor after every epoch from some epoch on. */
export interface DescentSettings {
  readonly kind: 'sgd';
  readonly learningRate: number;
  /** Epochs at the first rate. */
  readonly steadyEpochs: number;
  /** What the rate is multiplied with after each epoch that follows. */
  readonly decay: number;
  /** Default 0. */
  readonly weightDecay?: number;
}

/** AdamW, its rate on a cosine that ends at a hundredth. */
export interface AdamWRecipeSettings {
  readonly kind: 'adamw';
  /** At the end of the warm-up. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Of matrices; biases do not decay. */
  readonly weightDecay: number;
}

/** A recurrent language model and how it is trained, apart from the text and the seed. */
export interface LanguageModelRecipe {
  /** What it is and what it must reach, in one line. */
  readonly summary: string;
  /** What a token is. */
  readonly unit: 'word' | 'character';
  readonly model: Omit<RecurrentLanguageModelConfig, 'vocabSize'>;
  /** Streams of the text that are read side by side. */
  readonly batchSize: number;
  /** Tokens in a window: how far gradients go back. */
  readonly contextLength: number;
  readonly epochs: number;
  readonly optimizer: DescentSettings | AdamWRecipeSettings;
  /** Largest global norm of the gradients of the mean loss. */
  readonly clipNorm: number;
  /**
   * Epochs that a running mean of the weights reaches back, with which the model is evaluated and saved. Default none.
   *
   * @see Polyak & Juditsky 1992, "Acceleration of stochastic approximation by averaging"
   */
  readonly averagedEpochs?: number;
  /** What it must reach on held-out text. */
  readonly figure: RecipeFigure;
  /** On two cores, with the data that the figure is about. */
  readonly minutes: number;
}

/** What a recipe promises. */
export interface RecipeFigure {
  readonly metric: 'perplexity' | 'nats per token' | 'accuracy' | 'BLEU' | 'exact match';
  readonly value: number;
  /** The data it is measured on. */
  readonly data: string;
  /** Whether it was measured with this recipe, or only published, or aimed at. */
  readonly measured: boolean;
}

/** Names of {@link languageModelRecipes}. */
export type LanguageModelRecipeName =
  | 'ptb-small'
  | 'ptb-tied'
  | 'ptb-medium'
  | 'awd-lstm'
  | 'shakespeare-lstm';

const PTB = 'Penn Treebank, validation';

/**
 * Recipes by name. Zaremba's have their losses summed over the window there and averaged here, so rates are `contextLength` times and clipping
 * 1/`contextLength` of the paper's.
 *
 * @see Zaremba et al. 2014, "Recurrent neural network regularization", §4.1; Merity et al. 2017, "Regularizing and optimizing LSTM language models", §5
 */
export const languageModelRecipes: Readonly<Record<LanguageModelRecipeName, LanguageModelRecipe>> = {
  'ptb-small': {
    summary: 'Zaremba’s small LSTM, two layers of 200 without dropout',
    unit: 'word',
    model: { embeddingSize: 200, hiddenSize: 200, layerCount: 2 },
    batchSize: 20,
    contextLength: 20,
    epochs: 13,
    optimizer: { kind: 'sgd', learningRate: 20, steadyEpochs: 4, decay: 0.5 },
    clipNorm: 0.25,
    figure: { metric: 'perplexity', value: 121.4, data: PTB, measured: true },
    minutes: 35,
  },
  'ptb-tied': {
    summary:
      'a modern small LSTM: tied weights, variational dropout, dropped weights, AdamW, averaged weights',
    unit: 'word',
    model: {
      embeddingSize: 300,
      hiddenSize: 300,
      layerCount: 2,
      tied: true,
      locked: true,
      inputDropout: 0.3,
      dropout: 0.2,
      outputDropout: 0.4,
      embeddingDropout: 0.1,
      weightDropout: 0.3,
    },
    batchSize: 40,
    contextLength: 35,
    epochs: 24,
    optimizer: { kind: 'adamw', learningRate: 3e-3, warmupSteps: 200, weightDecay: 0.02 },
    clipNorm: 0.5,
    averagedEpochs: 1,
    figure: { metric: 'perplexity', value: 100, data: PTB, measured: false },
    minutes: 80,
  },
  'ptb-medium': {
    summary: 'Zaremba’s medium LSTM, two layers of 650, half of the activations dropped',
    unit: 'word',
    model: { embeddingSize: 650, hiddenSize: 650, layerCount: 2, dropout: 0.5 },
    batchSize: 20,
    contextLength: 35,
    epochs: 39,
    optimizer: { kind: 'sgd', learningRate: 35, steadyEpochs: 6, decay: 1 / 1.2 },
    clipNorm: 5 / 35,
    figure: { metric: 'perplexity', value: 86.2, data: PTB, measured: false },
    minutes: 240,
  },
  'awd-lstm': {
    summary: 'AWD-LSTM, three layers of 1150; weights are averaged from the start instead of after a trigger',
    unit: 'word',
    model: {
      embeddingSize: 400,
      hiddenSize: 1150,
      layerCount: 3,
      tied: true,
      locked: true,
      inputDropout: 0.4,
      dropout: 0.25,
      outputDropout: 0.4,
      embeddingDropout: 0.1,
      weightDropout: 0.5,
      activationRegularization: 2,
      temporalRegularization: 1,
    },
    batchSize: 20,
    contextLength: 70,
    epochs: 500,
    optimizer: { kind: 'sgd', learningRate: 30, steadyEpochs: 500, decay: 1, weightDecay: 1.2e-6 },
    clipNorm: 0.25,
    averagedEpochs: 5,
    figure: { metric: 'perplexity', value: 60, data: PTB, measured: false },
    minutes: 6000,
  },
  'shakespeare-lstm': {
    summary: 'an LSTM of characters, two layers of 384',
    unit: 'character',
    model: {
      embeddingSize: 64,
      hiddenSize: 384,
      layerCount: 2,
      locked: true,
      inputDropout: 0,
      dropout: 0.3,
      outputDropout: 0.3,
      weightDropout: 0.2,
    },
    batchSize: 64,
    contextLength: 64,
    epochs: 16,
    optimizer: { kind: 'adamw', learningRate: 4e-3, warmupSteps: 100, weightDecay: 0.01 },
    clipNorm: 1,
    averagedEpochs: 1,
    figure: {
      metric: 'nats per token',
      value: 1.5,
      data: 'the last tenth of tinyshakespeare',
      measured: false,
    },
    minutes: 30,
  },
};
