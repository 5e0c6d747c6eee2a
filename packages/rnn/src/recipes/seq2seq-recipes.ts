import type { Seq2SeqConfig } from '../seq2seq/seq2seq-config.ts';
import type { AdamWRecipeSettings, RecipeFigure } from './language-model-recipes.ts';

/** An encoder-decoder and how it is trained, apart from the pairs and the seed. */
export interface Seq2SeqRecipe {
  /** What it is and what it must reach, in one line. */
  readonly summary: string;
  /** What a token is. */
  readonly unit: 'subword' | 'character';
  /** How many tokens each side's tokenizer should have; undefined where there are as many as characters. */
  readonly vocabSizes: { readonly source: number; readonly target: number } | undefined;
  readonly model: Omit<Seq2SeqConfig, 'sourceVocabSize' | 'targetVocabSize'>;
  /** Tokens of a batch, padding included, on the longer side: short pairs come in larger batches. */
  readonly tokensPerBatch: number;
  /** How many lengths batches may have; each is compiled once. */
  readonly bucketCount: number;
  /** Tokens of either side at most, the end included; longer pairs are left out of training. */
  readonly maxLength: number;
  readonly epochs: number;
  readonly optimizer: AdamWRecipeSettings;
  /** Largest global norm of the gradients. */
  readonly clipNorm: number;
  /** How results are found for the figure. */
  readonly search: { readonly beamSize: number; readonly lengthPenalty: number };
  /** What it must reach on held-out pairs. */
  readonly figure: RecipeFigure;
  /** On two cores, with the data that the figure is about. */
  readonly minutes: number;
}

/** Names of {@link seq2seqRecipes}. */
export type Seq2SeqRecipeName = 'translate-de-en' | 'dates';

/** Recipes by name. */
export const seq2seqRecipes: Readonly<Record<Seq2SeqRecipeName, Seq2SeqRecipe>> = {
  'translate-de-en': {
    summary: 'German to English: a GRU with attention and input feeding, tied output weights, subwords',
    unit: 'subword',
    vocabSizes: { source: 6000, target: 4000 },
    model: {
      embeddingSize: 256,
      hiddenSize: 384,
      attention: 'luong-general',
      tied: true,
      dropout: 0.35,
      labelSmoothing: 0.1,
    },
    tokensPerBatch: 2048,
    bucketCount: 6,
    maxLength: 40,
    epochs: 12,
    optimizer: { kind: 'adamw', learningRate: 2.5e-3, warmupSteps: 150, weightDecay: 0.01 },
    clipNorm: 1,
    search: { beamSize: 5, lengthPenalty: 1 },
    figure: { metric: 'BLEU', value: 31.5, data: 'Multi30k, validation', measured: true },
    minutes: 25,
  },
  dates: {
    summary: 'dates as people write them to year-month-day, letter by letter',
    unit: 'character',
    vocabSizes: undefined,
    model: { embeddingSize: 32, hiddenSize: 128, attention: 'luong-general' },
    tokensPerBatch: 4096,
    bucketCount: 1,
    maxLength: 40,
    epochs: 3,
    optimizer: { kind: 'adamw', learningRate: 4e-3, warmupSteps: 50, weightDecay: 0.01 },
    clipNorm: 1,
    search: { beamSize: 1, lengthPenalty: 0 },
    figure: { metric: 'exact match', value: 1, data: 'the last tenth of 50 000 dates', measured: true },
    minutes: 3,
  },
};
