import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, flags, floats, integers, testKernels } from '../../../test/same-as-eager.ts';
import { type RandomStream, type TensorData, tensorData } from '../../index.ts';

const size = fc.integer({ min: 1, max: 4 });
const sizes = (length: { minLength: number; maxLength: number }) => fc.array(size, length);

testKernels(
  ['GatherV2'],
  {
    sizes: fc.record({
      batch: sizes({ minLength: 0, maxLength: 2 }),
      between: sizes({ minLength: 0, maxLength: 1 }),
      length: size,
      rest: sizes({ minLength: 0, maxLength: 1 }),
      picked: sizes({ minLength: 0, maxLength: 2 }),
    }),
    runs: 15,
  },
  async ({ batch, between, length, rest, picked }, random) => {
    const shape = [...batch, ...between, length, ...rest];
    const axis = batch.length + between.length;
    await expectSameAsEager({
      inputs: {
        x: floats(random, shape),
        n: integers(random, shape, -9, 9),
        p: flags(random, shape),
        own: integers(random, [...batch, ...picked], 0, length),
        common: integers(random, picked, 0, length),
      },
      program: ({ x, n, p, own, common }) => ({
        'along an axis': tf.gather(x!, common!, axis),
        'along an axis from the end': tf.gather(x!, common!, axis - shape.length),
        'of integers': tf.gather(n!, common!, axis),
        'of flags': tf.gather(p!, common!, axis),
        // tfjs takes no scalars where there are batches.
        ...(batch.length > 0 &&
          picked.length > 0 && { 'in batches': tf.gather(x!, own!, axis, batch.length) }),
      }),
    });
  },
);

/** Different index vectors into the first axes of a shape. */
function places(random: RandomStream, outer: readonly number[], count: number): TensorData {
  const total = outer.reduce((product, length) => product * length, 1);
  const flat = Array.from({ length: total }, (_, index) => index);
  for (let index = total - 1; index > 0; index--) {
    const other = random.integer(index + 1);
    [flat[index], flat[other]] = [flat[other]!, flat[index]!];
  }
  const rows = flat.slice(0, count).map((place) => {
    const vector: number[] = [];
    for (const length of outer.toReversed()) {
      vector.unshift(place % length);
      place = Math.floor(place / length);
    }
    return vector;
  });
  return tensorData(Int32Array.from(rows.flat()), [rows.length, outer.length]);
}

testKernels(
  ['GatherNd', 'ScatterNd', 'TensorScatterUpdate', 'SparseToDense'],
  {
    sizes: fc.record({
      outer: sizes({ minLength: 1, maxLength: 3 }),
      rest: sizes({ minLength: 0, maxLength: 1 }),
      count: fc.integer({ min: 1, max: 5 }),
    }),
    runs: 12,
  },
  async ({ outer, rest, count }, random) => {
    const different = places(random, outer, count);
    const found = different.shape[0]!;
    const shape = [...outer, ...rest];
    await expectSameAsEager({
      inputs: {
        x: floats(random, shape),
        updates: floats(random, [found, ...rest]),
        more: floats(random, [2 * found, ...rest]),
        values: floats(random, [found]),
        fallback: floats(random, []),
        different,
      },
      program: ({ x, updates, more, values, fallback, different }) => ({
        GatherNd: tf.gatherND(x!, different!),
        'GatherNd of integers': tf.gatherND(tf.cast(tf.mul(x!, 9), 'int32'), different!),
        ScatterNd: tf.scatterND(different!, updates!, shape),
        'ScatterNd to the same places': tf.scatterND(tf.concat([different!, different!]), more!, shape),
        TensorScatterUpdate: tf.tensorScatterUpdate(x!, different!, updates!),
        SparseToDense: tf.sparseToDense(different!, values as tf.Tensor1D, outer, fallback as tf.Scalar),
        'SparseToDense of one value': tf.sparseToDense(
          different!,
          tf.scalar(2),
          outer,
          fallback as tf.Scalar,
        ),
      }),
    });
  },
);

testKernels(
  ['OneHot', 'TopK', 'SearchSorted'],
  {
    sizes: fc.record({
      rows: size,
      columns: fc.integer({ min: 1, max: 6 }),
      depth: fc.integer({ min: 2, max: 5 }),
      k: fc.nat(5),
    }),
    runs: 10,
  },
  async ({ rows, columns, depth, k }, random) => {
    const count = 1 + (k % columns);
    await expectSameAsEager({
      inputs: {
        x: floats(random, [rows, columns]),
        ids: integers(random, [rows, columns], 0, depth),
        sought: integers(random, [rows, 3], -2, 9),
        steps: integers(random, [rows, columns], 0, 3),
      },
      program: ({ x, ids, sought, steps }) => {
        const sorted = tf.cumsum(steps!, 1);
        const found = tf.topk(x!, count);
        const first = tf.topk(tf.add(ids!, tf.range(0, 10 * columns, 10, 'int32')), count);
        return {
          OneHot: tf.oneHot(ids!, depth),
          'OneHot of two values': tf.oneHot(ids!, depth, 2, -1, 'float32'),
          'TopK, values': found.values,
          'TopK, indices': found.indices,
          'TopK of integers, values': first.values,
          'TopK of integers, indices': first.indices,
          'SearchSorted, left': tf.lowerBound(sorted, sought!),
          'SearchSorted, right': tf.upperBound(sorted, sought!),
          'SearchSorted of floats': tf.searchSorted(
            tf.cast(sorted, 'float32'),
            tf.mul(sought!, 0.5),
            'right',
          ),
        };
      },
    });
  },
);

/** Thousands of rows for each segment: rows that share one must not be lost when threads add them. */
testKernels(['UnsortedSegmentSum'], { sizes: fc.constant(4096), runs: 1 }, async (rows, random) => {
  const whole = Float32Array.from(integers(random, [rows, 8], 0, 5).data);
  await expectSameAsEager({
    gradients: [],
    threads: 2,
    inputs: { x: tensorData(whole, [rows, 8]), ids: integers(random, [rows], 0, 5) },
    program: ({ x, ids }) => ({ sums: tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 5) }),
  });
});
