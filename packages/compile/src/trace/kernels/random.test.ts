import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { floats, testKernels } from '../../../test/same-as-eager.ts';
import { compile, multinomial, withRandomness } from '../../index.ts';
import { nodeRuntime } from '../../node.ts';

const runtime = await nodeRuntime({ threads: 1 });

testKernels(
  ['Multinomial'],
  {
    sizes: fc.record({
      rows: fc.integer({ min: 1, max: 4 }),
      outcomes: fc.integer({ min: 2, max: 6 }),
      count: fc.integer({ min: 1, max: 5 }),
    }),
    runs: 8,
  },
  async ({ rows, outcomes, count }, random) => {
    const logits = floats(random, [rows, outcomes]);
    const draw = { seed: random.integer(100), step: 1 };
    const compiled = compile(({ logits }) => ({ y: tf.multinomial(logits as tf.Tensor2D, count) }), {
      runtime,
    });
    const { y } = await compiled({ logits }, draw);
    await compiled.release();
    await tf.setBackend('cpu');
    const eager = withRandomness(draw, () => multinomial(tf.tensor(logits.data, [rows, outcomes]), count));
    expect([y!.shape, ...y!.data]).toEqual([eager.shape, ...eager.dataSync()]);
    eager.dispose();
  },
);
