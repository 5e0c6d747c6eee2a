import type { NgramCounts } from '../count-ngrams.ts';
import { describeValue } from '../describe-value.ts';
import { pause } from '../pause.ts';
import { NgramVocabulary, RESERVED_WORDS } from '../vocabulary.ts';
import { ClassBigrams } from './class-bigrams.ts';
import { WordClasses } from './word-classes.ts';

/** How far clustering has come. */
export interface ClusterProgress {
  /** From 1. */
  readonly round: number;
  /** Of the round, 0 to 1. */
  readonly done: number;
  /** Words that changed their class in this round so far. */
  readonly moved: number;
  /** Of the text under the class bigrams, words given. Falls with every word that moves. */
  readonly perplexity: number;
}

/** Options of {@link clusterWords}. */
export interface ClusterWordsOptions {
  readonly classCount: number;
  /** Rounds over all words at most (default 20). They end when no word moves. */
  readonly rounds?: number;
  /** Gets told several times a second, and at the end of each round. */
  readonly onProgress?: (progress: ClusterProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Classes of words that are used alike: those under which class bigrams predict the text best, p(w | v) = p(w | c(w)) · p(c(w) | c(v)).
 *
 * The exchange algorithm: the most frequent words begin in classes of their own, all others in the last one; then each word in turn moves to the
 * class where it fits best, round after round. No draw is made: the same counts give the same classes. A round takes time in proportion to the
 * words, the classes, and the classes that each word stands beside. Words that do not occur are in no class.
 *
 * @param counts of two words and more
 * @throws {RangeError} if the counts are of single words only, or there are more classes than words
 * @throws what the signal's `reason` is, if it is aborted
 * @see Kneser and Ney 1993; Martin, Liermann and Ney 1998, "Algorithms for bigram and trigram word clustering"; Brown et al. 1992 for the criterion
 */
export async function clusterWords(
  { trie, counts }: NgramCounts,
  vocabulary: NgramVocabulary,
  { classCount, rounds = 20, onProgress, signal }: ClusterWordsOptions,
): Promise<WordClasses> {
  if (trie.order < 2)
    throw new RangeError('clusterWords: counts must be of two words and more, got order 1.');
  const words = Int32Array.from(vocabulary.words.keys())
    .subarray(RESERVED_WORDS.length)
    .filter((word) => counts[word + 1]! > 0)
    .sort((a, b) => counts[b + 1]! - counts[a + 1]! || a - b);
  if (!Number.isInteger(classCount) || classCount < 1 || classCount > words.length) {
    throw new RangeError(
      `clusterWords: classCount must be an integer from 1 to the ${words.length} words that occur, got ${describeValue(classCount)}.`,
    );
  }
  const reserved = RESERVED_WORDS.length;
  const classOf = Int32Array.from(vocabulary.words, (_, word) => (word < reserved ? word : -1));
  for (const [rank, word] of words.entries()) classOf[word] = reserved + Math.min(rank, classCount - 1);
  const bigrams = new ClassBigrams({ trie, counts }, classOf, reserved + classCount);
  let lastPause = performance.now();
  for (let round = 1; round <= rounds; round++) {
    let moved = 0;
    const report = (done: number) => onProgress?.({ round, done, moved, perplexity: bigrams.perplexity });
    for (const [rank, word] of words.entries()) {
      if (bigrams.moveToBest(word, reserved)) moved++;
      if (performance.now() - lastPause < PAUSE) continue;
      report((rank + 1) / words.length);
      await pause(signal);
      lastPause = performance.now();
    }
    signal?.throwIfAborted();
    report(1);
    if (moved === 0) break;
  }
  return classesOf(words, vocabulary, counts, bigrams.classOf, classCount);
}

/** Milliseconds between pauses in which other work may go on. */
const PAUSE = 100;

function classesOf(
  occurring: Int32Array,
  all: NgramVocabulary,
  counts: Float64Array,
  classOf: Int32Array,
  classCount: number,
): WordClasses {
  const vocabulary = NgramVocabulary.of(Array.from(occurring, (word) => all.wordOf(word)));
  const width = String(classCount - 1).length;
  const names = Array.from(
    { length: classCount },
    (_, index) => `CLASS-${String(index).padStart(width, '0')}`,
  );
  const classes = NgramVocabulary.of(names);
  const own = Int32Array.from(vocabulary.words, (word) => classOf[all.idOf(word)]!);
  const totals = new Float64Array(classes.size);
  for (const word of occurring) totals[classOf[word]!]! += counts[word + 1]!;
  const logShares = Float64Array.from(vocabulary.words, (word, id) =>
    id < RESERVED_WORDS.length ? 0 : Math.log10(counts[all.idOf(word) + 1]! / totals[own[id]!]!),
  );
  return new WordClasses({ vocabulary, classes, classOf: own, logShares });
}
