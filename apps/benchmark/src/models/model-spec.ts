import type { TrainableModel } from '@wordloom/nn-core';
import { RecurrentLanguageModel, type RecurrentLanguageModelConfig } from '@wordloom/rnn';
import { Gpt, type GptConfig } from '@wordloom/transformer';

/** A model of a fixed size, as every contestant can build it. */
export type ModelSpec = GptSpec | LstmSpec;

export interface GptSpec {
  readonly architecture: 'gpt';
  readonly config: Required<GptConfig>;
}

export interface LstmSpec {
  readonly architecture: 'lstm';
  readonly config: RecurrentLanguageModelConfig;
}

/** Wordloom's model. The seed matters only where the weights are not loaded. */
export function buildModel({ architecture, config }: ModelSpec, seed = 0): TrainableModel {
  return architecture === 'gpt' ? new Gpt(config, { seed }) : new RecurrentLanguageModel(config, { seed });
}
