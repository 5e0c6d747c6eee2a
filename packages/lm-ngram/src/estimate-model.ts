import { countNgrams, type NgramCounts } from './count-ngrams.ts';
import { describeValue } from './describe-value.ts';
import { NgramModel } from './ngram-model.ts';
import { pruneTrie } from './prune-trie.ts';
import type { DiscountFallback } from './smoothing/discounts.ts';
import { kneserNey } from './smoothing/kneser-ney.ts';
import type { SmoothingMethod } from './smoothing/smoothing.ts';
import { NgramVocabulary, RESERVED_WORDS } from './vocabulary.ts';

/** Options of {@link estimateModel}. */
export interface EstimateModelOptions {
  /** How counts become probabilities (default modified Kneser-Ney, interpolated). */
  readonly smoothing?: SmoothingMethod;
  /**
   * N-grams that occur no more often than this are left out, by order, unigrams first; the last number holds for higher orders too
   * (default none: `[0]`). Unigrams always stay, so the first number must be 0, and numbers must not fall.
   */
  readonly prune?: readonly number[];
  /** Words that longer n-grams may hold; others occur as unigrams only (default all). */
  readonly limitVocabulary?: Iterable<string>;
  /** Gets told of orders whose discounts the counts do not yield. */
  readonly onFallback?: (fallback: DiscountFallback) => void;
}

/**
 * A model of counts.
 *
 * Discounts are estimated before anything is pruned, and the probability of what is pruned goes to the shorter contexts, as in KenLM.
 *
 * @throws {RangeError} if `prune` begins with another number than 0, or falls
 */
export function estimateModel(
  { trie, counts }: NgramCounts,
  vocabulary: NgramVocabulary,
  { smoothing = kneserNey(), prune = [0], limitVocabulary, onFallback }: EstimateModelOptions = {},
): NgramModel {
  if (vocabulary.size !== trie.vocabSize) {
    throw new RangeError(
      `estimateModel: vocabulary must have the ${trie.vocabSize} words of the counts, got ${vocabulary.size}.`,
    );
  }
  checkThresholds(prune);
  const pruned = new Uint8Array(trie.nodeCount);
  markRare(pruned, { trie, counts }, prune);
  if (limitVocabulary) markForeign(pruned, { trie, counts }, vocabulary, limitVocabulary);
  const smoothed = smoothing.estimate({ trie, counts, pruned });
  for (const fallback of smoothed.fallbacks) onFallback?.(fallback);

  const { trie: smaller, origins } = pruned.includes(1)
    ? pruneTrie(trie, pruned)
    : { trie, origins: undefined };
  const at = (node: number) => (origins ? origins[node]! : node);
  const { probabilities, backoffs } = smoothed;
  return new NgramModel({
    vocabulary,
    trie: smaller,
    logProbabilities: Float32Array.from({ length: smaller.nodeCount }, (_, node) =>
      Math.log10(probabilities[at(node)]!),
    ),
    logBackoffs: Float32Array.from({ length: smaller.contextCount }, (_, node) =>
      Math.log10(backoffs[at(node)]!),
    ),
  });
}

/** Options of {@link trainNgramModel}. */
export interface TrainNgramModelOptions extends EstimateModelOptions {
  /** Words of the longest n-grams, at least 1. */
  readonly order: number;
  /** Whether each sentence begins with `<s>` and ends with `</s>` (default true). */
  readonly boundaries?: boolean;
  /** The words of the model (default: those of the corpus); all others become `<unk>`. */
  readonly vocabulary?: NgramVocabulary;
}

/**
 * Counts a corpus and estimates a model of it.
 *
 * @param sentences words of each sentence: `line.split(' ')`, `[...line]` for characters, or a tokenizer's tokens
 * @throws {RangeError} if there is no word, or an option is out of range
 * @example
 * const model = trainNgramModel(['the cat sat', 'the dog sat'].map((line) => line.split(' ')), { order: 3 });
 */
export function trainNgramModel(
  sentences: Iterable<Iterable<string>>,
  { order, boundaries = true, vocabulary, ...options }: TrainNgramModelOptions,
): NgramModel {
  const ids = new Map((vocabulary?.words ?? RESERVED_WORDS).map((word, id) => [word, id]));
  const isOpen = vocabulary === undefined;
  const idOf = (word: string) => {
    let id = ids.get(word);
    if (id === undefined) {
      id = isOpen ? ids.size : 0;
      if (isOpen) ids.set(word, id);
    }
    return id;
  };
  const texts: Int32Array[] = [];
  for (const sentence of sentences) texts.push(Int32Array.from(sentence, idOf));
  const words = vocabulary ?? new NgramVocabulary([...ids.keys()]);
  return estimateModel(countNgrams(texts, { order, vocabSize: words.size, boundaries }), words, options);
}

/**
 * Checks {@link EstimateModelOptions.prune}.
 *
 * @throws {RangeError} if it begins with another number than 0, or falls
 */
export function checkThresholds(prune: readonly number[], caller = 'estimateModel'): void {
  const isWrong = prune.some(
    (threshold, index) =>
      !Number.isInteger(threshold) || threshold < (prune[index - 1] ?? 0) || (index === 0 && threshold !== 0),
  );
  if (isWrong) {
    throw new RangeError(
      `${caller}: prune must begin with 0 and hold integers that do not fall, got ${describeValue(prune.join(' '))}.`,
    );
  }
}

function markRare(pruned: Uint8Array, { trie, counts }: NgramCounts, prune: readonly number[]): void {
  for (let order = 2; order <= trie.order; order++) {
    const threshold = prune[Math.min(order, prune.length) - 1] ?? 0;
    if (threshold === 0) continue;
    for (let node = trie.levelStart(order); node < trie.levelEnd(order); node++) {
      if (counts[node]! <= threshold) pruned[node] = 1;
    }
  }
}

/** By word: 1 for those that longer n-grams may not hold. */
export function markForeignWords(vocabulary: NgramVocabulary, limit: Iterable<string>): Uint8Array {
  const allowed = new Set(limit);
  return Uint8Array.from(vocabulary.words, (word, id) =>
    id < RESERVED_WORDS.length || allowed.has(word) ? 0 : 1,
  );
}

/** Marks n-grams of two and more words that hold a word outside the vocabulary. */
function markForeign(
  pruned: Uint8Array,
  { trie }: NgramCounts,
  vocabulary: NgramVocabulary,
  limit: Iterable<string>,
): void {
  const isForeign = markForeignWords(vocabulary, limit);
  const { parents } = trie;
  for (let node = trie.levelStart(2); node < trie.nodeCount; node++) {
    const parent = parents[node]!;
    if (isForeign[trie.words[node]!] || pruned[parent]) pruned[node] = 1;
    else if (parent < trie.levelStart(2) && isForeign[trie.words[parent]!]) pruned[node] = 1;
  }
}
