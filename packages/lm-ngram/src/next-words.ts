import { type NgramVocabulary, SENTENCE_START } from './vocabulary.ts';

/** A word that may follow, and how likely it is. */
export interface NextWord {
  readonly word: number;
  readonly log10Probability: number;
  /** Words of the n-gram that gave the probability. */
  readonly order: number;
}

/** See {@link NextWordSource.forEachChild}. */
export type ChildVisitor = (word: number, log10Probability: number) => unknown;

/** A back-off model whose contexts can be looked into. */
export interface NextWordSource<State = number> {
  readonly vocabulary: NgramVocabulary;
  /** The contexts that a state has, the longest first; the last is the root, 0. */
  contextsOf(state: State): readonly number[];
  /** Words of a context. */
  levelOf(context: number): number;
  /** Base 10. Not for the root. */
  logBackoff(context: number): number;
  /** Whether a word was seen after a context; every word was after the root. */
  hasChild(context: number, word: number): boolean;
  /**
   * The words seen after a context, by rising id, and the logarithms of their probabilities to base 10; all words for the root.
   *
   * @param visit returns true when it has seen enough, anything else to go on
   */
  forEachChild(context: number, visit: ChildVisitor): void;
}

/**
 * The probabilities of all words after a state, by id; `<s>`, which is never predicted, has 0.
 *
 * @returns `vocabSize` probabilities; with a smoothing that keeps to probabilities their sum is 1
 */
export function nextWordDistribution<State>(model: NextWordSource<State>, state: State): Float64Array {
  const distribution = new Float64Array(model.vocabulary.size);
  // From the shortest context to the longest, so that what longer n-grams say stands in the end.
  for (const context of [...model.contextsOf(state)].reverse()) {
    if (context !== 0) {
      const below = 10 ** model.logBackoff(context);
      for (let word = 0; word < distribution.length; word++) distribution[word]! *= below;
    }
    model.forEachChild(context, (word, log10Probability) => {
      distribution[word] = 10 ** log10Probability;
    });
  }
  distribution[SENTENCE_START] = 0;
  return distribution;
}

/**
 * The most likely next words after a state, the most likely first; of equals the one with the smaller id.
 *
 * Looks at the words seen after the context and its suffixes, and at as many of the most frequent words as are needed: not at the whole
 * vocabulary.
 *
 * @param count how many words, at most
 */
export function likelyNextWords<State>(
  model: NextWordSource<State>,
  state: State,
  count: number,
): NextWord[] {
  const found: NextWord[] = [];
  const seen = new Set<number>([SENTENCE_START]);
  let backoff = 0;
  for (const context of model.contextsOf(state)) {
    const order = model.levelOf(context) + 1;
    const add = (word: number, log10Probability: number) => {
      if (seen.has(word)) return;
      seen.add(word);
      found.push({ word, log10Probability: backoff + log10Probability, order });
    };
    if (context === 0) {
      const { words, logs } = rankedUnigrams(model);
      const most = found.length + count;
      for (let rank = 0; rank < words.length && found.length < most; rank++) add(words[rank]!, logs[rank]!);
    } else {
      model.forEachChild(context, add);
      backoff += model.logBackoff(context);
    }
  }
  return rankNextWords(found, count);
}

/** The most likely of some words, the most likely first; of equals the one with the smaller id. */
function rankNextWords(words: readonly NextWord[], count: number): NextWord[] {
  return [...words]
    .sort((a, b) => b.log10Probability - a.log10Probability || a.word - b.word)
    .slice(0, Math.max(0, count));
}

interface RankedWords {
  readonly words: Int32Array;
  readonly logs: Float32Array;
}

const unigrams = new WeakMap<object, RankedWords>();

/** All words, the most likely first. */
function rankedUnigrams<State>(model: NextWordSource<State>): RankedWords {
  const known = unigrams.get(model);
  if (known) return known;
  const byWord = new Float32Array(model.vocabulary.size);
  model.forEachChild(0, (word, log10Probability) => {
    byWord[word] = log10Probability;
  });
  const words = Int32Array.from(byWord.keys()).sort((a, b) => byWord[b]! - byWord[a]! || a - b);
  const ranked = { words, logs: Float32Array.from(words, (word) => byWord[word]!) };
  unigrams.set(model, ranked);
  return ranked;
}
