import type { CellKind } from '../layers/make-network.ts';
import { requireRate, requireSize } from '../layers/require-options.ts';

/** What a {@link RecurrentLanguageModel} consists of. Rates are in [0, 1). */
export interface RecurrentLanguageModelConfig {
  readonly vocabSize: number;
  readonly embeddingSize: number;
  /** Of every layer but the last of a tied model, which has embeddingSize. */
  readonly hiddenSize: number;
  readonly layerCount: number;
  /** Default lstm. */
  readonly cell?: CellKind;
  /** Whether the output layer's weight is the embedding (Press & Wolf 2017; Inan et al. 2017). Default false. */
  readonly tied?: boolean;
  /** Of what enters the first layer. Default dropout. */
  readonly inputDropout?: number;
  /** Of what goes from layer to layer. Default 0. */
  readonly dropout?: number;
  /** Of what leaves the last layer. Default dropout. */
  readonly outputDropout?: number;
  /** Whether these three drop the same numbers at all steps (variational dropout). Default false. */
  readonly locked?: boolean;
  /** Of whole words of the embedding. Default 0. */
  readonly embeddingDropout?: number;
  /** Of the weights from state to state. Default 0. */
  readonly weightDropout?: number;
  /** Times the mean square of what leaves the last layer is added to the loss. Default 0. */
  readonly activationRegularization?: number;
  /** Times the mean square of its change from step to step is added to the loss. Default 0. */
  readonly temporalRegularization?: number;
}

/** @throws {RangeError} naming the field that does not fit */
export function resolveLanguageModelConfig(
  config: RecurrentLanguageModelConfig,
): Required<RecurrentLanguageModelConfig> {
  const { vocabSize, embeddingSize, hiddenSize, layerCount, dropout = 0 } = config;
  const { inputDropout = dropout, outputDropout = dropout, embeddingDropout = 0, weightDropout = 0 } = config;
  const { activationRegularization = 0, temporalRegularization = 0 } = config;
  const owner = 'RecurrentLanguageModel';
  requireSize(owner, { vocabSize, embeddingSize, hiddenSize, layerCount });
  requireRate(owner, { inputDropout, dropout, outputDropout, embeddingDropout, weightDropout });
  for (const [name, factor] of Object.entries({ activationRegularization, temporalRegularization })) {
    if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`${owner}: ${name} must be at least 0, got ${factor}.`);
    }
  }
  return {
    vocabSize,
    embeddingSize,
    hiddenSize,
    layerCount,
    cell: config.cell ?? 'lstm',
    tied: config.tied ?? false,
    inputDropout,
    dropout,
    outputDropout,
    locked: config.locked ?? false,
    embeddingDropout,
    weightDropout,
    activationRegularization,
    temporalRegularization,
  };
}
