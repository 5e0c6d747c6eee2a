import { describeValue } from '../describe-value.ts';
import type { LanguageModel } from '../language-model.ts';
import { likelyNextWords, type NextWordSource } from '../next-words.ts';
import { keyOf } from '../state-key.ts';
import { RESERVED_WORDS, SENTENCE_END } from '../vocabulary.ts';
import type { WordAutomaton } from './word-automaton.ts';
import { lengthBetween } from './word-sets.ts';

/** Options of {@link likelySentences}. */
export interface LikelySentencesOptions {
  /** How many (default 1). */
  readonly count?: number;
  /** What they may be (default: anything). */
  readonly constraint?: WordAutomaton;
  /** Beginnings that are followed at once (default 16). */
  readonly beamSize?: number;
  /** Words at most (default 100). */
  readonly maximumLength?: number;
}

/** A sentence, and how likely it is. */
export interface LikelySentence {
  readonly words: readonly string[];
  /** Of the words and the end, base 10. */
  readonly log10Probability: number;
}

/**
 * The most likely sentences, the most likely first: a beam search. It finds the best of all if the beam is wide enough; what it finds is always in the
 * set asked for, and its probability is right.
 *
 * @throws {RangeError} if an option is out of range
 */
export function likelySentences<State>(
  model: LanguageModel<State> & NextWordSource<State>,
  {
    count = 1,
    constraint = lengthBetween(0),
    beamSize = 16,
    maximumLength = 100,
  }: LikelySentencesOptions = {},
): LikelySentence[] {
  for (const [name, value] of Object.entries({ count, beamSize, maximumLength })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`likelySentences: ${name} must be a positive integer, got ${describeValue(value)}.`);
  }
  const allowed = constraint.within((word) => model.vocabulary.has(word));
  const finished: LikelySentence[] = [];
  let beam: Beginning<State>[] = allowed.isEmpty
    ? []
    : [{ state: model.sentenceStart, place: 0, log: 0, word: '', before: undefined }];
  for (let length = 0; beam.length > 0; length++) {
    const longer: Beginning<State>[] = [];
    for (const before of beam) {
      if (allowed.states[before.place]!.accepting) {
        const { log10Probability } = model.score(before.state, SENTENCE_END);
        finished.push({ words: wordsOf(before), log10Probability: before.log + log10Probability });
      }
      if (length === maximumLength) continue;
      for (const id of candidates(model, allowed, before, beamSize)) {
        const word = model.vocabulary.wordOf(id);
        const { log10Probability, state } = model.score(before.state, id);
        const place = allowed.next(before.place, word);
        longer.push({ state, place, log: before.log + log10Probability, word, before });
      }
    }
    finished.sort((a, b) => b.log10Probability - a.log10Probability);
    finished.length = Math.min(finished.length, count);
    // Words only make a sentence less likely: what is behind the last of those found stays there.
    const least = finished.length === count ? finished[count - 1]!.log10Probability : -Infinity;
    beam = prune(longer, count, beamSize).filter(({ log }) => log > least);
  }
  return finished;
}

interface Beginning<State> {
  readonly state: State;
  /** Of the constraint. */
  readonly place: number;
  readonly log: number;
  readonly word: string;
  readonly before: Beginning<State> | undefined;
}

/** Words that may come: all that the constraint names, and the likeliest others, if it allows others. */
function candidates<State>(
  model: LanguageModel<State> & NextWordSource<State>,
  constraint: WordAutomaton,
  { state, place }: Beginning<State>,
  beamSize: number,
): Set<number> {
  const { words, others } = constraint.states[place]!;
  const ids = new Set<number>();
  for (const [word, target] of words) {
    if (target >= 0 && model.vocabulary.has(word)) ids.add(model.vocabulary.idOf(word));
  }
  if (others >= 0) {
    const most = beamSize + words.size + RESERVED_WORDS.length;
    for (const { word } of likelyNextWords(model, state, most)) {
      if (!words.has(model.vocabulary.wordOf(word))) ids.add(word);
    }
  }
  for (let reserved = 0; reserved < RESERVED_WORDS.length; reserved++) ids.delete(reserved);
  return ids;
}

/** The likeliest beginnings; of those that the future is the same for, as many as are asked for. */
function prune<State>(beginnings: Beginning<State>[], count: number, beamSize: number): Beginning<State>[] {
  const times = new Map<string, number>();
  const kept: Beginning<State>[] = [];
  for (const beginning of beginnings.sort((a, b) => b.log - a.log)) {
    const key = `${beginning.place} ${keyOf(beginning.state)}`;
    const before = times.get(key) ?? 0;
    if (before >= count || beginning.log === -Infinity) continue;
    times.set(key, before + 1);
    kept.push(beginning);
    if (kept.length === beamSize) break;
  }
  return kept;
}

function wordsOf<State>(beginning: Beginning<State>): string[] {
  const words: string[] = [];
  for (let at = beginning; at.before; at = at.before) words.push(at.word);
  return words.reverse();
}
