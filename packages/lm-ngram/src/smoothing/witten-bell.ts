import { forEachContext } from './context-totals.ts';
import { interpolate, type SmoothingMethod } from './smoothing.ts';

/**
 * Witten-Bell smoothing: a context that t different words have followed lets the shorter context speak as if it had been seen t times more.
 *
 * @see Witten and Bell 1991, method C
 */
export function wittenBell(): SmoothingMethod {
  return {
    name: 'Witten-Bell',
    estimate(input) {
      const { trie, counts } = input;
      const shares = new Float64Array(trie.nodeCount);
      const lowerWeights = new Float64Array(trie.contextCount);
      forEachContext(input, counts, (context, { total, prunedTotal, types }, start, end) => {
        const kinds = types[0] + types[1] + types[2];
        const whole = total + kinds;
        lowerWeights[context] = (kinds + prunedTotal) / whole;
        for (let node = start; node < end; node++) shares[node] = counts[node]! / whole;
      });
      return { ...interpolate(input, { shares, lowerWeights }), fallbacks: [] };
    },
  };
}
