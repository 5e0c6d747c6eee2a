import { SENTENCE_START } from '../vocabulary.ts';
import { forEachContext } from './context-totals.ts';
import type { SmoothingMethod } from './smoothing.ts';

/** Options of {@link stupidBackoff}. */
export interface StupidBackoffOptions {
  /** By what each step to a shorter context is multiplied (default 0.4). */
  readonly factor?: number;
}

/**
 * Stupid back-off: the relative frequency where there is one, otherwise a fixed factor times that after the shorter context. Cheap, good with
 * very much text, and no probabilities: the scores of all words do not add up to 1, so perplexities mean nothing.
 *
 * Departures from the paper: words that do not occur score as if they had been seen half a time, and the factor is due only where the
 * context was seen; it would be the same for all words where it was not.
 *
 * @see Brants et al. 2007, §4
 */
export function stupidBackoff({ factor = 0.4 }: StupidBackoffOptions = {}): SmoothingMethod {
  if (!(factor > 0 && factor <= 1)) {
    throw new RangeError(`stupidBackoff: factor must be more than 0 and at most 1, got ${factor}.`);
  }
  return {
    name: 'stupid back-off',
    estimate(input) {
      const { trie, counts } = input;
      const probabilities = new Float64Array(trie.nodeCount);
      forEachContext(input, counts, (context, { total }, start, end) => {
        for (let node = start; node < end; node++) {
          probabilities[node] = Math.max(counts[node]!, context === 0 ? 0.5 : 0) / total;
        }
      });
      probabilities[SENTENCE_START + 1] = 1;
      return { probabilities, backoffs: new Float64Array(trie.contextCount).fill(factor), fallbacks: [] };
    },
  };
}
