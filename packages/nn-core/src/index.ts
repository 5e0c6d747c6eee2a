export { type CheckReport, requirePassed } from './checks/check-report.ts';
export {
  type DeterminismCheckOptions,
  type DeterminismReport,
  determinismCheck,
  type RunDifference,
  type TrainingSetup,
} from './checks/determinism-check.ts';
export {
  type GradientCheckOptions,
  type GradientComparison,
  type GradientReport,
  gradientCheck,
} from './checks/gradient-check.ts';
export { type LeakCheckOptions, type LeakReport, leakCheck } from './checks/leak-check.ts';
export {
  type NumericDerivative,
  type NumericDerivativeOptions,
  numericDerivative,
} from './checks/numeric-derivative.ts';
export {
  type Batch,
  type BatchSource,
  countTargets,
  IGNORED_TARGET,
  type SynchronousBatchSource,
} from './data/batch.ts';
export { type BucketBatchesOptions, bucketBatches } from './data/bucket-batches.ts';
export { type BucketLengthsOptions, bucketLengths } from './data/bucket-lengths.ts';
export { type CausalExample, causalCollator } from './data/causal-collator.ts';
export {
  type Collator,
  type Dataset,
  type EpochBatchSource,
  type EpochPosition,
  type ExampleBatchesOptions,
  exampleBatches,
} from './data/dataset.ts';
export { joinDocuments, type SeparatorOptions, withDocumentSegments } from './data/document-segments.ts';
export {
  type MaskableExample,
  type MaskedLanguageOptions,
  maskedLanguageCollator,
} from './data/masked-language-collator.ts';
export type { MessageEndpoint, NodeEndpoint, WebEndpoint } from './data/message-endpoint.ts';
export { microBatches } from './data/micro-batches.ts';
export { type MixedSource, mixSources } from './data/mix-sources.ts';
export { type PackedBatches, type PackedBatchesOptions, packedBatches } from './data/packed-batches.ts';
export type { FieldValue, PaddingOptions, RowLengthOptions } from './data/pad-rows.ts';
export {
  type FieldExample,
  type PaddingCollatorOptions,
  paddingCollator,
} from './data/padding-collator.ts';
export { type PrefetchedBatches, type PrefetchOptions, prefetch } from './data/prefetch.ts';
export { type BatchWorker, prefetchInWorker, type WorkerPrefetchOptions } from './data/prefetch-in-worker.ts';
export { randomOrder } from './data/random-order.ts';
export { type RandomWindowsOptions, randomWindows } from './data/random-windows.ts';
export {
  type Seq2SeqCollatorOptions,
  type Seq2SeqExample,
  seq2seqCollator,
} from './data/seq2seq-collator.ts';
export {
  type SequentialExamples,
  type SequentialExamplesOptions,
  sequentialExamples,
} from './data/sequential-examples.ts';
export {
  type AsyncSequentialWindows,
  type SequentialWindowCounts,
  type SequentialWindows,
  type SequentialWindowsOptions,
  sequentialWindows,
} from './data/sequential-windows.ts';
export { serveBatches } from './data/serve-batches.ts';
export { type ShuffledWindowsOptions, shuffledWindows } from './data/shuffled-windows.ts';
export { type SpanLengths, type SpanOptions, spanCorruptionLengths } from './data/span-corruption.ts';
export { type SpanCorruptionOptions, spanCorruptionCollator } from './data/span-corruption-collator.ts';
export {
  encodeTokenFile,
  type OpenTokensOptions,
  openTokenBlob,
  type TokenChunks,
  type TokenFile,
  type TokenFileOptions,
} from './data/token-file.ts';
export type { TokenType } from './data/token-file-header.ts';
export { type TokenSource, tokenArray } from './data/token-source.ts';
export type { WindowSizes } from './data/window-batch.ts';
export { windowExamples } from './data/window-examples.ts';
export { yieldToEventLoop } from './event-loop.ts';
export { generateText, type TextTokenizer } from './generation/generate-text.ts';
export { requireSamplingOptions, type SamplingOptions, sampleToken } from './generation/sample-token.ts';
export {
  type GenerateOptions,
  requireGeneration,
  type TokenGenerator,
} from './generation/token-generator.ts';
export { type ActivationName, activationByName, elu, mish, softplus } from './layers/activation-functions.ts';
export {
  ELU,
  GELU,
  GLU,
  LeakyReLU,
  Mish,
  ReLU,
  Sigmoid,
  SiLU,
  Softplus,
  SwiGLU,
  Tanh,
} from './layers/activation-layers.ts';
export { BatchNorm1d, type BatchNorm1dOptions } from './layers/batch-norm.ts';
export { Conv1d, type Conv1dOptions, type ConvolutionPadding } from './layers/conv1d.ts';
export { Dropout } from './layers/dropout.ts';
export { Embedding } from './layers/embedding.ts';
export { GroupNorm, type GroupNormOptions } from './layers/group-norm.ts';
export { LayerNorm, type LayerNormOptions } from './layers/layer-norm.ts';
export { Linear, type LinearOptions } from './layers/linear.ts';
export { MLP, type MLPOptions } from './layers/mlp.ts';
export {
  type AttendOptions,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
  mergeHeads,
  splitHeads,
} from './layers/multi-head-attention.ts';
export { maxOverTime, meanOverTime } from './layers/pooling.ts';
export { RMSNorm, type RMSNormOptions } from './layers/rms-norm.ts';
export { segmentMask } from './layers/segment-mask.ts';
export { type Layer, Sequential } from './layers/sequential.ts';
export { splitTorchAttention } from './layers/split-torch-attention.ts';
export { type JsonLinesOptions, jsonLinesLogger } from './logging/json-lines-logger.ts';
export { logged } from './logging/logged.ts';
export type { Sink } from './logging/sink.ts';
export {
  type ParameterHistograms,
  type TensorBoardLoggerOptions,
  tensorBoardLogger,
} from './logging/tensorboard-logger.ts';
export {
  type AtStep,
  TensorBoardWriter,
  type TensorBoardWriterOptions,
} from './logging/tensorboard-writer.ts';
export {
  type TerminalLoggerOptions,
  type TerminalStream,
  terminalLogger,
} from './logging/terminal-logger.ts';
export type { TrainLogger } from './logging/train-logger.ts';
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
} from './losses/binary-cross-entropy.ts';
export { type InfoNceOptions, infoNce } from './losses/contrastive.ts';
export { type CrossEntropyOptions, crossEntropy } from './losses/cross-entropy.ts';
export { type CtcOptions, ctcLoss } from './losses/ctc.ts';
export {
  type CandidateOptions,
  type Candidates,
  drawCandidates,
  withCandidates,
} from './losses/draw-candidates.ts';
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type TripletMarginOptions,
  tripletMarginLoss,
} from './losses/embedding-margin.ts';
export { type KlDivergenceOptions, klDivergence } from './losses/kl-divergence.ts';
export {
  hingeLoss,
  type MarginOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multiMarginLoss,
} from './losses/margin.ts';
export type { Reduced, Reduction, ReductionOptions } from './losses/reduction.ts';
export {
  type HuberOptions,
  huberLoss,
  meanAbsoluteError,
  meanSquaredError,
  type SmoothL1Options,
  smoothL1Loss,
} from './losses/regression.ts';
export { type SampledSoftmaxOptions, sampledSoftmax } from './losses/sampled-softmax.ts';
export {
  type SoftTargetCrossEntropyOptions,
  softTargetCrossEntropy,
} from './losses/soft-target-cross-entropy.ts';
export {
  type AccuracyOptions,
  accuracy,
  type TopKAccuracyOptions,
  topKAccuracy,
} from './metrics/classification/accuracy.ts';
export {
  type CalibrationBin,
  CalibrationMeter,
  type CalibrationOptions,
  expectedCalibrationError,
} from './metrics/classification/calibration.ts';
export {
  ConfusionMatrix,
  type ConfusionMatrixOptions,
  confusionMatrix,
} from './metrics/classification/confusion-matrix.ts';
export { matthewsCorrelation } from './metrics/classification/matthews-correlation.ts';
export {
  type AveragedPrecisionRecallOptions,
  type PrecisionRecall,
  type PrecisionRecallOptions,
  precisionRecall,
  precisionRecallByClass,
} from './metrics/classification/precision-recall.ts';
export { averagePrecision, rocAuc } from './metrics/classification/ranking.ts';
export { kendallTau, pearson, spearman } from './metrics/correlation.ts';
export { LikelihoodMeter, type LikelihoodSample, perplexity } from './metrics/likelihood.ts';
export { bleu, CorpusBleu, sentenceBleu } from './metrics/text/bleu.ts';
export type { BleuOptions, BleuScore, BleuSmoothing } from './metrics/text/bleu-statistics.ts';
export { type BleuTokenizer, bleuTokens } from './metrics/text/bleu-tokenizer.ts';
export { type ChrfOptions, type ChrfScore, CorpusChrf, chrf } from './metrics/text/chrf.ts';
export { distinctNgrams, selfBleu } from './metrics/text/diversity.ts';
export { type EditCounts, editCounts, editDistance } from './metrics/text/edit-distance.ts';
export {
  CorpusErrorRate,
  characterErrorRate,
  type ErrorRate,
  type ErrorRateUnit,
  wordErrorRate,
} from './metrics/text/error-rate.ts';
export { porterStem } from './metrics/text/porter-stemmer.ts';
export {
  type AnswerScore,
  cmrcScore,
  normalizeCmrcAnswer,
  normalizeSquadAnswer,
  squadScore,
} from './metrics/text/question-answering.ts';
export type { References } from './metrics/text/references.ts';
export {
  CorpusRouge,
  type RougeKind,
  type RougeOptions,
  type RougeScore,
  type RougeScores,
  rouge,
  rougeScores,
} from './metrics/text/rouge.ts';
export type { TerWordsOptions } from './metrics/text/ter-words.ts';
export { CorpusTer, type TerScore, translationEditRate } from './metrics/text/translation-edit-rate.ts';
export { formatSummary } from './module/format-summary.ts';
export { freeze, unfreeze } from './module/freeze.ts';
export {
  type Gpt2InitializationOptions,
  type InitializationRule,
  type InitializeParametersOptions,
  initializeAsGpt2,
  initializeParameters,
  type ParameterChoice,
} from './module/initialize-parameters.ts';
export {
  constantInitializer,
  eyeInitializer,
  type InitializationOptions,
  type Initializer,
  normalInitializer,
  uniformInitializer,
} from './module/initializers.ts';
export {
  type LoadParametersOptions,
  type LoadReport,
  loadParameters,
  type TensorMismatch,
} from './module/load-parameters.ts';
export { type LoadParametersFromOptions, loadParametersFrom } from './module/load-parameters-from.ts';
export { ModelBuffer, type ModelBufferOptions } from './module/model-buffer.ts';
export { inEvaluationMode, Module } from './module/module.ts';
export { type NamePattern, nameMatcher } from './module/name-pattern.ts';
export { type NamedInitializers, namedInitializer } from './module/named-initializer.ts';
export { type OrthogonalOptions, orthogonalInitializer } from './module/orthogonal-initializer.ts';
export { Parameter, type ParameterOptions } from './module/parameter.ts';
export { modelData, parameterData } from './module/parameter-data.ts';
export { replaceModule } from './module/replace-module.ts';
export { bindParameters, StoredTensor } from './module/stored-tensor.ts';
export {
  type LayerSummary,
  type ModelSummary,
  type SummarizeOptions,
  summarize,
  type TensorSummary,
  type TrainingMemory,
} from './module/summary.ts';
export { type TruncatedNormalOptions, truncatedNormalInitializer } from './module/truncated-normal.ts';
export {
  calculateGain,
  type KaimingOptions,
  kaimingNormalInitializer,
  kaimingUniformInitializer,
  type Nonlinearity,
  type XavierOptions,
  xavierNormalInitializer,
  xavierUniformInitializer,
} from './module/variance-scaling.ts';
export {
  Adafactor,
  type AdafactorOptions,
  type AdafactorSettings,
  type AdafactorSlots,
  type AdafactorStepOptions,
  adafactorStep,
} from './optimizers/adafactor.ts';
export {
  Adagrad,
  type AdagradOptions,
  type AdagradSettings,
  type AdagradStepOptions,
  adagradStep,
} from './optimizers/adagrad.ts';
export {
  Adam,
  type AdamMoments,
  type AdamOptions,
  type AdamSettings,
  type AdamStepOptions,
  AdamW,
  type AdamWOptions,
  adamStep,
} from './optimizers/adamw.ts';
export { clipByParameterNorm, clipByValue } from './optimizers/clip-gradients.ts';
export {
  type CosineRestartsScheduleOptions,
  cosineRestartsSchedule,
} from './optimizers/cosine-restarts-schedule.ts';
export { type CosineScheduleOptions, cosineSchedule, type Schedule } from './optimizers/cosine-schedule.ts';
export {
  type ExponentialScheduleOptions,
  exponentialSchedule,
  type MultiStepScheduleOptions,
  multiStepSchedule,
  type PolynomialScheduleOptions,
  polynomialSchedule,
  type StepScheduleOptions,
  stepSchedule,
} from './optimizers/decay-schedules.ts';
export {
  type AverageState,
  ExponentialMovingAverage,
  type ExponentialMovingAverageOptions,
} from './optimizers/exponential-moving-average.ts';
export { clipScale, globalNorm } from './optimizers/global-norm.ts';
export { GradientAccumulator } from './optimizers/gradient-accumulator.ts';
export {
  Lion,
  type LionOptions,
  type LionSettings,
  type LionStepOptions,
  lionStep,
} from './optimizers/lion.ts';
export { hiddenMatrices, Muon, type MuonOptions, type MuonSettings } from './optimizers/muon.ts';
export { newtonSchulz } from './optimizers/newton-schulz.ts';
export { type OneCycleScheduleOptions, oneCycleSchedule } from './optimizers/one-cycle-schedule.ts';
export {
  decaysMatrices,
  Optimizer,
  type OptimizerOptions,
  type OptimizerSettings,
  type OptimizerState,
  type ParameterUpdate,
  type StepOptions,
} from './optimizers/optimizer.ts';
export {
  type LayerwiseLearningRatesOptions,
  layerwiseLearningRates,
  type ParameterGroup,
} from './optimizers/parameter-group.ts';
export {
  PlateauSchedule,
  type PlateauScheduleOptions,
  type PlateauState,
} from './optimizers/plateau-schedule.ts';
export {
  RMSProp,
  type RMSPropOptions,
  type RMSPropSettings,
  type RMSPropSlots,
  type RMSPropStepOptions,
  rmspropStep,
} from './optimizers/rmsprop.ts';
export {
  constantSchedule,
  type InverseSquareRootScheduleOptions,
  inverseSquareRootSchedule,
  type LinearScheduleOptions,
  linearSchedule,
  type SchedulePart,
  type StableDecayScheduleOptions,
  sequenceSchedule,
  stableDecaySchedule,
  withWarmup,
} from './optimizers/schedules.ts';
export { SGD, type SGDOptions, type SGDSettings, type SGDStepOptions, sgdStep } from './optimizers/sgd.ts';
export { SynchronousOptimizer } from './optimizers/synchronous-optimizer.ts';
export { alibiBias, alibiSlopes } from './positions/alibi.ts';
export { LearnedPositions } from './positions/learned-positions.ts';
export {
  type RelativeBucketOptions,
  RelativePositionBias,
  type RelativePositionBiasOptions,
  relativePositionBucket,
} from './positions/relative-position-bias.ts';
export { RotaryEmbedding, type RotaryOptions, type RotaryPositions } from './positions/rotary-embedding.ts';
export {
  type RotaryFrequencyOptions,
  type RotaryScaling,
  rotaryFrequencies,
} from './positions/rotary-frequencies.ts';
export {
  type SinusoidalOptions,
  SinusoidalPositions,
  sinusoidalTable,
} from './positions/sinusoidal-positions.ts';
export { type OpenTorchFileOptions, openTorchFile } from './pytorch/open-torch-file.ts';
export {
  decodeRawSafetensors,
  decodeSafetensors,
  type RawSafetensors,
  type Safetensors,
} from './safetensors/decode.ts';
export { encodeSafetensors } from './safetensors/encode.ts';
export { type OpenSafetensorsOptions, openSafetensors } from './safetensors/open.ts';
export { type ShardFile, type ShardOptions, shardSafetensors } from './safetensors/shard.ts';
export { streamSafetensors } from './safetensors/stream.ts';
export type { ByteSource, FileBytes } from './tensor-files/byte-source.ts';
export { castTensor, type FloatElementType, toTensorData } from './tensor-files/convert.ts';
export type { ElementArrays, ElementType, RawTensor } from './tensor-files/element-type.ts';
export { type OpenShardsOptions, openShards } from './tensor-files/open-shards.ts';
export { type OpenTensorsOptions, openTensors } from './tensor-files/open-tensors.ts';
export { openRemoteBytes, type RemoteBytesOptions } from './tensor-files/remote-bytes.ts';
export { renameTensors, type TensorNames } from './tensor-files/rename-tensors.ts';
export type { TensorRanges } from './tensor-files/strided-view.ts';
export {
  type TensorEntry,
  type TensorSource,
  type Tensors,
  tensorSource,
} from './tensor-files/tensor-source.ts';
export type { AdaptiveSchedule } from './training/adaptive-schedule.ts';
export {
  type CheckpointOptions,
  type CheckpointStore,
  memoryCheckpoints,
  type RestoredCheckpoint,
  restoreCheckpoint,
  type TrainingParts,
} from './training/checkpoints.ts';
export { type CompileModelOptions, compileModel } from './training/compile-model.ts';
export {
  type Batches,
  createEvaluator,
  type EvaluateOptions,
  type Evaluator,
  type EvaluatorOptions,
  evaluate,
} from './training/evaluate.ts';
export type { EvaluationFunction, EvaluationOptions } from './training/evaluation-sets.ts';
export { type ExplainTrainingOptions, explainTraining } from './training/explain-training.ts';
export { train } from './training/train.ts';
export type {
  CheckpointSaveEvent,
  CompileEndEvent,
  EvaluationEndEvent,
  StepEndEvent,
  StepSkipEvent,
  TrainEndEvent,
  TrainEvent,
} from './training/train-event.ts';
export type { EarlyStoppingOptions, TrainOptions } from './training/train-options.ts';
export { lossAlone, type TrainableModel } from './training/trainable-model.ts';
export {
  type KeptCheckpoint,
  TrainingProgress,
  type TrainingProgressState,
  type WatchedLoss,
} from './training/training-progress.ts';
export { decodeTrainingState, encodeTrainingState } from './training/training-state.ts';
