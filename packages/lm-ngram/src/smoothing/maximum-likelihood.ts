import { forEachContext } from './context-totals.ts';
import { interpolate, type SmoothingMethod } from './smoothing.ts';

/**
 * Maximum likelihood: p(w | h) = C(h w) / C(h), and nothing for what was not seen after a context that was. No smoothing at all; the
 * probability of a new text is often 0.
 */
export function maximumLikelihood(): SmoothingMethod {
  return {
    name: 'maximum likelihood',
    estimate(input) {
      const { trie, counts } = input;
      const shares = new Float64Array(trie.nodeCount);
      const lowerWeights = new Float64Array(trie.contextCount);
      forEachContext(input, counts, (_, { total }, start, end) => {
        for (let node = start; node < end; node++) shares[node] = counts[node]! / total;
      });
      return { ...interpolate(input, { shares, lowerWeights }), fallbacks: [] };
    },
  };
}
