import { type TensorData, tensorData } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';

/**
 * How fast attention falls with distance in each head, by ALiBi's rule: 2^(−8 / n), 2^(−16 / n), … for n heads. Where n is
 * no power of two, those of the power of two below, then every other one of twice as many heads.
 *
 * @returns headCount slopes
 * @throws {RangeError} unless headCount is a positive integer
 * @see Press et al. 2022, "Train short, test long: attention with linear biases enables input length extrapolation", §3
 */
export function alibiSlopes(headCount: number): Float32Array {
  requireSizes('alibiSlopes', { headCount });
  const regular = (count: number): number[] =>
    Array.from({ length: count }, (_, head) => 2 ** ((-8 * (head + 1)) / count));
  const whole = 2 ** Math.floor(Math.log2(headCount));
  const between = regular(2 * whole).filter((_, head) => head % 2 === 0);
  return Float32Array.from([...regular(whole), ...between.slice(0, headCount - whole)]);
}

/**
 * ALiBi's bias: −slope · distance, for `attention`'s `bias`. The last query stands beside the last key, as in a causal
 * pass with a cache; later keys are as far as earlier ones.
 *
 * @returns float32 `[headCount, queries, keys]`
 * @throws {RangeError} unless all sizes are positive integers
 */
export function alibiBias(headCount: number, queries: number, keys: number): TensorData {
  requireSizes('alibiBias', { headCount, queries, keys });
  const slopes = alibiSlopes(headCount);
  const bias = new Float32Array(headCount * queries * keys);
  let index = 0;
  for (const slope of slopes) {
    for (let query = 0; query < queries; query++) {
      for (let key = 0; key < keys; key++) bias[index++] = -slope * Math.abs(query + keys - queries - key);
    }
  }
  return tensorData(bias, [headCount, queries, keys]);
}
