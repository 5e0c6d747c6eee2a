import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectEqualSteps, normal, weighted } from '../../test/step-equality.ts';
import { compile, cond, dropout, linear, remat, scan, stopGradient, tensorData } from '../index.ts';
import { nodeRuntime } from '../node.ts';
import { optimize } from '../passes/optimize.ts';
import { trace } from '../trace/trace.ts';

const flag = (value: boolean): tf.Tensor => tf.scalar(value, 'bool');

describe('cond', () => {
  test.each([true, false])('runs the chosen branch and its gradient, when %s', async (chosen) => {
    await expectEqualSteps(
      ({ x, v, w }) => {
        // Not a constant, so that the choice is made when the program runs.
        const predicate = tf.logicalAnd(flag(chosen), tf.greater(tf.sum(tf.square(x!)), 0));
        const { y } = cond(
          predicate,
          () => ({ y: dropout(tf.mul(tf.tanh(x!), v!), 0.4), z: tf.scalar(1) }),
          () => ({ z: tf.sum(w!), y: tf.mul(x!, tf.sum(w!)) }),
        );
        return weighted(dropout(tf.mul(y!, v!), 0.5));
      },
      { x: normal(2, 3), v: normal(3), w: normal(4) },
    );
  });

  test('obeys an input of the program, inside a loop too', async () => {
    const program = compile(
      ({ x, negative }) => {
        const { outputs } = scan(
          (_, { x, negative }) => {
            const { y } = cond(
              negative,
              () => ({ y: tf.neg(x) }),
              () => ({ y: tf.add(x, 1) }),
            );
            return { carry: {}, outputs: { y } };
          },
          { carry: {}, inputs: { x: x!, negative: negative! } },
        );
        return { y: outputs.y };
      },
      { runtime: await nodeRuntime() },
    );
    const x = tensorData(Float32Array.of(1, 2, 3), [3]);
    const { y } = await program({ x, negative: tensorData(Uint8Array.of(1, 0, 1), [3]) });
    expect([...y!.data]).toEqual([-1, 3, -3]);
  });

  test('lets a plain boolean choose at once, and refuses branches that differ and other predicates', () => {
    const x = tf.scalar(2);
    const branches = [() => ({ y: x }), () => ({ y: tf.neg(x) })] as const;
    expect(cond(false, ...branches).y.dataSync()[0]).toBe(-2);
    expect(() => cond(tf.scalar(1), ...branches)).toThrow(
      'cond: predicate must be a bool scalar or a boolean, got float32 []',
    );
    const differing = ({ p }: Record<string, tf.Tensor>) =>
      cond(
        p!,
        () => ({ y: tf.ones([2]) }),
        () => ({ y: tf.ones([3]) }),
      );
    expect(() => trace(differing, { p: { dtype: 'bool', shape: [] } })).toThrow(
      'cond: both branches must return the same names, types and shapes, got { y: float32[2] } and { y: float32[3] }',
    );
  });
});

describe('remat', () => {
  const block = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
    tf.add(x, dropout(tf.tanh(linear(tf.sigmoid(x), w)), 0.2));

  test('changes no number', async () => {
    await expectEqualSteps(
      ({ x, a, b, c }) => weighted([a!, b!, c!].reduce((x, w) => remat((x) => block(x, w), x), x!)),
      { x: normal(5, 4), a: normal(4, 4), b: normal(4, 4), c: normal(4, 4) },
    );
  });

  test('computes what it needs again once the gradient is there', () => {
    const spec = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
    const count = (wrap: typeof remat): number => {
      const program = ({ x, w }: Record<string, tf.Tensor>) => {
        const loss = (w: tf.Tensor): tf.Scalar => weighted(wrap((x) => tf.tanh(linear(tf.exp(x), w)), x!));
        const { value, grad } = tf.valueAndGrad(loss)(w!);
        return { loss: value, gradient: grad };
      };
      const graph = trace(program, { x: spec(2, 3), w: spec(3, 3) });
      return optimize(graph).nodes.filter(({ operator }) => operator === 'Exp').length;
    };
    expect(count((fn, x) => fn(x))).toBe(1);
    expect(count(remat)).toBe(2);
  });
});

test('stopGradient passes the tensor and no gradient', async () => {
  await expectEqualSteps(({ x, y }) => weighted(tf.mul(stopGradient(tf.exp(x!)), tf.mul(x!, y!))), {
    x: normal(3),
    y: normal(3),
  });
  const slope = tf.grad((x) => tf.mul(stopGradient(x), x))(tf.scalar(3));
  expect(slope.dataSync()[0]).toBe(3);
});
