import { describeValue } from '../describe-value.ts';
import { readSentences, requireWord, type Sentences } from '../vocabulary/sentences.ts';
import { checkFor } from '../word2vec/word-training-options.ts';

/** Options of {@link learnPhrases}. */
export interface LearnPhrasesOptions {
  /** Phrases that are rarer do not count (default 5). */
  readonly minCount?: number;
  /** What a score must be above (default 10; for `npmi`, whose scores lie between −1 and 1, 0.5). */
  readonly threshold?: number;
  /**
   * `default`: (count of the phrase − minCount) × vocabulary / (count of its first word × count of its last), where the vocabulary is all words and
   * pairs (Mikolov et al. 2013, §4); `npmi`: normalized pointwise mutual information (Bouma 2009).
   */
  readonly scoring?: 'default' | 'npmi';
  /** What words of a phrase are joined by (default `_`). */
  readonly delimiter?: string;
  /** Words that phrases may have inside, but not at an end, such as “of”; they score nothing (default none). */
  readonly connectorWords?: readonly string[];
  /** Words and pairs that are held at once (default 8 million): above, the rarest are forgotten, so that counts get somewhat too low. */
  readonly maxEntries?: number;
  readonly signal?: AbortSignal;
}

/** gensim's list of English words that phrases may have inside. */
export const ENGLISH_CONNECTOR_WORDS: readonly string[] =
  'a an the for of with without at from to in on by and or'.split(' ');

/**
 * Finds words that come together more often than chance has it: “new york” as one word, `new_york`. Run it again over what {@link Phrases.joinAll}
 * gives for longer ones.
 *
 * @throws {RangeError} if an option is out of range, or {TypeError} a word is none
 * @see word2phrase.c; gensim's Phrases, whose scores these are
 * @example
 * const phrases = await learnPhrases(sentences, { connectorWords: ENGLISH_CONNECTOR_WORDS });
 * for await (const event of trainWordVectors(phrases.joinAll(sentences))) report(event);
 */
export async function learnPhrases(
  corpus: Sentences,
  {
    minCount = 5,
    scoring = 'default',
    threshold = scoring === 'npmi' ? 0.5 : 10,
    delimiter = '_',
    connectorWords = [],
    maxEntries = 8_000_000,
    signal,
  }: LearnPhrasesOptions = {},
): Promise<Phrases> {
  const caller = 'learnPhrases';
  const check = checkFor(caller);
  check.integer('minCount', minCount, 1);
  check.integer('maxEntries', maxEntries, 1);
  check.oneOf('scoring', scoring, ['default', 'npmi']);
  check.number('threshold', threshold, scoring === 'npmi' ? -1 : Number.NEGATIVE_INFINITY);
  if (typeof delimiter !== 'string' || delimiter === '') {
    throw new TypeError(
      `${caller}: delimiter must be a string that is not empty, got ${describeValue(delimiter)}.`,
    );
  }
  const connectors = new Set(connectorWords);
  const words = new Map<string, number>();
  const pairs = new Map<string, Pair>();
  let total = 0;
  let forgotten = 0;
  for await (const part of readSentences(corpus, caller, signal)) {
    for (const sentence of part) {
      total += sentence.length;
      let first: string | undefined;
      let inside: string[] = [];
      for (const word of sentence) {
        if (connectors.has(word)) {
          if (first !== undefined) inside.push(word);
          continue;
        }
        const count = words.get(word);
        if (count === undefined) requireWord(word, caller);
        words.set(word, (count ?? 0) + 1);
        if (first !== undefined) {
          const key = keyOf(first, inside, word, delimiter);
          const pair = pairs.get(key);
          if (pair) pair.count++;
          else pairs.set(key, { first, last: word, count: 1 });
        }
        first = word;
        inside = [];
      }
    }
    while (words.size + pairs.size > maxEntries) {
      forgotten++;
      for (const [word, count] of words) if (count <= forgotten) words.delete(word);
      for (const [key, { count }] of pairs) if (count <= forgotten) pairs.delete(key);
    }
  }
  const scores = new Map<string, number>();
  const entries = words.size + pairs.size;
  for (const [key, { first, last, count }] of pairs) {
    const [left, right] = [words.get(first), words.get(last)];
    if (!left || !right) continue; // forgotten
    const score =
      scoring === 'npmi'
        ? mutualInformation(left / total, right / total, count < minCount ? 0 : count / total)
        : ((count - minCount) / (left * right)) * entries;
    if (score > threshold) scores.set(key, score);
  }
  return new Phrases(scores, { delimiter, connectorWords: connectors });
}

/** Phrases with their scores, and sentences in which they are joined. */
export class Phrases {
  readonly delimiter: string;
  readonly connectorWords: ReadonlySet<string>;
  readonly #scores: ReadonlyMap<string, number>;

  constructor(
    scores: ReadonlyMap<string, number>,
    { delimiter, connectorWords }: { delimiter: string; connectorWords: ReadonlySet<string> },
  ) {
    this.#scores = scores;
    this.delimiter = delimiter;
    this.connectorWords = connectorWords;
  }

  get size(): number {
    return this.#scores.size;
  }

  /** Phrases, joined, and their scores, in order of appearance. */
  *entries(): Generator<[string, number]> {
    for (const [key, score] of this.#scores) yield [key.slice(key.indexOf(':') + 1), score];
  }

  /** A sentence with its phrases as words, from left to right; a word is of one phrase at the most. */
  join(sentence: readonly string[]): string[] {
    const joined: string[] = [];
    let open: string[] = []; // a first word, and connectors after it
    for (const word of sentence) {
      if (this.connectorWords.has(word)) {
        if (open.length > 0) open.push(word);
        else joined.push(word);
        continue;
      }
      if (open.length > 0 && this.#scores.has(keyOf(open[0]!, open.slice(1), word, this.delimiter))) {
        joined.push([...open, word].join(this.delimiter));
        open = [];
      } else {
        joined.push(...open);
        open = [word];
      }
    }
    return [...joined, ...open];
  }

  /** Sentences with their phrases as words, anew at each iteration, as long as the sentences are. */
  joinAll(corpus: Sentences): AsyncIterable<readonly string[]> {
    const join = this.join.bind(this);
    return {
      async *[Symbol.asyncIterator]() {
        for await (const part of readSentences(corpus, 'Phrases.joinAll'))
          for (const sentence of part) yield join(sentence);
      },
    };
  }
}

interface Pair {
  readonly first: string;
  readonly last: string;
  count: number;
}

/** The phrase, after the length of its first word: what is joined alike need not be alike. */
function keyOf(first: string, inside: readonly string[], last: string, delimiter: string): string {
  const middle = inside.length > 0 ? `${inside.join(delimiter)}${delimiter}` : '';
  return `${first.length}:${first}${delimiter}${middle}${last}`;
}

/** ln(p(ab) / (p(a) p(b))) / −ln p(ab); −∞ if the phrase does not count. A phrase that is all of the corpus has no score: NaN. */
function mutualInformation(left: number, right: number, both: number): number {
  return both === 0 ? Number.NEGATIVE_INFINITY : Math.log(both / (left * right)) / -Math.log(both);
}
