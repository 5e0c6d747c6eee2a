export type { RnnNonlinearity } from './cells/elman-cell.ts';
export type { CellState } from './cells/recurrent-cell.ts';
export {
  type DecodedCheckpoint,
  decodeModelCheckpoint,
  encodeModelCheckpoint,
  type ModelCheckpoint,
  type RecurrentModels,
  type RecurrentModelType,
} from './checkpoint/model-checkpoint.ts';
export { AttentionPooling, type PooledByAttention } from './classifier/attention-pooling.ts';
export { type ClassifyOptions, classifySequences } from './classifier/classify.ts';
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
  type LanguageModelEvaluator,
  type LanguageModelEvaluatorOptions,
  languageModelEvaluator,
} from './language-model/language-model-evaluator.ts';
export { languageModelGenerator } from './language-model/language-model-generator.ts';
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
export { type ColumnLstmWeights, torchLstmWeights } from './layers/torch-lstm-weights.ts';
export {
  type ClassifierRecipe,
  type ClassifierRecipeName,
  classifierRecipes,
} from './recipes/classifier-recipes.ts';
export {
  type AdamWRecipeSettings,
  type DescentSettings,
  type LanguageModelRecipe,
  type LanguageModelRecipeName,
  languageModelRecipes,
  type RecipeFigure,
} from './recipes/language-model-recipes.ts';
export {
  type ClassifierTraining,
  type LabeledSequence,
  type PrepareClassifierTrainingOptions,
  prepareClassifierTraining,
} from './recipes/prepare-classifier-training.ts';
export {
  type LanguageModelTraining,
  type PrepareLanguageModelTrainingOptions,
  prepareLanguageModelTraining,
} from './recipes/prepare-language-model-training.ts';
export {
  type EncodePairsOptions,
  encodePairs,
  type PrepareSeq2SeqTrainingOptions,
  prepareSeq2SeqTraining,
  type Seq2SeqTraining,
  type TextEncoder,
} from './recipes/prepare-seq2seq-training.ts';
export { type Seq2SeqRecipe, type Seq2SeqRecipeName, seq2seqRecipes } from './recipes/seq2seq-recipes.ts';
export { AttentionScore, type AttentionScoreOptions, type ScoreKind } from './seq2seq/attention-score.ts';
export {
  type BeamDecoder,
  type BeamSearchOptions,
  type BeamStep,
  beamSearch,
  type Hypothesis,
} from './seq2seq/beam-search.ts';
export {
  type CopiedWords,
  type CopyExample,
  type CopyWordsOptions,
  copyCollator,
  copyWords,
} from './seq2seq/copy-examples.ts';
export type { DecoderSource, DecoderState, DecoderStep, EncodedSource } from './seq2seq/decoder-step.ts';
export { type SampleSequencesOptions, sampleSequences } from './seq2seq/sample-sequences.ts';
export { sampleWord, type WordSamplingOptions } from './seq2seq/sample-word.ts';
export {
  scheduledSampling,
  type TeacherForcingOptions,
  teacherForcingSchedule,
} from './seq2seq/scheduled-sampling.ts';
export { Seq2Seq } from './seq2seq/seq2seq.ts';
export type { Seq2SeqAttention, Seq2SeqConfig } from './seq2seq/seq2seq-config.ts';
export { type TransduceOptions, type TransduceSampling, transduce } from './seq2seq/transduce.ts';
export { type TransduceAllOptions, transduceAll } from './seq2seq/transduce-all.ts';
