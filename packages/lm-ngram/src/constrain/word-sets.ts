import { describeValue } from '../describe-value.ts';
import { type AutomatonState, WordAutomaton } from './word-automaton.ts';

/** The sentences of a list. */
export function oneOf(sentences: Iterable<Iterable<string>>): WordAutomaton {
  const states: { words: Map<string, number>; others: -1; accepting: boolean }[] = [];
  const add = () => states.push({ words: new Map(), others: -1, accepting: false }) - 1;
  add();
  for (const sentence of sentences) {
    let state = 0;
    for (const word of sentence) {
      let next = states[state]!.words.get(word);
      if (next === undefined) {
        next = add();
        states[state]!.words.set(word, next);
      }
      state = next;
    }
    states[state]!.accepting = true;
  }
  return new WordAutomaton(states);
}

/**
 * Sentences of so many words.
 *
 * @throws {RangeError} if the numbers are not integers, or out of order
 */
export function lengthBetween(minimum: number, maximum: number = Number.POSITIVE_INFINITY): WordAutomaton {
  const isRight =
    Number.isInteger(minimum) &&
    minimum >= 0 &&
    maximum >= minimum &&
    (maximum === Infinity || Number.isInteger(maximum));
  if (!isRight) {
    throw new RangeError(
      `lengthBetween: minimum and maximum must be integers in order, got ${describeValue(minimum)} and ${describeValue(maximum)}.`,
    );
  }
  const last = maximum === Infinity ? minimum : maximum;
  return new WordAutomaton(
    Array.from({ length: last + 1 }, (_, length): AutomatonState => {
      const end = maximum === Infinity ? last : -1;
      return { words: new Map(), others: length < last ? length + 1 : end, accepting: length >= minimum };
    }),
  );
}

/**
 * Sentences that hold a phrase: words that must come, one right after the other.
 *
 * @see Knuth, Morris and Pratt 1977
 */
export function containing(phrase: Iterable<string>): WordAutomaton {
  const words = [...phrase];
  const states: { words: Map<string, number>; others: number; accepting: boolean }[] = [];
  /** The state of the longest proper end of what was matched that the phrase begins with. */
  let fallback = 0;
  for (const [matched, word] of words.entries()) {
    const before = matched === 0 ? undefined : states[fallback]!;
    states.push({ words: new Map(before?.words).set(word, matched + 1), others: 0, accepting: false });
    if (before) fallback = before.words.get(word) ?? 0;
  }
  states.push({ words: new Map(), others: words.length, accepting: true });
  return new WordAutomaton(states);
}
