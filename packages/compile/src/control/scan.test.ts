import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectEqualSteps, normal, weighted } from '../../test/step-equality.ts';
import {
  compile,
  compileTrainStep,
  dropout,
  type LossFunction,
  linear,
  scan,
  type TensorData,
  tensorData,
} from '../index.ts';
import { nodeRuntime } from '../node.ts';
import { webRuntime } from '../web.ts';

/** A long short-term memory written as its equations say. */
const lstm: LossFunction = ({ x, wx, wh, b, h, c }) => {
  const { carry, outputs } = scan(
    ({ h, c }, { x }) => {
      const gates = tf.add(linear(x!, wx!, b!), linear(h!, wh!));
      const [input, forget, cell, output] = tf.split(gates, 4, 1) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const next = tf.add(tf.mul(tf.sigmoid(forget), c!), tf.mul(tf.sigmoid(input), tf.tanh(cell)));
      const hidden = tf.mul(tf.sigmoid(output), tf.tanh(next));
      return { carry: { h: hidden, c: next }, outputs: { hidden } };
    },
    { carry: { h: h!, c: c! }, inputs: { x: x! } },
  );
  return tf.addN([weighted(outputs.hidden!), weighted(carry.h!), weighted(carry.c!)]) as tf.Scalar;
};

const lstmParameters = (): Record<string, TensorData> => ({
  x: normal(6, 3, 5),
  wx: normal(16, 5),
  wh: normal(16, 4),
  b: normal(16),
  h: normal(3, 4),
  c: normal(3, 4),
});

describe('scan', () => {
  test('returns the outputs of all steps and the last carry, forward and in reverse, eager and compiled', async () => {
    const program = ({ x, start }: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
      const step = ({ sum }: { sum: tf.Tensor }, { x }: { x: tf.Tensor }) => ({
        carry: { sum: tf.add(sum, x) },
        outputs: { before: sum },
      });
      const forward = scan(step, { carry: { sum: start! }, inputs: { x: x! } });
      const backward = scan(step, { carry: { sum: start! }, inputs: { x: x! }, reverse: true });
      return {
        prefix: forward.outputs.before,
        total: forward.carry.sum,
        suffix: backward.outputs.before,
      };
    };
    const inputs = {
      x: tensorData(Float32Array.of(1, 2, 3), [3]),
      start: tensorData(Float32Array.of(10), []),
    };
    const compiled = compile(program, { runtime: await nodeRuntime() });
    const { prefix, total, suffix } = await compiled(inputs);
    expect([...prefix!.data, ...total!.data, ...suffix!.data]).toEqual([10, 11, 13, 16, 15, 13, 10]);
    const eager = program({ x: tf.tensor1d([1, 2, 3]), start: tf.scalar(10) });
    expect([...eager.prefix!.dataSync(), ...eager.total!.dataSync(), ...eager.suffix!.dataSync()]).toEqual([
      10, 11, 13, 16, 15, 13, 10,
    ]);
  });

  test('has the gradients of the loop written out: inputs, first carry, and captured weights', async () => {
    await expectEqualSteps(lstm, lstmParameters());
  });

  test('gives the same on the runtime of the browser', async () => {
    await expectEqualSteps(lstm, lstmParameters(), webRuntime({ threads: 1 }));
  });

  test('goes in reverse, without inputs, over integers, and with outputs that have no gradient', async () => {
    await expectEqualSteps(
      ({ w, h }) => {
        const ids = tf.tensor1d([2, 0, 1], 'int32');
        const { carry, outputs } = scan(
          ({ h, count }, { id }) => {
            const row = tf.gather(w!, tf.reshape(id, [1]));
            return {
              carry: {
                h: tf.tanh(tf.add(h!, tf.reshape(row, [2]))),
                count: tf.add(count!, tf.scalar(1, 'int32')),
              },
              outputs: { count: count!, h: h! },
            };
          },
          { carry: { h: h!, count: tf.scalar(0, 'int32') }, inputs: { id: ids }, reverse: true },
        );
        const repeated = scan(({ x }) => ({ carry: { x: tf.mul(x!, tf.sum(w!)) }, outputs: {} }), {
          carry: { x: carry.h! },
          inputs: {},
          length: 3,
        });
        const counts = tf.reshape(tf.cast(outputs.count!, 'float32'), [3, 1]);
        return tf.add(weighted(tf.mul(outputs.h!, counts)), weighted(repeated.carry.x!)) as tf.Scalar;
      },
      { w: normal(3, 2), h: normal(2) },
    );
  });

  test('nests, and draws the same random numbers eager and compiled', async () => {
    await expectEqualSteps(
      ({ x, w }) => {
        const { outputs } = scan(
          ({ h }, { row }) => {
            const inner = scan(
              ({ h }, { x }) => {
                const next = dropout(tf.tanh(tf.add(tf.mul(h!, w!), x!)), 0.3);
                return { carry: { h: next }, outputs: { next } };
              },
              { carry: { h: dropout(h!, 0.2) }, inputs: { x: row! } },
            );
            return { carry: { h: inner.carry.h }, outputs: { all: inner.outputs.next } };
          },
          { carry: { h: tf.ones([3]) }, inputs: { row: x! } },
        );
        return weighted(dropout(outputs.all, 0.1));
      },
      { x: normal(4, 2, 3), w: normal(3) },
    );
  });

  test('is one loop in the graph, however long', async () => {
    const runtime = await nodeRuntime();
    const count = async (length: number): Promise<number> => {
      const parameters = { ...lstmParameters(), x: normal(length, 3, 5) };
      const step = await compileTrainStep(lstm, { parameters, batch: {}, runtime });
      await step.release();
      return step.nodeCount;
    };
    expect(await count(400)).toBe(await count(200));
  });

  test('refuses carries that change, inputs of different lengths, and tensors that leave the body', async () => {
    const x = tf.zeros([3, 2]);
    expect(() =>
      scan(({ h }) => ({ carry: { h: tf.sum(h!) }, outputs: {} }), { carry: { h: x }, inputs: { x } }),
    ).toThrow(
      'scan: the body must return a carry like the one it got, { h: float32[3,2] }, got { h: float32[] }',
    );
    expect(() =>
      scan(({ h }) => ({ carry: { h: h! }, outputs: {} }), {
        carry: { h: x },
        inputs: { x, y: tf.zeros([4]) },
      }),
    ).toThrow('scan: inputs must share one length, got 4 for y and 3');
    const leaking = compile(
      ({ x }) => {
        let leaked: tf.Tensor | undefined;
        scan(
          ({ h }, { x }) => {
            leaked = tf.add(h!, x!);
            return { carry: { h: leaked }, outputs: {} };
          },
          { carry: { h: tf.zeros([2]) }, inputs: { x: x! } },
        );
        return { y: tf.square(leaked!) };
      },
      { runtime: await nodeRuntime() },
    );
    await expect(leaking({ x: normal(3, 2) })).rejects.toThrow('outside the body of scan');
  });
});
