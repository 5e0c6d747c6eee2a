export type { AddedToken } from './added-tokens.ts';
export { type LoadTiktokenOptions, loadTiktoken } from './byte-pair/load-tiktoken.ts';
export { type LoadVocabAndMergesOptions, loadVocabAndMerges } from './byte-pair/load-vocab-and-merges.ts';
export { type TiktokenEncoding, tiktokenEncodings } from './byte-pair/tiktoken-encodings.ts';
export {
  type TrainBytePairEvent,
  type TrainBytePairOptions,
  type TrainBytePairStepsOptions,
  trainBytePair,
  trainBytePairSteps,
} from './byte-pair/train-byte-pair.ts';
export type { VocabAndMergesStyle } from './byte-pair/vocab-and-merges-style.ts';
export { type TrainCharactersOptions, trainCharacters } from './characters/train-characters.ts';
export type { CountTokensOptions } from './counting/count-tokens.ts';
export {
  type EditCost,
  IncrementalEncoder,
  type IncrementalEncoderOptions,
} from './counting/incremental-encoder.ts';
export { IntervalCounter, type IntervalCounterOptions } from './counting/interval-counter.ts';
export { decodeStream } from './decode-stream.ts';
export { ByteFallbackDecoder } from './decoders/byte-fallback.ts';
export { ByteLevelDecoder, type ByteLevelDecoderOptions } from './decoders/byte-level.ts';
export { BytePairDecoder } from './decoders/byte-pair.ts';
export { CtcDecoder, type CtcDecoderOptions } from './decoders/ctc.ts';
export type { Decoder, DecoderJson } from './decoders/decoder.ts';
export { FuseDecoder } from './decoders/fuse.ts';
export { MetaspaceDecoder } from './decoders/metaspace.ts';
export { ReplaceDecoder } from './decoders/replace.ts';
export { SequenceDecoder } from './decoders/sequence.ts';
export { StripDecoder, type StripDecoderOptions } from './decoders/strip.ts';
export { WordPieceDecoder, type WordPieceDecoderOptions } from './decoders/word-piece.ts';
export { Encoding, type EncodingFields } from './encoding.ts';
export type { GgufMetadata, GgufValue } from './gguf/gguf-header.ts';
export {
  type RangeReader,
  type ReadGgufMetadataOptions,
  readGgufMetadata,
} from './gguf/gguf-metadata.ts';
export type { GgufNumbers } from './gguf/gguf-reader.ts';
export type { GgufTensorInfo } from './gguf/gguf-tensors.ts';
export { ggufToTokenizer, readGgufTokenizer } from './gguf/gguf-tokenizer.ts';
export { IdBuffer } from './id-buffer.ts';
export { type LoadTokenizerOptions, loadTokenizer } from './load-tokenizer.ts';
export { BytePairModel, type BytePairOptions } from './models/byte-pair.ts';
export { type LoadVocabTextOptions, loadVocabText } from './models/load-vocab-text.ts';
export type { Model } from './models/model.ts';
export { TokenSpans } from './models/token-spans.ts';
export type { WordCounts } from './models/unigram/seed-pieces.ts';
export {
  type TrainUnigramEvent,
  type TrainUnigramOptions,
  type TrainUnigramStepsOptions,
  trainUnigram,
  trainUnigramSteps,
} from './models/unigram/train-unigram.ts';
export {
  type ScoredPiece,
  UnigramModel,
  type UnigramModelJson,
  type UnigramOptions,
  type UnigramSampling,
} from './models/unigram/unigram-model.ts';
export { type TokenLookup, Vocabulary as TokenVocabulary } from './models/vocabulary.ts';
export { WordLevelModel } from './models/word-level.ts';
export { WordPieceModel, type WordPieceOptions } from './models/word-piece.ts';
export { Edits, NormalizedText } from './normalized-text.ts';
export { BertNormalizer, type BertNormalizerOptions } from './normalizers/bert.ts';
export { ByteLevelNormalizer } from './normalizers/byte-level.ts';
export { LowercaseNormalizer } from './normalizers/lowercase.ts';
export { NmtNormalizer } from './normalizers/nmt.ts';
export type { Normalizer, NormalizerJson } from './normalizers/normalizer.ts';
export { PrecompiledNormalizer } from './normalizers/precompiled.ts';
export { PrependNormalizer } from './normalizers/prepend.ts';
export { ReplaceNormalizer } from './normalizers/replace.ts';
export { SequenceNormalizer } from './normalizers/sequence.ts';
export { StripNormalizer } from './normalizers/strip.ts';
export { StripAccentsNormalizer } from './normalizers/strip-accents.ts';
export { UnicodeFormNormalizer } from './normalizers/unicode-form.ts';
export type { OffsetUnit } from './offset-unit.ts';
export type { Padding } from './padding.ts';
export { BertPostProcessor } from './post-processors/bert.ts';
export { ByteLevelPostProcessor, type ByteLevelPostProcessorOptions } from './post-processors/byte-level.ts';
export type { PostProcessor, PostProcessorJson, SpecialToken } from './post-processors/post-processor.ts';
export { type RobertaOptions, RobertaPostProcessor } from './post-processors/roberta.ts';
export { SequencePostProcessor } from './post-processors/sequence.ts';
export {
  type TemplateOptions,
  type TemplatePart,
  TemplatePostProcessor,
} from './post-processors/template.ts';
export { BertPreTokenizer } from './pre-tokenizers/bert.ts';
export { type ByteLevelOptions, ByteLevelPreTokenizer } from './pre-tokenizers/byte-level.ts';
export { CharDelimiterSplitPreTokenizer } from './pre-tokenizers/char-delimiter-split.ts';
export { DigitsPreTokenizer } from './pre-tokenizers/digits.ts';
export { FixedLengthPreTokenizer } from './pre-tokenizers/fixed-length.ts';
export {
  type MetaspaceOptions,
  MetaspacePreTokenizer,
  type PrependScheme,
} from './pre-tokenizers/metaspace.ts';
export type { PreTokenizer, PreTokenizerJson } from './pre-tokenizers/pre-tokenizer.ts';
export { PunctuationPreTokenizer } from './pre-tokenizers/punctuation.ts';
export { SequencePreTokenizer } from './pre-tokenizers/sequence.ts';
export { type SplitOptions, SplitPreTokenizer } from './pre-tokenizers/split.ts';
export type { SplitBehavior } from './pre-tokenizers/split-behavior.ts';
export { UnicodeScriptsPreTokenizer } from './pre-tokenizers/unicode-scripts.ts';
export { WhitespacePreTokenizer, WhitespaceSplitPreTokenizer } from './pre-tokenizers/whitespace.ts';
export {
  type FetchPretrainedFile,
  type LoadPretrainedTokenizerOptions,
  loadPretrainedTokenizer,
  type PretrainedFile,
} from './pretrained/load-pretrained-tokenizer.ts';
export type { PretrainedTokenizer } from './pretrained/pretrained-tokenizer.ts';
export type { SpecialTokenRoles } from './pretrained/special-token-roles.ts';
export { createRandomSource, type RandomSource } from './random-source.ts';
export { RegexPattern } from './regex/regex-pattern.ts';
export {
  decodeSentencePieceFile,
  encodeSentencePieceFile,
  type PieceKind,
  type SentencePiece,
  type SentencePieceFile,
} from './sentencepiece/sentence-piece-file.ts';
export {
  type SentencePieceToTokenizerOptions,
  sentencePieceToTokenizer,
} from './sentencepiece/sentence-piece-to-tokenizer.ts';
export {
  loadSentencePiece,
  type ScoredIds,
  type SentencePieceEncodeOptions,
  type SentencePieceSampleOptions,
  SentencePieceTokenizer,
} from './sentencepiece/sentence-piece-tokenizer.ts';
export type { StreamingTextDecoder } from './text-decoder.ts';
export type { BatchInput, TextInput } from './text-input.ts';
export { LiteralPattern, type TextPattern, type TextPatternJson } from './text-pattern.ts';
export type { BrandedEncoding, BrandedTextDecoder, TokenId, TokenIds } from './token-id.ts';
export {
  type DecodeOptions,
  type EncodeOptions,
  type EncodeWithOffsetsOptions,
  Tokenizer,
  type TokenizerParts,
} from './tokenizer.ts';
export type {
  AddedTokenJson,
  BytePairModelJson,
  ModelJson,
  PaddingJson,
  TokenizerJson,
  TruncationJson,
  WordLevelModelJson,
  WordPieceModelJson,
} from './tokenizer-json.ts';
export {
  type ContinueTrainingOptions,
  type ContinueTrainingStepsOptions,
  continueTraining,
  continueTrainingSteps,
} from './training/continue-training.ts';
export type { CorpusSize, CountedWord, TrainingCorpus } from './training/corpus-counter.ts';
export type { TrainTokenizerStepsOptions } from './training/run-training.ts';
export { trainTokenizer, trainTokenizerSteps } from './training/train-tokenizer.ts';
export type { TrainingCheckpoint } from './training/training-checkpoint.ts';
export type {
  ContinuationEvent,
  ContinueTrainingEvent,
  LearningEvent,
  TrainTokenizerEvent,
} from './training/training-events.ts';
export type {
  BytePairTrainingOptions,
  TrainingPipelineOptions,
  TrainTokenizerOptions,
  UnigramTrainingOptions,
  WordLevelTrainingOptions,
  WordPieceTrainingOptions,
} from './training/training-options.ts';
export type { TrainingSpecialToken } from './training/training-tokens.ts';
export { withoutTokens } from './training/without-tokens.ts';
export type { Truncation, TruncationStrategy } from './truncation.ts';
export { OneHotView } from './units/one-hot.ts';
export {
  characterCodes,
  type TextUnit,
  type TextUnitKind,
  type TextUnitsOptions,
  textUnits,
} from './units/text-units.ts';
export {
  type BuildVocabularyOptions,
  buildVocabulary,
  Vocabulary,
  type VocabularyJson,
} from './units/vocabulary.ts';
export { type CountWordsOptions, countWords } from './word-counts/count-words.ts';
export {
  type CountWordsEvent,
  type CountWordsStepsOptions,
  countWordsSteps,
} from './word-counts/count-words-steps.ts';
export { CountedWords, type SelectWordsOptions } from './word-counts/counted-words.ts';
export { originStorage } from './word-counts/origin-storage.ts';
export {
  MemoryRunStorage,
  type RunFile,
  type RunFileWriter,
  type RunStorage,
} from './word-counts/run-storage.ts';
export { serveWordCounts } from './word-counts/serve-word-counts.ts';
export { blobSource, type TextSource } from './word-counts/text-source.ts';
export type { WordParts } from './word-counts/word-feed.ts';
export type { CountingWorker } from './word-counts/worker-counter.ts';
