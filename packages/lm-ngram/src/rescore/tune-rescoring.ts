import { describeValue } from '../describe-value.ts';
import { pause } from '../pause.ts';
import { createRandomSource } from '../random-source.ts';
import type { NbestList } from './nbest-list.ts';
import { type ErrorMeasure, wordErrorRate } from './text-errors.ts';

/** Options of {@link tuneRescoring}. */
export interface TuneRescoringOptions {
  /** Where to begin: each feature that shall count, and its weight. */
  readonly weights: Readonly<Record<string, number>>;
  /** What is to become small (default {@link wordErrorRate}). */
  readonly measure?: ErrorMeasure;
  /** Beginnings at random beside the one given, as the error has many valleys (default 10). */
  readonly restarts?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Weights under which the best hypotheses have the fewest errors (minimum error rate training). Along the weight of one feature the best hypothesis of
 * a list changes at a few places only, which are found exactly; so each step goes to the best place along one weight, until no weight helps.
 *
 * @param references words of the right answer by the id of the list
 * @returns the weights, and their error
 * @throws {RangeError} if there are no lists, one has no hypothesis or no reference, or a feature is not finite
 * @throws what the signal's `reason` is, if it is aborted
 * @see Och 2003, "Minimum error rate training in statistical machine translation"
 */
export async function tuneRescoring(
  lists: readonly NbestList[],
  references: ReadonlyMap<string, readonly string[]>,
  { weights: first, measure = wordErrorRate, restarts = 10, seed = 0, signal }: TuneRescoringOptions,
): Promise<{ readonly weights: Record<string, number>; readonly error: number }> {
  const names = Object.keys(first);
  const entries = readEntries(lists, references, names, measure);
  const random = createRandomSource(seed);
  const start = names.map((name) => first[name]!);
  const scale = Math.max(...start.map(Math.abs)) || 1;
  let best = { point: start, error: errorAt(entries, start, measure) };
  for (let attempt = 0; attempt <= restarts; attempt++) {
    await pause(signal);
    let point = attempt === 0 ? start : start.map(() => scale * (2 * random() - 1));
    let error = errorAt(entries, point, measure);
    for (;;) {
      const steps = names.map((_, axis) => searchLine(entries, point, axis, measure));
      const [better] = steps.sort((a, b) => a.error - b.error);
      if (!better || better.error >= error - SAME) break;
      ({ point, error } = better);
    }
    if (error < best.error - SAME) best = { point, error };
  }
  return {
    weights: Object.fromEntries(names.map((name, index) => [name, best.point[index]!])),
    error: best.error,
  };
}

const SAME = 1e-12;

/** A list as tuning sees it. */
interface Entry {
  /** Features and counts of errors of each hypothesis. */
  readonly features: readonly (readonly number[])[];
  readonly counts: readonly (readonly number[])[];
}

interface Place {
  readonly point: number[];
  readonly error: number;
}

function readEntries(
  lists: readonly NbestList[],
  references: ReadonlyMap<string, readonly string[]>,
  names: readonly string[],
  measure: ErrorMeasure,
): Entry[] {
  const wrong = (what: string) => new RangeError(`tuneRescoring: ${what}.`);
  if (lists.length === 0) throw wrong('lists must hold at least one, got none');
  if (names.length === 0) throw wrong('weights must name at least one feature, got none');
  return lists.map(({ id, hypotheses }) => {
    const reference = references.get(id);
    if (!reference) throw wrong(`references must have one for list ${describeValue(id)}, but there is none`);
    if (hypotheses.length === 0)
      throw wrong(`the list ${describeValue(id)} must have a hypothesis, got none`);
    const features = hypotheses.map((hypothesis) =>
      names.map((name) => {
        const value = hypothesis.features[name] ?? 0;
        if (Number.isFinite(value)) return value;
        throw wrong(
          `the feature ${describeValue(name)} of list ${describeValue(id)} must be finite, got ${value}`,
        );
      }),
    );
    return { features, counts: hypotheses.map(({ words }) => measure.count(words, reference)) };
  });
}

function errorAt(entries: readonly Entry[], point: readonly number[], measure: ErrorMeasure): number {
  const sums: number[] = [];
  for (const { features, counts } of entries) {
    let best = 0;
    let bestScore = -Infinity;
    for (const [index, values] of features.entries()) {
      const score = values.reduce((sum, value, at) => sum + value * point[at]!, 0);
      if (score > bestScore) [best, bestScore] = [index, score];
    }
    add(sums, counts[best]!, 1);
  }
  return measure.error(sums);
}

/** The best place along one weight; the middle of the best stretch. */
function searchLine(
  entries: readonly Entry[],
  point: readonly number[],
  axis: number,
  measure: ErrorMeasure,
): Place {
  const sums: number[] = [];
  const changes: { readonly at: number; readonly from: readonly number[]; readonly to: readonly number[] }[] =
    [];
  for (const { features, counts } of entries) {
    const hull = upperHull(features, point, axis);
    add(sums, counts[hull[0]!.index]!, 1);
    for (let index = 1; index < hull.length; index++) {
      changes.push({
        at: hull[index]!.from,
        from: counts[hull[index - 1]!.index]!,
        to: counts[hull[index]!.index]!,
      });
    }
  }
  changes.sort((a, b) => a.at - b.at);
  let best = { error: measure.error(sums), low: -Infinity, high: changes[0]?.at ?? Infinity };
  for (const [index, { at, from, to }] of changes.entries()) {
    add(sums, from, -1);
    add(sums, to, 1);
    const high = changes[index + 1]?.at ?? Infinity;
    if (high - at < NARROW) continue; // several lists change here
    const error = measure.error(sums);
    if (error < best.error - SAME) best = { error, low: at, high };
  }
  const next = [...point];
  next[axis] = middle(best.low, best.high, point[axis]!);
  // What counts is the error there: at a border, rounding may choose another hypothesis.
  return { point: next, error: errorAt(entries, next, measure) };
}

/** Stretches that are narrower are left out: a weight in them would be right by chance. */
const NARROW = 1e-9;

function middle(low: number, high: number, now: number): number {
  if (low === -Infinity && high === Infinity) return now;
  if (low === -Infinity) return high - Math.max(1, Math.abs(high)) * 0.1;
  if (high === Infinity) return low + Math.max(1, Math.abs(low)) * 0.1;
  return (low + high) / 2;
}

/** The hypotheses that are best for some weight, from −∞ up, and from which weight on each is. */
function upperHull(
  features: Entry['features'],
  point: readonly number[],
  axis: number,
): { readonly index: number; readonly from: number }[] {
  const lines = features.map((values, index) => ({
    index,
    slope: values[axis]!,
    height: values.reduce((sum, value, at) => sum + (at === axis ? 0 : value * point[at]!), 0),
  }));
  lines.sort((a, b) => a.slope - b.slope || b.height - a.height || a.index - b.index);
  const hull: { line: (typeof lines)[number]; from: number }[] = [];
  for (const line of lines) {
    const last = hull.at(-1);
    if (last && last.line.slope === line.slope) continue; // the higher of two parallel lines came first
    let from = -Infinity;
    while (hull.length > 0) {
      const top = hull.at(-1)!;
      from = (top.line.height - line.height) / (line.slope - top.line.slope);
      if (from > top.from) break;
      hull.pop();
      from = -Infinity;
    }
    hull.push({ line, from });
  }
  return hull.map(({ line, from }) => ({ index: line.index, from }));
}

function add(sums: number[], counts: readonly number[], sign: 1 | -1): void {
  for (const [index, count] of counts.entries()) sums[index] = (sums[index] ?? 0) + sign * count;
}
