import { describeValue } from '../describe-value.ts';

/** A state of a {@link WordAutomaton}: where each word leads. */
export interface AutomatonState {
  /** By word: the number of the next state, −1 for none. */
  readonly words: ReadonlyMap<string, number>;
  /** Where all other words lead, −1: nowhere. */
  readonly others: number;
  /** Whether a sentence may end here. */
  readonly accepting: boolean;
}

/**
 * A set of sentences, as a deterministic finite automaton over words: what generation may say. Ways from which no sentence can be finished are cut off,
 * so that whoever follows it never gets stuck.
 */
export class WordAutomaton {
  /** The first is where sentences begin. */
  readonly states: readonly AutomatonState[];
  /** Whether there is any sentence at all. */
  readonly isEmpty: boolean;

  /** @throws {RangeError} if there is no state, or one leads to a state that is not there */
  constructor(states: readonly AutomatonState[]) {
    if (states.length === 0) throw new RangeError('WordAutomaton: states must hold at least one, got none.');
    for (const { words, others } of states) {
      for (const target of [...words.values(), others]) {
        if (Number.isInteger(target) && target >= -1 && target < states.length) continue;
        throw new RangeError(
          `WordAutomaton: states must lead to states from -1 to ${states.length - 1}, got ${describeValue(target)}.`,
        );
      }
    }
    const isLive = findLive(states);
    const cut = (target: number) => (target >= 0 && isLive[target] ? target : -1);
    this.isEmpty = !isLive[0];
    this.states = states.map(({ words, others, accepting }) => ({
      words: new Map(Array.from(words, ([word, target]) => [word, cut(target)])),
      others: cut(others),
      accepting,
    }));
  }

  /** The state after a word, −1 if it cannot come. */
  next(state: number, word: string): number {
    const { words, others } = this.states[state]!;
    return words.get(word) ?? others;
  }

  /** Whether a sentence is in the set. */
  accepts(words: Iterable<string>): boolean {
    let state = 0;
    for (const word of words) {
      state = this.next(state, word);
      if (state < 0) return false;
    }
    return this.states[state]!.accepting;
  }

  /** The sentences of the set that are made of words of a vocabulary. */
  within(isWord: (word: string) => boolean): WordAutomaton {
    return new WordAutomaton(
      this.states.map(({ words, others, accepting }) => ({
        words: new Map(Array.from(words, ([word, target]) => [word, isWord(word) ? target : -1])),
        others,
        accepting,
      })),
    );
  }

  /** The sentences that are in both sets. */
  and(other: WordAutomaton): WordAutomaton {
    return combine(this, other, (a, b) => a && b);
  }

  /** The sentences that are in at least one of the sets. */
  or(other: WordAutomaton): WordAutomaton {
    return combine(this, other, (a, b) => a || b);
  }

  /** The sentences that are not in the set. */
  not(): WordAutomaton {
    // One state more, which every other sentence ends in.
    const rest = this.states.length;
    const to = (target: number) => (target < 0 ? rest : target);
    return new WordAutomaton([
      ...this.states.map(({ words, others, accepting }) => ({
        words: new Map(Array.from(words, ([word, target]) => [word, to(target)])),
        others: to(others),
        accepting: !accepting,
      })),
      { words: new Map(), others: rest, accepting: true },
    ]);
  }
}

/** From which states a sentence can be finished. */
function findLive(states: readonly AutomatonState[]): boolean[] {
  const sources = states.map((): number[] => []);
  for (const [state, { words, others }] of states.entries()) {
    for (const target of new Set([...words.values(), others])) if (target >= 0) sources[target]!.push(state);
  }
  const isLive = states.map(({ accepting }) => accepting);
  const open = [...isLive.keys()].filter((state) => isLive[state]);
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const source of sources[state]!) {
      if (isLive[source]) continue;
      isLive[source] = true;
      open.push(source);
    }
  }
  return isLive;
}

/** Both automata side by side; only pairs of states that can be reached. */
function combine(
  a: WordAutomaton,
  b: WordAutomaton,
  accepts: (a: boolean, b: boolean) => boolean,
): WordAutomaton {
  const dead: AutomatonState = { words: new Map(), others: -1, accepting: false };
  const numbers = new Map<string, number>();
  const pairs: [number, number][] = [];
  const numberOf = (first: number, second: number) => {
    if (first < 0 && second < 0) return -1;
    const key = `${first} ${second}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = pairs.length;
      checkSize(number, 'WordAutomaton');
      numbers.set(key, number);
      pairs.push([first, second]);
    }
    return number;
  };
  numberOf(0, 0);
  const states: AutomatonState[] = [];
  for (let index = 0; index < pairs.length; index++) {
    const [first, second] = pairs[index]!;
    const [one, other] = [a.states[first] ?? dead, b.states[second] ?? dead];
    const next = (word: string) =>
      numberOf(one.words.get(word) ?? one.others, other.words.get(word) ?? other.others);
    const words = new Set([...one.words.keys(), ...other.words.keys()]);
    states.push({
      words: new Map(Array.from(words, (word) => [word, next(word)])),
      others: numberOf(one.others, other.others),
      accepting: accepts(one.accepting, other.accepting),
    });
  }
  return new WordAutomaton(states);
}

const MOST_STATES = 200_000;

/** @throws {RangeError} if an automaton grows beyond what it can have been meant to */
export function checkSize(states: number, caller: string): void {
  if (states < MOST_STATES) return;
  throw new RangeError(`${caller}: the automaton must have fewer than ${MOST_STATES} states, but has more.`);
}
