export { AdditiveModel, type AdditiveModelOptions } from './additive-model.ts';
export { type ReadArpaOptions, readArpa, readArpaStream } from './arpa/arpa-reader.ts';
export {
  type FilterArpaOptions,
  filterArpa,
  type NgramFilter,
  ofPhrases,
  ofSentences,
  ofWords,
} from './arpa/filter-arpa.ts';
export { writeArpa } from './arpa/write-arpa.ts';
export { readClasses, writeClasses } from './classes/class-file.ts';
export { ClassModel, type TrainClassModelOptions, trainClassModel } from './classes/class-model.ts';
export {
  type ClusterProgress,
  type ClusterWordsOptions,
  clusterWords,
} from './classes/cluster-words.ts';
export { WordClasses, type WordClassesParts } from './classes/word-classes.ts';
export { CacheModel, type CacheModelOptions, type CacheState } from './combine/cache-model.ts';
export { fillUp } from './combine/fill-up.ts';
export { freezeModel } from './combine/freeze-model.ts';
export {
  LogLinearMixture,
  type LogLinearMixtureOptions,
  type Normalizer,
} from './combine/log-linear-mixture.ts';
export { MapAdaptedModel, type MapState } from './combine/map-model.ts';
export { mergeCounts, type WeightedCounts } from './combine/merge-counts.ts';
export {
  LinearMixture,
  type LinearMixtureOptions,
  type TuneMixtureOptions,
  tuneMixture,
} from './combine/mixture.ts';
export { type TuneLogLinearOptions, tuneLogLinear } from './combine/tune-log-linear.ts';
export { scaleUnigrams } from './combine/unigram-scaling.ts';
export { type ByteSource, type HttpSourceOptions, openHttpSource } from './compact/byte-source.ts';
export {
  type DecodeCompactOptions,
  decodeCompact,
  type EncodeCompactOptions,
  encodeCompact,
} from './compact/compact-file.ts';
export { CompactModel } from './compact/compact-model.ts';
export {
  type OpenRemoteModelOptions,
  openRemoteModel,
  type RemoteModel,
} from './compact/remote-model.ts';
export {
  type LikelySentence,
  type LikelySentencesOptions,
  likelySentences,
} from './constrain/likely-sentences.ts';
export { type AutomatonState, WordAutomaton } from './constrain/word-automaton.ts';
export { wordPattern } from './constrain/word-pattern.ts';
export { containing, lengthBetween, oneOf } from './constrain/word-sets.ts';
export { type CountNgramsOptions, countNgrams, type NgramCounts } from './count-ngrams.ts';
export {
  type EstimateModelOptions,
  estimateModel,
  type TrainNgramModelOptions,
  trainNgramModel,
} from './estimate-model.ts';
export { type DrawOptions, drawNextWord, type GenerateOptions, generateWords } from './generate.ts';
export { type EncodeKenlmProbingOptions, encodeKenlmProbing } from './kenlm/encode-probing.ts';
export { KenlmProbingModel } from './kenlm/kenlm-probing-model.ts';
export { type ReadKenlmOptions, readKenlm } from './kenlm/read-kenlm.ts';
export type { AnyLanguageModel, LanguageModel, WordScore } from './language-model.ts';
export {
  type BestPathOptions,
  bestPath,
  type LatticePath,
  segmentWithModel,
} from './lattice/best-path.ts';
export { dictionaryLattice, type LatticeArc, type WordLattice } from './lattice/word-lattice.ts';
export {
  type ChildVisitor,
  likelyNextWords,
  type NextWord,
  type NextWordSource,
  nextWordDistribution,
} from './next-words.ts';
export { NgramModel, type NgramModelParts } from './ngram-model.ts';
export { NgramTrie, type NgramTrieParts } from './ngram-trie.ts';
export type { CorpusWriter } from './out-of-core/corpus-writer.ts';
export { corpusOfIds, corpusOfSentences, type NgramCorpus } from './out-of-core/ngram-corpus.ts';
export { originRunStorage } from './out-of-core/origin-run-storage.ts';
export type { OutOfCoreEvent, TrainOutOfCoreOptions } from './out-of-core/out-of-core-options.ts';
export {
  MemoryRunStorage,
  type RunFile,
  type RunFileWriter,
  type RunStorage,
} from './out-of-core/run-storage.ts';
export type { SortingWorker } from './out-of-core/sort-pool.ts';
export { serveNgramSorting } from './out-of-core/sort-work.ts';
export { type NgramBlock, StoredNgrams } from './out-of-core/stored-ngrams.ts';
export { trainNgramsOutOfCore } from './out-of-core/train-out-of-core.ts';
export { scoreLines, scoreText, type TextScore } from './perplexity.ts';
export { type PruneByEntropyOptions, pruneByEntropy } from './prune-by-entropy.ts';
export { createRandomSource, type RandomSource } from './random-source.ts';
export {
  type Hypothesis,
  type NbestList,
  readNbestLists,
  weighFeatures,
  writeNbestLists,
} from './rescore/nbest-list.ts';
export { type AddModelScoresOptions, addModelScores, rankHypotheses } from './rescore/rescore.ts';
export { bleuLoss, type ErrorMeasure, wordErrorRate } from './rescore/text-errors.ts';
export { type TuneRescoringOptions, tuneRescoring } from './rescore/tune-rescoring.ts';
export {
  type AbsoluteDiscountingOptions,
  absoluteDiscounting,
} from './smoothing/absolute-discounting.ts';
export type { DiscountFallback, Discounts } from './smoothing/discounts.ts';
export { type KatzOptions, katz } from './smoothing/katz.ts';
export { type KneserNeyOptions, kneserNey } from './smoothing/kneser-ney.ts';
export { maximumLikelihood } from './smoothing/maximum-likelihood.ts';
export type { SharingPlan, SharingRule } from './smoothing/sharing-rule.ts';
export type { SmoothedCounts, SmoothingInput, SmoothingMethod } from './smoothing/smoothing.ts';
export { type StupidBackoffOptions, stupidBackoff } from './smoothing/stupid-backoff.ts';
export { wittenBell } from './smoothing/witten-bell.ts';
export {
  type NgramCountSqlOptions,
  ngramCountSql,
  type TokenTable,
  vocabularySql,
} from './sql/ngram-sql.ts';
export {
  type Continuation,
  CorpusIndex,
  type PhrasePlace,
  type SuffixRange,
} from './suffix-array/corpus-index.ts';
export { InfiniGramModel, type InfiniGramState } from './suffix-array/infini-gram-model.ts';
export { NgramVocabulary, SENTENCE_END, SENTENCE_START, UNKNOWN } from './vocabulary.ts';
