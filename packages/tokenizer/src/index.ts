export type { BytePairTokenizer } from './byte-pair/byte-pair-tokenizer.ts';
export { type LoadVocabAndMergesOptions, loadVocabAndMerges } from './byte-pair/read-byte-pair.ts';
export {
  type TrainBytePairEvent,
  type TrainBytePairOptions,
  type TrainBytePairStepsOptions,
  trainBytePair,
  trainBytePairSteps,
} from './byte-pair/train-byte-pair.ts';
export type { CharacterTokenizer } from './characters/character-tokenizer.ts';
export { type TrainCharactersOptions, trainCharacters } from './characters/train-characters.ts';
export { decodeStream } from './decode-stream.ts';
export { type LoadTokenizerOptions, loadTokenizer } from './load-tokenizer.ts';
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
export {
  decodeSentencePieceFile,
  encodeSentencePieceFile,
  type PieceKind,
  type SentencePiece,
  type SentencePieceFile,
} from './sentencepiece/sentence-piece-file.ts';
export {
  loadSentencePiece,
  type ScoredIds,
  type SentencePieceEncodeOptions,
  type SentencePieceSampleOptions,
  SentencePieceTokenizer,
} from './sentencepiece/sentence-piece-tokenizer.ts';
export type { DecodeOptions, EncodeOptions, StreamingTextDecoder, Tokenizer } from './tokenizer.ts';
export type {
  AddedTokenJson,
  ByteLevelJson,
  BytePairModelJson,
  CharacterSplitJson,
  TokenizerJson,
  WordLevelModelJson,
} from './tokenizer-json.ts';
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
