import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  compile,
  multinomial,
  randomNormal,
  randomUniform,
  registerMissingKernels,
  scan,
  tensorData,
  toTensorData,
  withRandomness,
} from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';

const runtime = await nodeRuntime({ threads: 1 });
const LOGITS = [0, 1, 2, -1, -1, 3];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('random ops', () => {
  test('draw the same eager and compiled, other numbers at other steps, in loops too', async () => {
    registerMissingKernels();
    const program = ({ logits }: Record<string, tf.Tensor>) => {
      const { outputs } = scan(
        ({ sum }, { row }) => {
          const next = tf.add(sum, tf.mul(row, randomUniform([3])));
          return { carry: { sum: next }, outputs: { next } };
        },
        { carry: { sum: tf.zeros([3]) }, inputs: { row: logits! } },
      );
      return {
        uniform: randomUniform([5, 3], { min: -2, max: 2 }),
        normal: randomNormal([7]),
        own: multinomial(logits!, 9),
        stock: tf.multinomial(logits as tf.Tensor2D, 9),
        certain: tf.multinomial(tf.tensor1d([0, 1]), 4, 1, true),
        sums: outputs.next,
      };
    };
    const compiled = compile(program, {
      runtime,
      inputs: { logits: { dtype: 'float32', shape: ['rows', 3] } },
    });
    const logits = tensorData(Float32Array.from(LOGITS), [2, 3]);
    const seen = new Set<string>();
    for (const step of [0, 1]) {
      const draw = { seed: 3, step };
      const actual = await compiled({ logits }, draw);
      const eager = tf.tidy(() =>
        withRandomness(draw, () => program({ logits: tf.tensor2d(LOGITS, [2, 3]) })),
      );
      for (const [name, tensor] of Object.entries(eager)) {
        const expected = await toTensorData(tensor);
        expect([actual[name]!.shape, actual[name]!.dtype], name).toEqual([expected.shape, expected.dtype]);
        expected.data.forEach((value, index) => {
          expect(actual[name]!.data[index], `${name}[${index}]`).toBeCloseTo(value, 5);
        });
      }
      expect([...actual.certain!.data]).toEqual([1, 1, 1, 1]);
      expect(actual.own!.data.every((outcome) => [0, 1, 2].includes(outcome))).toBe(true);
      seen.add([...actual.uniform!.data, ...actual.own!.data].join());
      tf.dispose(eager);
    }
    expect(seen.size).toBe(2);
    await compiled.release();
  });

  test('have the moments and frequencies they should', async () => {
    const [uniform, normal, outcomes] = tf.tidy(() =>
      withRandomness({ seed: 1, step: 0 }, () => [
        randomUniform([20_000], { min: 1, max: 3 }),
        randomNormal([20_000], { mean: 2, standardDeviation: 3 }),
        multinomial(tf.log(tf.tensor1d([0.2, 0.5, 0.3])), 20_000),
      ]),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const moments = (x: tf.Tensor): number[] => {
      const { mean, variance } = tf.moments(x);
      return [mean.dataSync()[0]!, variance.dataSync()[0]!];
    };
    expect(moments(uniform)[0]).toBeCloseTo(2, 1);
    expect(moments(uniform)[1]).toBeCloseTo(4 / 12, 1);
    expect(moments(normal)[0]! / 3).toBeCloseTo(2 / 3, 1);
    expect(moments(normal)[1]! / 9).toBeCloseTo(1, 1);
    const drawn = outcomes.dataSync();
    for (const [outcome, share] of [0.2, 0.5, 0.3].entries())
      expect(drawn.filter((other) => other === outcome).length / drawn.length).toBeCloseTo(share, 1);
    tf.dispose([uniform, normal, outcomes]);
  });

  test.each<[string, () => tf.Tensor]>([
    ['randomUniform', () => tf.randomUniform([2])],
    ['randomNormal', () => tf.randomNormal([2])],
    ['truncatedNormal', () => tf.truncatedNormal([2])],
    ['randomGamma', () => tf.randomGamma([2], 1)],
    ['randomUniform', () => tf.dropout(tf.ones([2]), 0.5)],
  ])("tfjs's own %s is refused: it would draw only once", async (name, draw) => {
    const compiled = compile(({ x }) => ({ y: tf.add(x!, draw()) }), { runtime });
    const x = tensorData(new Float32Array(2), [2]);
    await expect(compiled({ x }, { seed: 0, step: 0 })).rejects.toThrow(
      new RegExp(
        `compile: tf\\.${name} cannot be traced: its draws would be the same at every run.*random-ops\\.test\\.ts`,
        's',
      ),
    );
  });

  test('without a draw they say what to do, and tf.multinomial draws as tfjs does', async () => {
    expect(() => randomUniform([2])).toThrow('randomUniform: must run inside withRandomness');
    const compiled = compile(({ x }) => ({ y: tf.multinomial(x as tf.Tensor1D, 2) }), { runtime });
    await expect(compiled({ x: tensorData(new Float32Array(3), [3]) })).rejects.toThrow(
      'compile: Multinomial: must run inside withRandomness, got no randomness. Call a compiled function with a draw',
    );
    registerMissingKernels();
    expect(tf.multinomial(tf.tensor1d([0, 1]), 3, 1, true).dataSync()).toEqual(Int32Array.of(1, 1, 1));
  });
});
