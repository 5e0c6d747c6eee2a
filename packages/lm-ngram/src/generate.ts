import type { WordAutomaton } from './constrain/word-automaton.ts';
import { describeValue } from './describe-value.ts';
import type { LanguageModel } from './language-model.ts';
import { type NextWordSource, nextWordDistribution } from './next-words.ts';
import { createRandomSource, type RandomSource } from './random-source.ts';
import { SENTENCE_END, SENTENCE_START, UNKNOWN } from './vocabulary.ts';

/** Options of {@link drawNextWord}. */
export interface DrawOptions {
  /** Below 1: likely words become likelier; above 1: less so (default 1). */
  readonly temperature?: number;
  /** Draw among this many of the likeliest words only (default all). */
  readonly topK?: number;
  /** Draw among the likeliest words that have this share of the probability together (default 1). */
  readonly topP?: number;
  /** Which words may be drawn (default all). */
  readonly isAllowed?: (word: number) => boolean;
}

/** Options of {@link generateWords}. */
export interface GenerateOptions extends DrawOptions {
  /** Where the draws start: the same seed, the same words (default 0). */
  readonly seed?: number;
  /** Words before, which are not given again (default none: a new sentence). */
  readonly prompt?: Iterable<string>;
  /** Whether the prompt begins a sentence (default true). */
  readonly startsSentence?: boolean;
  /** Whether `<unk>` may be drawn (default false). */
  readonly allowUnknown?: boolean;
  /** What the words after the prompt may be (default: anything). */
  readonly constraint?: WordAutomaton;
}

/**
 * Words drawn from a model one after the other, until the sentence ends. Take as many as you need: the generator does no work ahead.
 *
 * @throws {RangeError} if an option is out of range, or no word is allowed
 * @example
 * const sentence = [...generateWords(model, { seed: 1 })].join(' ');
 */
export function* generateWords<State>(
  model: LanguageModel<State> & NextWordSource<State>,
  {
    seed = 0,
    prompt = [],
    startsSentence = true,
    allowUnknown = false,
    isAllowed,
    constraint,
    ...options
  }: GenerateOptions = {},
): Generator<string, void, void> {
  const random = createRandomSource(seed);
  let state = startsSentence ? model.sentenceStart : model.emptyState;
  for (const word of prompt) state = model.score(state, model.vocabulary.idOf(word)).state;
  const allowed = constraint?.within((word) => model.vocabulary.has(word));
  if (allowed?.isEmpty) {
    throw new RangeError("generateWords: constraint must have a sentence of the model's words, got none.");
  }
  let place = 0;
  const mayBeDrawn = (word: number) => {
    if (word === UNKNOWN && !allowUnknown) return false;
    if (isAllowed && !isAllowed(word)) return false;
    if (!allowed) return true;
    if (word === SENTENCE_END) return allowed.states[place]!.accepting;
    return allowed.next(place, model.vocabulary.wordOf(word)) >= 0;
  };
  for (;;) {
    const word = drawNextWord(model, state, random, { ...options, isAllowed: mayBeDrawn });
    if (word === SENTENCE_END) return;
    const text = model.vocabulary.wordOf(word);
    yield text;
    state = model.score(state, word).state;
    if (allowed) place = allowed.next(place, text);
  }
}

/**
 * A word drawn from what may follow a state, by id.
 *
 * As long as neither temperature, `topK` nor `topP` are asked for, it looks only at words seen after the context or a suffix of it, however
 * large the vocabulary.
 *
 * @throws {RangeError} if an option is out of range, or no word is allowed
 */
export function drawNextWord<State>(
  model: NextWordSource<State>,
  state: State,
  random: RandomSource,
  { temperature = 1, topK = Number.POSITIVE_INFINITY, topP = 1, isAllowed = () => true }: DrawOptions = {},
): number {
  if (!(temperature > 0)) throw wrong('temperature', 'more than 0', temperature);
  if (!(topK >= 1)) throw wrong('topK', 'at least 1', topK);
  if (!(topP > 0 && topP <= 1)) throw wrong('topP', 'more than 0 and at most 1', topP);
  if (temperature === 1 && topK === Number.POSITIVE_INFINITY && topP === 1) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const word = drawByBackoff(model, state, random);
      if (word !== undefined && isAllowed(word)) return word;
    }
  }
  const distribution = nextWordDistribution(model, state);
  const words: number[] = [];
  for (let word = 0; word < distribution.length; word++) {
    if (distribution[word]! > 0 && isAllowed(word)) words.push(word);
  }
  if (words.length === 0) {
    throw new RangeError('drawNextWord: isAllowed must leave a word that may follow, got none.');
  }
  if (topK < words.length || topP < 1) words.sort((a, b) => distribution[b]! - distribution[a]! || a - b);
  if (topK < words.length) words.length = Math.floor(topK);
  if (topP < 1) words.length = nucleusSize(words, distribution, topP);
  const weights = words.map((word) => distribution[word]! ** (1 / temperature));
  return words[drawIndex(weights, random)]!;
}

/** Draws from the whole model that may fall on words that are not allowed; after as many, the distribution is cut to those that are. */
const ATTEMPTS = 16;

/**
 * Draws from the longest context: a word seen after it, with these words' share of the probability; otherwise from the next shorter context,
 * again and again until a word comes that was not seen after the longer one.
 *
 * @returns undefined if it came to no end, because the model's probabilities do not add up
 */
function drawByBackoff<State>(
  model: NextWordSource<State>,
  state: State,
  random: RandomSource,
): number | undefined {
  const contexts = model.contextsOf(state);
  let index = 0;
  for (let draws = 0; draws < 1000; draws++) {
    const word = drawSeen(model, contexts[index]!, random);
    if (word === undefined) {
      index = Math.min(index + 1, contexts.length - 1);
      continue;
    }
    let longer = index - 1;
    while (longer >= 0 && !model.hasChild(contexts[longer]!, word)) longer--;
    if (longer < 0) return word;
    index = longer + 1;
  }
  return undefined;
}

/** A word seen after a context, each with its probability; undefined with what is left of 1. */
function drawSeen<State>(
  model: NextWordSource<State>,
  context: number,
  random: RandomSource,
): number | undefined {
  let left = random();
  let drawn: number | undefined;
  model.forEachChild(context, (word, log10Probability) => {
    if (context === 0 && word === SENTENCE_START) return false;
    left -= 10 ** log10Probability;
    if (left < 0) drawn = word;
    return left < 0;
  });
  return drawn;
}

function nucleusSize(words: readonly number[], distribution: Float64Array, topP: number): number {
  const total = words.reduce((sum, word) => sum + distribution[word]!, 0);
  let sum = 0;
  let size = 0;
  while (size < words.length && sum < topP * total) sum += distribution[words[size++]!]!;
  return size;
}

function drawIndex(weights: readonly number[], random: RandomSource): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

function wrong(name: string, expected: string, value: number): RangeError {
  return new RangeError(`drawNextWord: ${name} must be ${expected}, got ${describeValue(value)}.`);
}
