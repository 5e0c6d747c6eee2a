export type { RnnNonlinearity } from './cells/elman-cell.ts';
export type { CellState } from './cells/recurrent-cell.ts';
export { AttentionPooling, type PooledByAttention } from './classifier/attention-pooling.ts';
export {
  type Pooling,
  SequenceClassifier,
  type SequenceClassifierConfig,
} from './classifier/sequence-classifier.ts';
export { CarriedStateTraining } from './language-model/carried-state-training.ts';
export {
  type CarriedWindows,
  type CarriedWindowsOptions,
  carriedWindows,
} from './language-model/carried-windows.ts';
export type { RecurrentLanguageModelConfig } from './language-model/language-model-config.ts';
export {
  type LanguageModelResult,
  RecurrentLanguageModel,
  type RecurrentLanguageModelOptions,
} from './language-model/recurrent-language-model.ts';
export { Gru } from './layers/gru.ts';
export { lockedDropout } from './layers/locked-dropout.ts';
export { Lstm, type LstmOptions } from './layers/lstm.ts';
export { type CellKind, makeNetwork } from './layers/make-network.ts';
export {
  type ForwardOptions,
  RecurrentNetwork,
  type RecurrentOptions,
  type RecurrentResult,
} from './layers/recurrent-network.ts';
export { Rnn, type RnnOptions } from './layers/rnn.ts';
export { stateGradientNorms } from './layers/state-gradient-norms.ts';
