export { addWords, removeWords, suggestFrequency, type UserWord } from './dictionary/change-dictionary.ts';
export {
  ChineseDictionary,
  createChineseDictionary,
  type DictionaryEntry,
} from './dictionary/chinese-dictionary.ts';
export { readChineseDictionary, writeChineseDictionary } from './dictionary/dictionary-file.ts';
export { parseChineseDictionary } from './dictionary/dictionary-text.ts';
export { evaluateSegmentation, parseSegmentedText, type SegmentationScore } from './evaluate-segmentation.ts';
export {
  countDocumentFrequencies,
  DocumentFrequencies,
  readDocumentFrequencies,
  writeDocumentFrequencies,
} from './keywords/document-frequencies.ts';
export { type ExtractKeywordsOptions, extractKeywords } from './keywords/extract-keywords.ts';
export { type Keyword, type KeywordOptions, STOP_WORDS, type Tagger } from './keywords/keyword-candidates.ts';
export { type RankKeywordsOptions, rankKeywords } from './keywords/rank-keywords.ts';
export { type ChineseData, loadChineseSegmenter } from './load-segmenter.ts';
export type { Piece, WordSegmenter } from './piece.ts';
export {
  characterPieces,
  type PreTokenizer,
  subwordPieces,
  type WordCutter,
  wordPieces,
} from './pre-tokenizers.ts';
export {
  DictionarySegmenter,
  type SegmentationMode,
  type SegmentationOptions,
  type TaggedPiece,
} from './segmentation/dictionary-segmenter.ts';
export {
  HiddenMarkovModel,
  type HiddenMarkovParameters,
  parseHiddenMarkovModel,
  readHiddenMarkovModel,
  writeHiddenMarkovModel,
} from './segmentation/hidden-markov-model.ts';
export { readTrainedSegmenter, writeTrainedSegmenter } from './training/segmenter-file.ts';
export {
  type TrainSegmenterEvent,
  type TrainSegmenterOptions,
  type TrainSegmenterStepsOptions,
  trainSegmenter,
  trainSegmenterSteps,
} from './training/train-segmenter.ts';
export { TrainedSegmenter } from './training/trained-segmenter.ts';
