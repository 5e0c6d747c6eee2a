import type { RandomStream } from '@wordloom/compile';
import { lastOfHeaviest } from './heaviest.ts';

/** How the next token is drawn. */
export interface SamplingOptions {
  /** Divides the logits: below 1 sharpens, above 1 flattens; 0 takes the most probable token. Default 1. */
  readonly temperature?: number;
  /** Only the `topK` most probable tokens; default all. */
  readonly topK?: number;
  /** Only the smallest set of most probable tokens that holds this much probability, after topK; default 1, all. */
  readonly topP?: number;
}

/**
 * Draws a token id from logits: temperature, then top-k, then top-p, renormalized.
 *
 * Tokens of equal probability rank by id, the lower first. The time is linear in the vocabulary: the border of
 * the kept set is selected, nothing is sorted.
 *
 * @param logits one score a token id; −∞ bans a token
 * @param random one uniform number is drawn from it, none if temperature is 0
 * @throws {RangeError} if an option is out of range, or no probability can be made of the logits
 * @see Holtzman et al. 2020, "The curious case of neural text degeneration", §3 (top-p); Fan et al. 2018, §5 (top-k)
 * @example
 * sampleToken(Float32Array.of(0, 2, 1), { topK: 2 }, new RandomStream(0)); // 1 or 2
 */
export function sampleToken(
  logits: Float32Array,
  options: SamplingOptions,
  random: Pick<RandomStream, 'uniform'>,
): number {
  const { temperature = 1, topK, topP = 1 } = options;
  requireSamplingOptions('sampleToken', options);
  const best = argmax(logits);
  if (temperature === 0) return best;

  // Relative to the best token, so that the largest weight is 1 whatever the scale of the logits.
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - logits[best]!) / temperature));
  if (topK !== undefined && topK < weights.length)
    keepUpTo(
      weights,
      lastOfHeaviest(weights, topK, () => 1),
    );
  if (topP < 1) {
    const target = topP * sum(weights);
    keepUpTo(
      weights,
      lastOfHeaviest(weights, target, (weight) => weight),
    );
  }

  let left = random.uniform() * sum(weights);
  let chosen = best;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] === 0) continue;
    chosen = id; // so that rounding at the very end falls on a token that may be drawn
    left -= weights[id]!;
    if (left < 0) break;
  }
  return chosen;
}

/**
 * Refuses sampling options out of range.
 *
 * @param owner what the message starts with
 * @throws {RangeError} naming the option
 */
export function requireSamplingOptions(
  owner: string,
  { temperature = 1, topK, topP = 1 }: SamplingOptions,
): void {
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new RangeError(`${owner}: temperature must be a number of at least 0, got ${temperature}.`);
  }
  if (topK !== undefined && !(Number.isSafeInteger(topK) && topK > 0)) {
    throw new RangeError(
      `${owner}: topK must be a positive integer, got ${topK}. Leave it out to keep all tokens.`,
    );
  }
  if (!(topP > 0 && topP <= 1)) {
    throw new RangeError(
      `${owner}: topP must be in (0, 1], got ${topP}. Use temperature 0 for the best token.`,
    );
  }
}

/** Index of the largest value, the first of several. */
function argmax(logits: Float32Array): number {
  let best = 0;
  for (let id = 0; id < logits.length; id++) {
    if (Number.isNaN(logits[id])) {
      throw new RangeError(
        `sampleToken: logits must be numbers, got NaN for token ${id}. Training may have diverged.`,
      );
    }
    if (logits[id]! > logits[best]!) best = id;
  }
  if (!Number.isFinite(logits[best])) {
    const got = logits.length === 0 ? 'none' : `a largest value of ${logits[best]}`;
    throw new RangeError(`sampleToken: logits must have a finite largest value, got ${got}.`);
  }
  return best;
}

/** Sets to zero the weights that rank after the one at `last`. */
function keepUpTo(weights: Float64Array, last: number): void {
  const border = weights[last]!;
  for (let id = 0; id < weights.length; id++) {
    const kept = weights[id]! > border || (weights[id] === border && id <= last);
    if (!kept) weights[id] = 0;
  }
}

function sum(weights: Float64Array): number {
  return weights.reduce((total, weight) => total + weight, 0);
}
