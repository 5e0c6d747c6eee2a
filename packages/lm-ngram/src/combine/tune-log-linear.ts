import { pause } from '../pause.ts';
import { SENTENCE_END } from '../vocabulary.ts';
import type { LogLinearMixture } from './log-linear-mixture.ts';

/** Options of {@link tuneLogLinear}. */
export interface TuneLogLinearOptions {
  /** Steps at most (default 20). */
  readonly rounds?: number;
  /** Steps end when the mean logarithm of a word's probability, in nats, rises by less (default 1e-7). */
  readonly tolerance?: number;
  /** Gets told of every step. */
  readonly onRound?: (round: { readonly weights: readonly number[]; readonly perplexity: number }) => void;
  readonly signal?: AbortSignal;
}

/**
 * The log-linear mixture with the weights under which a text, which no model has seen, is most likely. The logarithm of its probability is
 * concave in the weights, so there is one best; Newton's method finds it, with slopes that are exact and curvatures from their differences.
 *
 * @param sentences words of each sentence
 * @throws {RangeError} if there is no sentence, or a word of the text has no probability in a model
 * @throws what the signal's `reason` is, if it is aborted
 * @see Heafield, Geigle, Massung and Schwartz 2016, "Normalized log-linear interpolation of backoff language models is efficient"
 */
export async function tuneLogLinear(
  mixture: LogLinearMixture,
  sentences: Iterable<Iterable<string>>,
  { rounds = 20, tolerance = 1e-7, onRound, signal }: TuneLogLinearOptions = {},
): Promise<LogLinearMixture> {
  const text = readText(mixture, sentences);
  let best = measure(mixture, text);
  for (let round = 0; round < rounds; round++) {
    const step = solve(await curvature(best, text, signal), best.slope);
    const before = best.mean;
    // Halved until it helps: far from the top, the parabola may lie.
    for (let share = 1; share > 1e-4; share /= 2) {
      await pause(signal);
      const weights = best.mixture.weights.map((weight, index) => weight + share * step[index]!);
      const next = measure(mixture.withWeights(weights), text);
      if (next.mean > best.mean) {
        best = next;
        break;
      }
    }
    onRound?.({ weights: best.mixture.weights, perplexity: Math.exp(-best.mean) });
    if (best.mean - before < tolerance) break;
  }
  return best.mixture;
}

interface Context {
  readonly state: readonly number[];
  /** Words that follow it in the text. */
  count: number;
}

interface Text {
  readonly contexts: readonly Context[];
  readonly wordCount: number;
  /** Over all words, ln p_i of each model. */
  readonly logSums: readonly number[];
}

/** What tuning needs of a text, whatever the weights. */
function readText(mixture: LogLinearMixture, sentences: Iterable<Iterable<string>>): Text {
  const contexts = new Map<string, Context>();
  const logSums = mixture.models.map(() => 0);
  let wordCount = 0;
  for (const sentence of sentences) {
    let state = mixture.sentenceStart;
    for (const word of [...mixture.vocabulary.encode(sentence), SENTENCE_END]) {
      const key = state.join(' ');
      const context = contexts.get(key) ?? { state, count: 0 };
      context.count++;
      contexts.set(key, context);
      wordCount++;
      const scores = mixture.scoreEach(state, word);
      for (const [index, { log10Probability }] of scores.entries()) {
        if (log10Probability === -Infinity) {
          throw new RangeError(
            `tuneLogLinear: every word must have a probability in each model, got 0 for "${mixture.vocabulary.wordOf(word)}" in model ${index}.`,
          );
        }
        logSums[index]! += log10Probability * Math.LN10;
      }
      state = scores.map(({ state: next }) => next);
    }
  }
  if (wordCount === 0) throw new RangeError('tuneLogLinear: sentences must hold at least one, got none.');
  return { contexts: [...contexts.values()], wordCount, logSums };
}

interface Measured {
  readonly mixture: LogLinearMixture;
  /** Mean logarithm of a word's probability, in nats. */
  readonly mean: number;
  /** Its derivative in each weight. */
  readonly slope: readonly number[];
}

function measure(mixture: LogLinearMixture, { contexts, wordCount, logSums }: Text): Measured {
  let total = logSums.reduce((sum, log, index) => sum + mixture.weights[index]! * log, 0);
  const slope = [...logSums];
  for (const { state, count } of contexts) {
    const { logTotal, means } = mixture.normalizer(state);
    total -= count * logTotal;
    for (let index = 0; index < slope.length; index++) slope[index]! -= count * means[index]!;
  }
  return { mixture, mean: total / wordCount, slope: slope.map((sum) => sum / wordCount) };
}

const DIFFERENCE = 1e-4;

/** Minus the second derivatives: how fast the slopes fall. */
async function curvature(
  { mixture, slope }: Measured,
  text: Text,
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const rows: number[][] = [];
  for (const moved of mixture.weights.keys()) {
    await pause(signal);
    const weights = mixture.weights.map((weight, index) => weight + (index === moved ? DIFFERENCE : 0));
    const there = measure(mixture.withWeights(weights), text).slope;
    rows.push(slope.map((value, index) => (value - there[index]!) / DIFFERENCE));
  }
  // Symmetric but for rounding; a little more on the diagonal keeps it solvable where two models are the same.
  return rows.map((row, a) => row.map((value, b) => (value + rows[b]![a]!) / 2 + (a === b ? 1e-9 : 0)));
}

/** The solution of a small system of linear equations, by elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * rows[column]![at]!;
    }
  }
  return rows.map((row, index) => row[size]! / row[index]!);
}
