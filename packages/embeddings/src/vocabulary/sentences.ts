import { describeValue } from '../describe-value.ts';

/** A sentence: its words, or text whose words are between white space. */
export type Sentence = string | readonly string[];

/**
 * Sentences that can be read again and again: an array, an object that starts over at each iteration, or a text, each of whose lines is a
 * sentence. (An iterator that runs only once will do as long as its words fit the memory they may take.)
 */
export type Sentences = string | Iterable<Sentence> | AsyncIterable<Sentence>;

/** Sentences, some at a time. Between parts other work of this thread may run. */
export async function* readSentences(
  sentences: Sentences,
  caller: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly (readonly string[])[], void, void> {
  if (sentences === null || (typeof sentences !== 'string' && typeof sentences !== 'object')) {
    throw new TypeError(
      `${caller}: the corpus must be a text or an iterable of sentences, got ${describeValue(sentences)}.`,
    );
  }
  const source = typeof sentences === 'string' ? linesOf(sentences) : sentences;
  let part: (readonly string[])[] = [];
  let words = 0;
  let number = 0;
  const add = (sentence: Sentence): boolean => {
    number++;
    const split = typeof sentence === 'string' ? wordsOf(sentence) : sentence;
    if (!Array.isArray(split)) {
      throw new TypeError(
        `${caller}: sentence ${number} must be an array of words or a text, got ${describeValue(sentence)}.`,
      );
    }
    part.push(split);
    words += split.length + 1;
    return words >= PART_WORDS;
  };
  const flush = (): readonly (readonly string[])[] => {
    signal?.throwIfAborted();
    const full = part;
    part = [];
    words = 0;
    return full;
  };
  if (Symbol.iterator in source) {
    for (const sentence of source) if (add(sentence)) yield flush();
  } else if (Symbol.asyncIterator in source) {
    for await (const sentence of source) if (add(sentence)) yield flush();
  } else {
    throw new TypeError(
      `${caller}: the corpus must be a text or an iterable of sentences, got ${describeValue(sentences)}.`,
    );
  }
  if (part.length > 0) yield flush();
}

/** Whether sentences are an iterator that is spent after one reading. */
export function runsOnce(sentences: Sentences): boolean {
  if (typeof sentences === 'string') return false;
  return Symbol.iterator in sentences
    ? (sentences[Symbol.iterator]() as unknown) === sentences
    : (sentences[Symbol.asyncIterator]() as unknown) === sentences;
}

/** Refuses what is no word. */
export function requireWord(word: unknown, caller: string): asserts word is string {
  if (typeof word === 'string' && word !== '') return;
  throw new TypeError(`${caller}: words must be strings that are not empty, got ${describeValue(word)}.`);
}

function wordsOf(text: string): string[] {
  return text.match(/\S+/gu) ?? [];
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
  }
}

const PART_WORDS = 20_000;
