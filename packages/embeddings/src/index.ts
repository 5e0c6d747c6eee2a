export type { EvaluationOptions } from './evaluation/known-words.ts';
export {
  type AnalogiesOptions,
  type AnalogiesResult,
  type Analogy,
  type AnalogyScore,
  type AnalogySection,
  evaluateAnalogies,
  parseAnalogies,
} from './evaluation/word-analogies.ts';
export {
  evaluateWordPairs,
  parseWordPairs,
  type WordPair,
  type WordPairsResult,
} from './evaluation/word-pairs.ts';
export type {
  ClassifierRun,
  ClassifierSettings,
  TrainClassifierOptions,
} from './fasttext/classifier-options.ts';
export { FastTextDictionary } from './fasttext/dictionary.ts';
export { type ClassifierScore, evaluateClassifier, type LabelScore } from './fasttext/evaluate-classifier.ts';
export { FastTextModel, type Prediction, type PredictOptions } from './fasttext/fasttext-model.ts';
export type { FastTextKind, FastTextLoss, FastTextSettings } from './fasttext/fasttext-settings.ts';
export type { LabeledText, LabeledTexts } from './fasttext/labeled-texts.ts';
export { type QuantizeModelOptions, quantizeModel } from './fasttext/quantize-model.ts';
export { type ReadFastTextOptions, readFastText } from './fasttext/read-fasttext.ts';
export {
  type ClassifierProgress,
  type ClassifierStart,
  type ClassifierTrainingEvent,
  trainClassifier,
} from './fasttext/train-classifier.ts';
export { fastTextModelOf } from './fasttext/word-model.ts';
export { writeFastText } from './fasttext/write-fasttext.ts';
export type { VectorFormat } from './files/detect-format.ts';
export type { ReadProgress } from './files/format-context.ts';
export { type ReadGensimOptions, readGensim } from './files/gensim/read-gensim.ts';
export { bytesAccess, type RandomAccess, rangeAccess } from './files/random-access.ts';
export { type ReadWordVectorsOptions, readWordVectors } from './files/read-word-vectors.ts';
export { VectorFile } from './files/vector-file.ts';
export { type WriteWordVectorsOptions, writeWordVectors } from './files/write-word-vectors.ts';
export { type Cooccurrence, type CooccurrenceSettings, Cooccurrences } from './glove/cooccurrences.ts';
export { type CountCooccurrencesOptions, countCooccurrences } from './glove/count-cooccurrences.ts';
export type { CountingProgress } from './glove/count-windows.ts';
export type { GloveProgress, GloveTrainingEvent } from './glove/glove-events.ts';
export { GloveModel, type GloveModelFields, type GlovePosition } from './glove/glove-model.ts';
export type { GloveRun, GloveSettings } from './glove/glove-options.ts';
export { decodeGloveModel, encodeGloveModel } from './glove/model-file.ts';
export {
  type ContinueGloveOptions,
  continueGlove,
  resumeGlove,
  type TrainGloveOptions,
  trainGlove,
} from './glove/train-glove.ts';
export {
  type InferParagraphVectorsOptions,
  inferParagraphVector,
  inferParagraphVectors,
} from './paragraph-vectors/infer-paragraph-vectors.ts';
export {
  type ParagraphTrainingSettings,
  ParagraphVectorModel,
} from './paragraph-vectors/paragraph-vector-model.ts';
export {
  type ParagraphTrainingEvent,
  resumeParagraphVectors,
  type TrainParagraphVectorsOptions,
  trainParagraphVectors,
} from './paragraph-vectors/train-paragraph-vectors.ts';
export {
  ENGLISH_CONNECTOR_WORDS,
  type LearnPhrasesOptions,
  learnPhrases,
  Phrases,
} from './phrases/phrases.ts';
export {
  type LearnProductQuantizerOptions,
  learnProductQuantizer,
  type ProductQuantizer,
  type QuantizedRows,
} from './quantization/product-quantizer.ts';
export {
  ExactIndex,
  type ExactIndexOptions,
  exactIndexOf,
  type Precision,
  type RowLimit,
} from './search/exact-index.ts';
export { InvertedIndex, type InvertedIndexOptions } from './search/inverted-index.ts';
export { ProductIndex, type ProductIndexOptions } from './search/product-index.ts';
export type { Neighbors, VectorIndex } from './search/vector-index.ts';
export { sharesMemory } from './threads/kernel-worker.ts';
export { type Alignment, alignVectors } from './vectors/align-vectors.ts';
export { cosineSimilarity } from './vectors/cosine-similarity.ts';
export { type KMeansOptions, type KMeansResult, kMeans } from './vectors/k-means.ts';
export {
  type EmbeddingMatrix,
  type EmbeddingMatrixOptions,
  embeddingMatrix,
  lookUp,
} from './vectors/lookup.ts';
export { type MeanVectorOptions, meanVector } from './vectors/mean-vector.ts';
export {
  type Direction,
  type MostSimilarOptions,
  mostSimilar,
  type SimilarWord,
} from './vectors/most-similar.ts';
export { type PrincipalComponents, principalComponents } from './vectors/principal-components.ts';
export { SentenceEmbedder, type SentenceEmbedderOptions } from './vectors/sentence-embedder.ts';
export { doesNotMatch, nearerThan, rankOf, setSimilarity, wordSimilarity } from './vectors/similarity.ts';
export { type SingularValues, singularValues } from './vectors/singular-values.ts';
export { unitTable } from './vectors/unit-table.ts';
export { intersectVocabularies, mergeVocabularies, restrictVocabulary } from './vectors/vocabularies.ts';
export { type WordMoversDistanceOptions, wordMoversDistance } from './vectors/word-movers-distance.ts';
export { WordVectors } from './vectors/word-vectors.ts';
export type { Sentence, Sentences } from './vocabulary/sentences.ts';
export { Vocabulary, type VocabularyOptions } from './vocabulary/vocabulary.ts';
export { decodeWordVectorModel, encodeWordVectorModel } from './word2vec/model-file.ts';
export {
  type ContinueWordVectorsOptions,
  continueWordVectors,
  resumeWordVectors,
  trainWordVectors,
} from './word2vec/train-word-vectors.ts';
export type { TrainingEvent, TrainingProgress, WordTrainingEvent } from './word2vec/word-training-events.ts';
export type {
  TrainingRun,
  TrainWordVectorsOptions,
  WordTrainingSettings,
} from './word2vec/word-training-options.ts';
export {
  type TrainingPosition,
  WordVectorModel,
  type WordVectorModelFields,
} from './word2vec/word-vector-model.ts';
