import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectSameAsEager, floats, testKernels } from '../../../test/same-as-eager.ts';
import { compile, ensureGradients, tensorData } from '../../index.ts';
import { nodeRuntime } from '../../node.ts';

const size = fc.integer({ min: 1, max: 4 });

testKernels(
  ['BatchMatMul'],
  {
    sizes: fc.record({
      m: size,
      n: size,
      k: size,
      transposed: fc.tuple(fc.boolean(), fc.boolean()),
      rank: fc.nat(2),
      which: fc.constantFrom('both', 'first', 'second'), // not mixed, which the eager backend gets wrong
      missing: fc.nat(2),
    }),
    runs: 20,
  },
  async ({ m, n, k, transposed: [first, second], rank, which, missing }, random) => {
    const a = Array<number>(rank).fill(which === 'second' ? 1 : 2);
    const b = Array<number>(rank)
      .fill(which === 'first' ? 1 : 2)
      .slice(missing);
    await expectSameAsEager({
      inputs: {
        a: floats(random, [...a, ...(first ? [k, m] : [m, k])]),
        b: floats(random, [...b, ...(second ? [n, k] : [k, n])]),
        row: floats(random, [n]),
      },
      program: ({ a, b, row }) => {
        const product = tf.matMul(a!, b!, first, second);
        return {
          product,
          'scaled, plus a row': tf.add(tf.mul(product, 0.5), row!),
          'of transposed ones': tf.matMul(transposedInner(a!), b!, !first, second),
        };
      },
    });
  },
);

function transposedInner(x: tf.Tensor): tf.Tensor {
  const order = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
}

testKernels(['_FusedMatMul'], { sizes: fc.tuple(size, size, size), runs: 5 }, async ([m, n, k], random) => {
  const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;
  await expectSameAsEager({
    gradients: [],
    inputs: {
      a: floats(random, [m, k]),
      b: floats(random, [k, n]),
      bias: floats(random, [n]),
    },
    program: ({ a, b, bias }) =>
      Object.fromEntries(
        activations.map((activation) => [
          activation,
          tf.fused.matMul({
            a: a!,
            b: b!,
            bias: bias!,
            activation,
            preluActivationWeights: bias!,
            leakyreluAlpha: 0.1,
          }),
        ]),
      ),
  });
});

testKernels(
  ['Einsum'],
  { sizes: fc.tuple(size, size, size, size), runs: 8 },
  async ([i, j, k, l], random) => {
    await expectSameAsEager({
      inputs: {
        ij: floats(random, [i, j]),
        jk: floats(random, [j, k]),
        lij: floats(random, [l, i, j]),
        lkj: floats(random, [l, k, j]),
        column: floats(random, [i]),
        row: floats(random, [l]),
      },
      program: ({ ij, jk, lij, lkj, column, row }) => ({
        product: tf.einsum('ij,jk->ik', ij!, jk!),
        'product, transposed': tf.einsum('ij,jk->ki', ij!, jk!),
        'products of batches': tf.einsum('lij,lkj->lik', lij!, lkj!),
        'a batch and a matrix': tf.einsum('lij,jk->lik', lij!, jk!),
        'permuted axes': tf.einsum('lij->jli', lij!),
        'outer product': tf.einsum('i,l->il', column!, row!),
      }),
    });
  },
);

test('Einsum keeps an index of both operands, where the eager cpu backend forgets one of them', async () => {
  const compiled = compile(
    ({ a, b }) => {
      const { value, grads } = tf.valueAndGrads((a, b) => tf.sum(tf.einsum('ij,j->j', a!, b!)))([a!, b!]);
      return { sum: value, column: tf.einsum('ij,j->j', a!, b!), a: grads[0]!, b: grads[1]! };
    },
    { runtime: await nodeRuntime() },
  );
  ensureGradients();
  const { column, a, b } = await compiled({
    a: tensorData(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    b: tensorData(Float32Array.of(1, 10, 100), [3]),
  });
  expect(column!.data).toEqual(Float32Array.of(5, 70, 900));
  expect(a!.data).toEqual(Float32Array.of(1, 10, 100, 1, 10, 100));
  expect(b!.data).toEqual(Float32Array.of(5, 7, 9));
  await compiled.release();
});
