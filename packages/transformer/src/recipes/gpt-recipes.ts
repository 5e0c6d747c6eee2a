import type { GptConfig } from '../gpt/gpt-config.ts';

/** A GPT and how it is trained, apart from the text and the seed. */
export interface GptRecipe {
  readonly model: Omit<GptConfig, 'vocabSize'>;
  readonly steps: number;
  /** Windows in a batch, each of the model's `contextLength`. */
  readonly batchSize: number;
  /** At the end of the warm-up; a cosine takes it down to a tenth of that at the last step. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Of matrices; biases and norms do not decay. */
  readonly weightDecay: number;
  readonly beta2: number;
}

/** Names of {@link gptRecipes}. */
export type GptRecipeName = 'tiny' | 'demo' | 'shakespeare-char' | 'shakespeare-char-large';

const adamW = { weightDecay: 0.1, beta2: 0.99 } as const;

/**
 * Recipes by name. A held-out loss is in nats per character, on the last tenth of the complete text; times are of two
 * CPU cores.
 *
 * @see nanoGPT's README for the two `shakespeare-char` settings
 */
export const gptRecipes: Readonly<Record<GptRecipeName, GptRecipe>> = {
  /** 25 000 weights: to see in seconds that everything works. */
  tiny: {
    model: { contextLength: 32, embeddingSize: 32, headCount: 2, layerCount: 2, bias: false },
    steps: 400,
    batchSize: 8,
    learningRate: 5e-3,
    warmupSteps: 20,
    ...adamW,
  },
  /** The most that 20 seconds teach: one layer, many steps; 1.71 on tinyshakespeare. */
  demo: {
    model: { contextLength: 64, embeddingSize: 128, headCount: 4, layerCount: 1, bias: false },
    steps: 2400,
    batchSize: 16,
    learningRate: 5e-3,
    warmupSteps: 20,
    ...adamW,
  },
  /**
   * nanoGPT's setting for a laptop's processor, with three times its learning rate: 1.77 on tinyshakespeare, in less than
   * a minute. With its own, 1e-3, 1.91 (its README reports 1.88).
   */
  'shakespeare-char': {
    model: { contextLength: 64, embeddingSize: 128, headCount: 4, layerCount: 4, bias: false },
    steps: 2000,
    batchSize: 12,
    learningRate: 3e-3,
    warmupSteps: 100,
    ...adamW,
  },
  /** nanoGPT's setting for a graphics card: 1.47 on tinyshakespeare there. On a processor it takes many hours. */
  'shakespeare-char-large': {
    model: {
      contextLength: 256,
      embeddingSize: 384,
      headCount: 6,
      layerCount: 6,
      dropout: 0.2,
      bias: false,
    },
    steps: 5000,
    batchSize: 64,
    learningRate: 1e-3,
    warmupSteps: 100,
    ...adamW,
  },
};
