import { type BleuTokenizer, bleuTokens } from './bleu-tokenizer.ts';
import { withoutTrailingSpace } from './words.ts';

/**
 * What stands in for n-grams without a match (Chen & Cherry 2014):
 *
 * - `exp`: half a match for the first order without one, a quarter for the next, and so on (NIST)
 * - `floor`: `smoothingValue` matches; default 0.1
 * - `add-k`: `smoothingValue` more matches and n-grams in every order above 1; default 1
 * - `none`: nothing, so the score is 0
 */
export type BleuSmoothing = 'exp' | 'floor' | 'add-k' | 'none';

/** Options of {@link bleu}. */
export interface BleuOptions {
  /** Default `13a`. */
  readonly tokenizer?: BleuTokenizer;
  /** Whether case is ignored; default false. */
  readonly lowercase?: boolean;
  /** Default `exp`. */
  readonly smoothing?: BleuSmoothing;
  /** For `floor` and `add-k`. */
  readonly smoothingValue?: number;
  /** Longest n-gram; default 4. */
  readonly maxOrder?: number;
  /** Leaves out orders longer than the hypotheses; default false, and true for {@link sentenceBleu}. */
  readonly effectiveOrder?: boolean;
}

/** A BLEU score and what it was made of. */
export interface BleuScore {
  /** From 0 to 100. */
  readonly score: number;
  /** Percent of n-grams that match, by order, smoothed. */
  readonly precisions: readonly number[];
  /** Matching n-grams by order; `add-k` counts in them. */
  readonly counts: readonly number[];
  /** N-grams of the hypotheses by order; `add-k` counts in them. */
  readonly totals: readonly number[];
  /** Below 1 if the hypotheses are shorter than their references. */
  readonly brevityPenalty: number;
  /** Tokens of the hypotheses. */
  readonly hypothesisLength: number;
  /** Tokens of the references, for each hypothesis the one nearest in length. */
  readonly referenceLength: number;
  /** sacreBLEU's: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:…`. Put it beside the score. */
  readonly signature: string;
}

/** {@link BleuOptions} with their defaults. */
export type BleuSettings = Required<BleuOptions>;

/** Fills in the defaults. @throws {RangeError} if an option is out of range */
export function bleuSettings({
  tokenizer = '13a',
  lowercase = false,
  smoothing = 'exp',
  smoothingValue = SMOOTHING_VALUES[smoothing],
  maxOrder = 4,
  effectiveOrder = false,
}: BleuOptions): BleuSettings {
  if (SMOOTHING_VALUES[smoothing] === undefined) {
    throw new RangeError(`bleu: smoothing must be exp, floor, add-k or none, got ${smoothing}.`);
  }
  if (!(smoothingValue >= 0)) {
    throw new RangeError(`bleu: smoothingValue must not be negative, got ${smoothingValue}.`);
  }
  if (!Number.isInteger(maxOrder) || maxOrder < 1) {
    throw new RangeError(`bleu: maxOrder must be a positive integer, got ${maxOrder}.`);
  }
  bleuTokens('', tokenizer); // refuses an unknown one
  return { tokenizer, lowercase, smoothing, smoothingValue, maxOrder, effectiveOrder };
}

const SMOOTHING_VALUES: Readonly<Record<BleuSmoothing, number>> = { exp: 0, none: 0, floor: 0.1, 'add-k': 1 };

/** The tokens of a text under these settings. */
export function tokensOf(text: string, { tokenizer, lowercase }: BleuSettings): string[] {
  return bleuTokens(withoutTrailingSpace(lowercase ? text.toLowerCase() : text), tokenizer);
}

/** The sufficient statistics of a BLEU score. */
export interface BleuCounts {
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

/** BLEU from its sufficient statistics. */
export function bleuOfCounts(
  statistics: BleuCounts,
  { smoothing, smoothingValue, effectiveOrder }: BleuSettings,
): Omit<BleuScore, 'signature'> {
  const { hypothesisLength, referenceLength } = statistics;
  const brevityPenalty =
    hypothesisLength >= referenceLength ? 1 : Math.exp(1 - referenceLength / hypothesisLength);
  const added = (order: number): number => (smoothing === 'add-k' && order > 0 ? smoothingValue : 0);
  const hasMatch = statistics.counts.some((count) => count > 0);
  const counts = statistics.counts.map((count, order) => (hasMatch ? count + added(order) : count));
  const totals = statistics.totals.map((total, order) => (hasMatch ? total + added(order) : total));
  const precisions = counts.map(() => 0);
  const rest = { counts, totals, precisions, brevityPenalty, hypothesisLength, referenceLength };
  if (!hasMatch) return { score: 0, ...rest };

  let orders = effectiveOrder ? 0 : counts.length;
  let halved = 1;
  for (const [order, count] of counts.entries()) {
    const total = totals[order]!;
    if (total === 0) break;
    if (effectiveOrder) orders = order + 1;
    let matches = count;
    if (count === 0 && smoothing === 'exp') {
      halved /= 2;
      matches = halved;
    } else if (count === 0 && smoothing === 'floor') matches = smoothingValue;
    precisions[order] = (100 * matches) / total;
  }
  const logarithms = precisions.slice(0, orders).reduce((sum, precision) => sum + Math.log(precision), 0);
  return { score: brevityPenalty * Math.exp(logarithms / orders), ...rest };
}

/** The length nearest to `length`, the shorter of two that are as near. */
export function nearestLength(length: number, lengths: readonly number[]): number {
  return lengths.reduce((nearest, candidate) => {
    const closer = Math.abs(candidate - length) - Math.abs(nearest - length);
    return closer < 0 || (closer === 0 && candidate < nearest) ? candidate : nearest;
  });
}
