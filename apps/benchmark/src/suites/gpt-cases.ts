import type { GptConfig } from '@wordloom/transformer';

/** A GPT of a fixed size and the work one sample of each contestant is. */
export interface GptCase {
  readonly name: string;
  readonly config: Required<GptConfig>;
  readonly batchSize: number;
  readonly rounds: number;
  /** Training steps in a turn of Wordloom and PyTorch. */
  readonly steps: number;
  /** Rounds eager tfjs takes part in, with one step each: a step takes seconds to minutes. */
  readonly eagerRounds: number;
  /** Continuations in a turn of generation. */
  readonly continuations: number;
}

const COMMON = { vocabSize: 65, dropout: 0, bias: true, activation: 'gelu', normEpsilon: 1e-5 } as const;

/** nanoGPT's two character-level settings: for a laptop's processor, and for a graphics card (here with batch 8). */
export const GPT_CASES: readonly GptCase[] = [
  {
    name: 'gpt-4x4x128',
    config: { ...COMMON, layerCount: 4, headCount: 4, embeddingSize: 128, contextLength: 64 },
    batchSize: 12,
    rounds: 10,
    steps: 10,
    eagerRounds: 10,
    continuations: 4,
  },
  {
    name: 'gpt-6x6x384',
    config: { ...COMMON, layerCount: 6, headCount: 6, embeddingSize: 384, contextLength: 256 },
    batchSize: 8,
    rounds: 8,
    steps: 2,
    eagerRounds: 1,
    continuations: 1,
  },
];
