import { requireSizes } from '../module/require-sizes.ts';
import type { Dataset } from './dataset.ts';
import type { TokenSource } from './token-source.ts';

/**
 * A token sequence cut into pieces side by side, as examples for a collator. The last one may be shorter.
 *
 * @param tokens token ids, in memory or in a file
 * @param length tokens in a piece
 * @throws {RangeError} if there are no tokens or `length` is not a positive integer
 * @example
 * const collate = maskedLanguageCollator({ vocabSize: 30522, maskId: 103, padId: 0, length: 128 });
 * const data = exampleBatches(windowExamples(tokens, 128), { batchSize: 32, collate, seed: 0 });
 */
export function windowExamples(tokens: Int32Array | TokenSource, length: number): Dataset<Int32Array> {
  requireSizes('windowExamples', { length, 'tokens.length': tokens.length });
  return {
    length: Math.ceil(tokens.length / length),
    example(index) {
      const begin = index * length;
      const end = Math.min(begin + length, tokens.length);
      return tokens instanceof Int32Array ? tokens.subarray(begin, end) : tokens.read(begin, end);
    },
  };
}
