import { describeValue } from '../describe-value.ts';
import type { LanguageModel } from '../language-model.ts';
import { keyOf } from '../state-key.ts';
import { SENTENCE_END } from '../vocabulary.ts';
import { dictionaryLattice, type LatticeArc, type WordLattice } from './word-lattice.ts';

/** Options of {@link bestPath}. */
export interface BestPathOptions {
  /** What the model's natural logarithms are multiplied by, beside the scores of arcs (default 1). */
  readonly modelWeight?: number;
  /** Added for each word (default 0). */
  readonly wordScore?: number;
  /** States that are kept at each place, the best (default all: the path is the best of all). */
  readonly beamSize?: number;
  /** Whether a path is a whole sentence: begins after `<s>`, and ends (default true). */
  readonly boundaries?: boolean;
}

/** A way through a lattice. */
export interface LatticePath {
  readonly arcs: readonly LatticeArc[];
  /** Scores of arcs and of the model together. */
  readonly score: number;
}

/**
 * The best way through a lattice, by Viterbi's algorithm: ways that reach one place in one state of the model have one future, and only the best of
 * them is followed.
 *
 * @throws {RangeError} if an arc goes backward or out of the lattice, or there is no way
 */
export function bestPath<State>(
  model: LanguageModel<State>,
  { nodeCount, arcs }: WordLattice,
  {
    modelWeight = 1,
    wordScore = 0,
    beamSize = Number.POSITIVE_INFINITY,
    boundaries = true,
  }: BestPathOptions = {},
): LatticePath {
  const arcsFrom = Array.from({ length: nodeCount }, (): LatticeArc[] => []);
  for (const arc of arcs) {
    const isInside =
      Number.isInteger(arc.from) && Number.isInteger(arc.to) && arc.from >= 0 && arc.to < nodeCount;
    if (!isInside || arc.from >= arc.to) {
      throw new RangeError(
        `bestPath: arcs must go forward between places from 0 to ${nodeCount - 1}, got ${arc.from} to ${arc.to}.`,
      );
    }
    if (Number.isNaN(arc.score ?? 0)) {
      throw new RangeError(
        `bestPath: scores of arcs must be numbers, got NaN for ${describeValue(arc.word)}.`,
      );
    }
    arcsFrom[arc.from]!.push(arc);
  }
  if (!(beamSize >= 1)) {
    throw new RangeError(`bestPath: beamSize must be at least 1, got ${describeValue(beamSize)}.`);
  }
  /** By place: the best way to each state. */
  const reached = Array.from({ length: nodeCount }, () => new Map<unknown, Way<State>>());
  const start = boundaries ? model.sentenceStart : model.emptyState;
  reached[0]?.set(keyOf(start), { state: start, score: 0, arc: undefined, before: undefined });
  for (let node = 0; node < nodeCount - 1; node++) {
    for (const before of mostLikely(reached[node]!, beamSize)) {
      for (const arc of arcsFrom[node]!) {
        const { log10Probability, state } = model.score(before.state, model.vocabulary.idOf(arc.word));
        const score = before.score + weigh(modelWeight, log10Probability) + (arc.score ?? 0) + wordScore;
        keepBest(reached[arc.to]!, { state, score, arc, before });
      }
    }
    if (node > 0) reached[node]!.clear();
  }
  let best: Way<State> | undefined;
  let bestScore = -Infinity;
  for (const way of reached[nodeCount - 1]?.values() ?? []) {
    const end = boundaries ? weigh(modelWeight, model.score(way.state, SENTENCE_END).log10Probability) : 0;
    if (!best || way.score + end > bestScore) [best, bestScore] = [way, way.score + end];
  }
  if (!best)
    throw new RangeError('bestPath: lattice must have a way from its first place to its last, got none.');
  const path: LatticeArc[] = [];
  for (let way = best; way.arc; way = way.before!) path.push(way.arc);
  return { arcs: path.reverse(), score: bestScore };
}

/**
 * Cuts a text into the words that a model finds most likely together.
 *
 * @param isWord      which words there are (default: those of the model)
 * @param longestWord in characters (default 8)
 * @example
 * segmentWithModel('他去北京大学', model); // ['他', '去', '北京', '大学']
 */
export function segmentWithModel<State>(
  text: string,
  model: LanguageModel<State>,
  {
    isWord = (word) => model.vocabulary.has(word),
    longestWord = 8,
    ...options
  }: BestPathOptions & {
    readonly isWord?: (word: string) => boolean;
    readonly longestWord?: number;
  } = {},
): string[] {
  return bestPath(model, dictionaryLattice(text, { isWord, longestWord }), options).arcs.map(
    ({ word }) => word,
  );
}

/** A way to a place. */
interface Way<State> {
  readonly state: State;
  readonly score: number;
  readonly arc: LatticeArc | undefined;
  readonly before: Way<State> | undefined;
}

function keepBest<State>(ways: Map<unknown, Way<State>>, way: Way<State>): void {
  const key = keyOf(way.state);
  const known = ways.get(key);
  if (!known || way.score > known.score) ways.set(key, way);
}

function mostLikely<State>(ways: Map<unknown, Way<State>>, beamSize: number): Way<State>[] {
  const list = [...ways.values()];
  return list.length <= beamSize ? list : list.sort((a, b) => b.score - a.score).slice(0, beamSize);
}

function weigh(weight: number, log10Probability: number): number {
  return weight === 0 ? 0 : weight * log10Probability * Math.LN10;
}
