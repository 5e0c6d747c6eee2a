export { addWords, removeWords, suggestFrequency, type UserWord } from './dictionary/change-dictionary.ts';
export {
  ChineseDictionary,
  createChineseDictionary,
  type DictionaryEntry,
} from './dictionary/chinese-dictionary.ts';
export { readChineseDictionary, writeChineseDictionary } from './dictionary/dictionary-file.ts';
export { parseChineseDictionary } from './dictionary/dictionary-text.ts';
export { type ChineseData, loadChineseSegmenter } from './load-segmenter.ts';
export type { Piece, WordSegmenter } from './piece.ts';
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
