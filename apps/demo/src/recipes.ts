import type { GptConfig } from '@wordloom/transformer';

/** A GPT and how it is trained, apart from the text and the seed. */
export interface Recipe {
  readonly model: Omit<GptConfig, 'vocabSize'>;
  readonly steps: number;
  readonly batchSize: number;
  /** At the end of the warm-up; a cosine takes it down to a tenth at the last step. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  readonly beta2: number;
}

const training = { learningRate: 2e-3, warmupSteps: 20, weightDecay: 0.1, beta2: 0.99 } as const;

/** The demo's sizes by name; each trains on two CPU cores while you watch. */
export const recipes = {
  tiny: {
    model: { contextLength: 32, embeddingSize: 32, headCount: 2, layerCount: 2 },
    steps: 300,
    batchSize: 8,
    ...training,
    learningRate: 5e-3,
  },
  small: {
    model: { contextLength: 64, embeddingSize: 128, headCount: 4, layerCount: 4 },
    steps: 400,
    batchSize: 12,
    ...training,
  },
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof recipes;
