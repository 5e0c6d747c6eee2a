import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../tensor-data.ts';
import { isTracing, traceBackend } from '../trace/trace-backend.ts';
import { randomKey } from './random-stream.ts';
import { nextRandomSite } from './randomness.ts';
import { fillDropoutMask, fillUniform } from './threefry.ts';

/** How many numbers come of one counter: dropout factors take 16 bits each, uniform numbers 32. */
const PER_BLOCK = { dropout: 4, uniform: 2 } as const;

/**
 * The numbers of the next random site: the same eager and compiled.
 *
 * @param rate of dropout; undefined for uniform numbers in [0, 1)
 * @returns undefined where randomness is off
 */
export function randomTensor(shape: readonly number[], rate: number | undefined): tf.Tensor | undefined {
  const random = nextRandomSite();
  if (!random) return undefined;
  if (isTracing()) return traceBackend().randomInput(shape, rate, random.site);
  const { draw, site, repetition } = random;
  const size = sizeOf(shape);
  const perBlock = rate === undefined ? PER_BLOCK.uniform : PER_BLOCK.dropout;
  const skipped = (repetition * size) % perBlock;
  const numbers = new Float32Array(skipped + size);
  fillRandom(numbers, rate, randomKey(draw.seed, draw.step, site), (repetition * size - skipped) / perBlock);
  return tf.tensor(numbers.subarray(skipped), [...shape]);
}

/** Fills an array with dropout factors, or with uniform numbers where there is no rate. */
export function fillRandom(
  numbers: Float32Array,
  rate: number | undefined,
  key: Uint32Array,
  firstBlock = 0,
): void {
  if (rate === undefined) fillUniform(numbers, key, firstBlock);
  else fillDropoutMask(numbers, rate, key, firstBlock);
}
