import type { RandomStream } from '@wordloom/compile';

/** How words are drawn. */
export interface WordSamplingOptions {
  /** Divides the logarithms of probabilities: below 1 sharpens, above 1 flattens. Default 1. */
  readonly temperature?: number;
  /** Only the likeliest words, as many. Default all. */
  readonly topK?: number;
  /** Only the fewest of the likeliest words that have this much probability together, after topK. Default 1, all. */
  readonly topP?: number;
}

/**
 * Draws a word: temperature, then top-k, then top-p. Words of equal probability rank by their id.
 *
 * @param logProbabilities of each word, up to a constant
 * @param random one uniform number is drawn from it
 * @see Fan et al. 2018, "Hierarchical neural story generation", §5.4 (top-k); Holtzman et al. 2020, "The curious case of neural text degeneration", §3
 * (top-p)
 */
export function sampleWord(
  logProbabilities: Float32Array,
  { temperature = 1, topK = logProbabilities.length, topP = 1 }: WordSamplingOptions,
  random: Pick<RandomStream, 'uniform'>,
): number {
  const largest = logProbabilities.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = Float64Array.from(logProbabilities, (value) => Math.exp((value - largest) / temperature));
  let words = Array.from(weights.keys());
  if (topK < words.length || topP < 1) {
    words = words.sort((a, b) => weights[b]! - weights[a]! || a - b).slice(0, topK);
  }
  const total = (): number => words.reduce((sum, word) => sum + weights[word]!, 0);
  if (topP < 1) {
    let missing = topP * total();
    const last = words.findIndex((word) => {
      missing -= weights[word]!;
      return missing <= 0;
    });
    if (last >= 0) words = words.slice(0, last + 1);
  }
  let left = random.uniform() * total();
  const drawn = words.find((word) => {
    left -= weights[word]!;
    return left < 0;
  });
  return drawn ?? words.findLast((word) => weights[word]! > 0)!; // where rounding left some over
}

/** @throws {RangeError} naming the option that is out of range */
export function requireWordSampling(
  owner: string,
  { temperature = 1, topK = 1, topP = 1 }: WordSamplingOptions,
): void {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${owner}: temperature must be a positive number, got ${temperature}.`);
  }
  if (!(Number.isSafeInteger(topK) && topK > 0)) {
    throw new RangeError(`${owner}: topK must be a positive integer, got ${topK}.`);
  }
  if (!(topP > 0 && topP <= 1)) throw new RangeError(`${owner}: topP must be in (0, 1], got ${topP}.`);
}
