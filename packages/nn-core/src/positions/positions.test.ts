import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream } from '@wordloom/compile';
import { describe, expect, test } from 'vitest';
import goldens from '../../fixtures/layers.json' with { type: 'json' };
import { expectClose } from '../../test/pytorch.ts';
import { alibiBias, alibiSlopes } from './alibi.ts';
import { LearnedPositions } from './learned-positions.ts';
import { RelativePositionBias, relativePositionBucket } from './relative-position-bias.ts';
import { RotaryEmbedding } from './rotary-embedding.ts';
import { type RotaryScaling, rotaryFrequencies } from './rotary-frequencies.ts';
import { SinusoidalPositions, sinusoidalTable } from './sinusoidal-positions.ts';

const { positions } = goldens;

describe('sinusoids', () => {
  test('are those of the paper, at any offset', () => {
    const { data, shape } = sinusoidalTable(30, 6);
    expect(shape).toEqual([30, 6]);
    expectClose(data, positions.sinusoids.data, 1e-7);
    expect(sinusoidalTable(3, 6, { offset: 27 }).data).toEqual(data.subarray(27 * 6));
    const encoded = new SinusoidalPositions(6).forward(tf.ones([2, 3, 6]), 27).dataSync();
    expectClose(
      encoded.slice(18),
      positions.sinusoids.data.slice(27 * 6).map((value) => value + 1),
      1e-6,
    );
    expect(() => new SinusoidalPositions(5)).toThrow('sinusoidalTable: size must be even, got 5.');
  });
});

test('learned positions add their rows, and end where they end', () => {
  const layer = new LearnedPositions(4, 2, { random: new RandomStream(1) });
  expect([...layer.forward(tf.zeros([1, 2, 2]), 2).dataSync()]).toEqual([...layer.weight.data.slice(4)]);
  expect(() => layer.forward(tf.zeros([1, 3, 2]), 2)).toThrow(
    'LearnedPositions: x must be [..., time, 2] with offset + time ≤ 4, got [1,3,2] at offset 2.',
  );
});

describe('rotary embeddings', () => {
  const llama31 = {
    type: 'llama3',
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalContextLength: 8192,
  } as const;

  test('are scaled as Llama 3.1, by a larger base, and by position', () => {
    const close = (actual: Float64Array, expected: readonly number[]) => {
      expect(actual).toHaveLength(expected.length);
      for (const [index, value] of expected.entries())
        expect(Math.abs(actual[index]! / value - 1)).toBeLessThan(1e-12);
    };
    close(rotaryFrequencies(128, { base: 500_000, scaling: llama31 }), positions.llama3.frequencies);
    close(rotaryFrequencies(64, { scaling: { type: 'ntk', factor: 4 } }), positions.ntk.frequencies);
    const linear = rotaryFrequencies(4, { scaling: { type: 'linear', factor: 2 } });
    expect([...linear]).toEqual([0.5, 0.005]);
    expect([...rotaryFrequencies(2, { scaling: { type: 'ntk', factor: 2 } })]).toEqual([1]);
  });

  test('turn rows of a batch by positions of their own', () => {
    const x = tf.tensor4d(
      Array.from({ length: 24 }, (_, index) => Math.sin(index)),
      [2, 1, 3, 4],
    );
    const rotary = new RotaryEmbedding(4);
    const places = tf.tensor2d([0, 0, 1, 5, 6, 7], [2, 3], 'int32');
    const turned = rotary.forward(x, { positions: places });
    const [first, second] = tf.split(x, 2) as [tf.Tensor, tf.Tensor];
    expectClose(turned.dataSync().slice(12), rotary.forward(second, { offset: 5 }).dataSync());
    const padded = rotary.forward(first, { positions: tf.tensor1d([0, 0, 1], 'int32') });
    expectClose(turned.dataSync().slice(0, 12), padded.dataSync());
  });

  test.each<[() => unknown, string]>([
    [() => new RotaryEmbedding(5), 'rotaryFrequencies: size must be a positive even integer, got 5.'],
    [() => rotaryFrequencies(4, { base: 0 }), 'rotaryFrequencies: base must be positive, got 0.'],
    [
      () => rotaryFrequencies(4, { scaling: { type: 'yarn', factor: 2 } as unknown as RotaryScaling }),
      "rotaryFrequencies: scaling.type must be 'linear', 'ntk' or 'llama3', got yarn.",
    ],
    [
      () => rotaryFrequencies(4, { scaling: { ...llama31, highFrequencyFactor: 1 } }),
      'scaling.highFrequencyFactor must be above lowFrequencyFactor and both positive, got 1 and 1.',
    ],
    [
      () => new RotaryEmbedding(4, { convention: 'neox' as 'halfSplit' }),
      "RotaryEmbedding: convention must be 'halfSplit' or 'interleaved', got neox.",
    ],
    [
      () => new RotaryEmbedding(4).forward(tf.zeros([1, 2, 3, 2])),
      'RotaryEmbedding: x must be [batch, heads, time, 4 or more], got [1,2,3,2].',
    ],
    [
      () => new RotaryEmbedding(2).forward(tf.zeros([1, 2, 3, 2]), { positions: tf.zeros([2], 'int32') }),
      'RotaryEmbedding: positions must be [3] or [1, 3], got [2].',
    ],
  ])('refuse what does not fit (%#)', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('ALiBi', () => {
  test.each(Object.entries(positions.alibi))('has its slopes for %s heads', (headCount, slopes) => {
    expectClose(alibiSlopes(Number(headCount)), slopes, 1e-7);
  });

  test('falls with distance, the last query beside the last key', () => {
    const { data, shape } = alibiBias(8, 2, 3);
    expect(shape).toEqual([8, 2, 3]);
    expect([...data.slice(0, 6)]).toEqual([-0.5, -0, -0.5, -1, -0.5, -0]);
    expect([...data.slice(6, 12)]).toEqual([-0.25, -0, -0.25, -0.5, -0.25, -0]);
  });
});

describe("T5's relative positions", () => {
  test.each(positions.buckets)(
    'fall into the buckets of T5: bidirectional $bidirectional, $bucketCount buckets up to $maxDistance',
    ({ buckets, ...options }) => {
      const actual = buckets.map((_, index) => relativePositionBucket(index - 300, options));
      expect(actual).toEqual(buckets);
    },
  );

  test('give each head the number of the bucket', () => {
    const layer = new RelativePositionBias(2, { random: new RandomStream(3) });
    expect(layer.weight.shape).toEqual([32, 2]);
    const bias = layer.forward(1, 4); // the query stands at position 3
    expect(bias.shape).toEqual([1, 2, 1, 4]);
    const row = (head: number) => [3, 2, 1, 0].map((bucket) => layer.weight.data[bucket * 2 + head]);
    expect([...bias.dataSync()]).toEqual([...row(0), ...row(1)]);
    expect(() => new RelativePositionBias(2, { bucketCount: 3 })).toThrow(
      'RelativePositionBias: bucketCount must be 4 or more, got 3.',
    );
    expect(() => new RelativePositionBias(2, { maxDistance: 8 })).toThrow(
      'RelativePositionBias: maxDistance must exceed the 8 distances with buckets of their own, got 8.',
    );
  });
});
