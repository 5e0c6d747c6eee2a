import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, flags, floats, integers, testKernels } from '../../../test/same-as-eager.ts';
import type { RandomStream, TensorData } from '../../index.ts';

const small = (min: number, max: number) =>
  fc.array(
    fc.nat(max - min).map((x) => x + min),
    { minLength: 4, maxLength: 4 },
  );

/** A shape, an axis of it, and numbers for each axis. */
const layouts = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    axis: fc.nat(3),
    order: small(0, 99),
    before: small(0, 2),
    after: small(0, 2),
    repeats: small(1, 3),
    flipped: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  })
  .map((drawn) => {
    const rank = drawn.shape.length;
    const cut = (values: readonly number[]): number[] => values.slice(0, rank);
    const order = drawn.shape.map((_, axis) => axis).sort((a, b) => drawn.order[a]! - drawn.order[b]!);
    return {
      ...drawn,
      axis: drawn.axis % rank,
      order,
      before: cut(drawn.before),
      after: cut(drawn.after),
      repeats: cut(drawn.repeats),
    };
  });

/** The same program on floats, integers and flags. */
async function expectSameForAllTypes(
  random: RandomStream,
  shape: readonly number[],
  program: (x: tf.Tensor) => Record<string, tf.Tensor>,
): Promise<void> {
  const inputs: Record<string, TensorData> = {
    floats: floats(random, shape),
    integers: integers(random, shape, -9, 9),
    flags: flags(random, shape),
  };
  await expectSameAsEager({
    inputs,
    program: (tensors) =>
      Object.fromEntries(
        Object.entries(tensors).flatMap(([type, x]) =>
          Object.entries(program(x)).map(([name, y]) => [`${name} of ${type}`, y]),
        ),
      ),
  });
}

testKernels(
  [
    'Reshape',
    'Transpose',
    'ExpandDims',
    'Reverse',
    'Tile',
    'Pack',
    'Unpack',
    'Concat',
    'SplitV',
    'Cast',
    'Diag',
  ],
  { sizes: layouts, runs: 15 },
  async ({ shape, axis, order, repeats, flipped }, random) => {
    const size = shape[axis]!;
    const axes = shape.map((_, axis) => axis).filter((axis) => flipped[axis]);
    await expectSameForAllTypes(random, shape, (x) => ({
      Reshape: tf.reshape(x, [-1, size]),
      Transpose: tf.transpose(x, order),
      'Transpose of all axes': tf.transpose(x),
      ExpandDims: tf.expandDims(x, axis),
      'ExpandDims at the end': tf.expandDims(x, -1),
      Reverse: tf.reverse(x, axes),
      Tile: tf.tile(x, repeats),
      Pack: tf.stack([x, x], axis),
      Unpack: tf.unstack(x, axis).at(-1)!,
      'Unpack from the end': tf.unstack(x, axis - shape.length)[0]!,
      Concat: tf.concat([x, x], axis),
      SplitV: tf.split(x, size, axis).at(-1)!,
      'SplitV by sizes': tf
        .split(
          x,
          [size - 1, 1].filter((part) => part > 0),
          axis,
        )
        .at(-1)!,
      'Cast to floats': tf.cast(x, 'float32'),
      'Cast to integers': tf.cast(x, 'int32'),
      'Cast to flags': tf.cast(x, 'bool'),
      ...(x.dtype === 'float32' && {
        Diag: tf.diag(
          tf.slice(
            x,
            shape.map(() => 0),
            shape.map((size) => Math.min(size, 2)),
          ),
        ),
      }),
    }));
  },
);

testKernels(
  ['PadV2', 'MirrorPad', 'Slice', 'StridedSlice'],
  { sizes: layouts, runs: 15 },
  async (drawn, random) => {
    const { shape, axis, before, after, flipped } = drawn;
    const padding = before.map((size, axis) => [size, after[axis]!] as [number, number]);
    const mirrored = padding.map(([a, b], axis) => [a % shape[axis]!, b % shape[axis]!] as [number, number]);
    const begin = before.map((size, axis) => size % shape[axis]!);
    const size = begin.map((first, axis) => 1 + (after[axis]! % (shape[axis]! - first)));
    const strides = drawn.repeats.map((step, axis) => (flipped[axis] ? -step : step));
    const from = begin.map((first, axis) => (flipped[axis] ? -1 - first : first));
    const to = shape.map((size, axis) => (flipped[axis] ? -size - 1 : size));
    await expectSameForAllTypes(random, shape, (x) => ({
      PadV2: tf.pad(x, padding),
      Slice: tf.slice(x, begin, size),
      'Slice to the end': tf.slice(x, begin, -1),
      StridedSlice: tf.stridedSlice(x, from, to, strides),
      'StridedSlice with masks': tf.stridedSlice(x, from, to, strides, 1, 2),
      'StridedSlice without an axis': tf.stridedSlice(
        x,
        begin,
        to.map(Math.abs),
        undefined,
        0,
        0,
        0,
        0,
        2 ** axis,
      ),
      'StridedSlice with an axis more': tf.stridedSlice(
        x,
        [0, ...begin],
        [1, ...shape],
        undefined,
        0,
        0,
        0,
        1,
      ),
      'StridedSlice of the last axis': tf.stridedSlice(
        x,
        [0, begin.at(-1)!],
        [0, shape.at(-1)!],
        [1, 1],
        0,
        0,
        1,
      ),
      ...(x.dtype !== 'bool' && {
        'PadV2 with ones': tf.pad(x, padding, 1),
        'MirrorPad reflect': tf.mirrorPad(x, mirrored, 'reflect'),
        'MirrorPad symmetric': tf.mirrorPad(x, mirrored, 'symmetric'),
      }),
    }));
  },
);

testKernels(
  ['SpaceToBatchND', 'BatchToSpaceND', 'DepthToSpace', 'FlipLeftRight'],
  {
    sizes: fc.record({
      block: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
      space: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
      cut: fc.tuple(fc.nat(1), fc.nat(1)),
    }),
    runs: 8,
  },
  async ({ block, space, cut }, random) => {
    const [rows, columns] = block;
    const padded = [space[0] * rows, space[1] * columns];
    const margins = cut.map((size, axis) => [Math.min(size, padded[axis]! - 1), 0] as [number, number]);
    const inner = padded.map((size, axis) => size - margins[axis]![0]);
    await expectSameAsEager({
      inputs: {
        x: floats(random, [2, ...inner, 2]),
        blocks: floats(random, [rows * columns * 2, ...space, 2]),
        deep: floats(random, [2, ...space, 8]),
      },
      program: ({ x, blocks, deep }) => ({
        SpaceToBatchND: tf.spaceToBatchND(x!, block, margins),
        BatchToSpaceND: tf.batchToSpaceND(blocks!, block, margins),
        DepthToSpace: tf.depthToSpace(deep as tf.Tensor4D, 2),
        FlipLeftRight: tf.image.flipLeftRight(x as tf.Tensor4D),
      }),
    });
  },
);

testKernels(
  ['Fill', 'LinSpace', 'Range'],
  {
    sizes: fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      start: fc.integer({ min: -3, max: 3 }),
      step: fc.constantFrom(1, 2, 0.5, -1, -3),
    }),
    runs: 6,
  },
  async ({ count, start, step }, random) => {
    await expectSameAsEager({
      inputs: { x: floats(random, [count]) },
      program: ({ x }) => ({
        Fill: tf.add(x!, tf.fill([count], step)),
        LinSpace: tf.add(x!, tf.linspace(start, start + 2, count)),
        Range: tf.add(x!, tf.slice(tf.range(start, start + step * count, step), 0, count)),
        'Range of integers': tf.add(tf.cast(x!, 'int32'), tf.range(0, count, 1, 'int32')),
      }),
    });
  },
);

testKernels(['BroadcastArgs'], { sizes: fc.nat(1), runs: 4 }, async (swapped) => {
  const shapes = [tf.tensor1d([2, 1, 3], 'int32'), tf.tensor1d([4, 1], 'int32')];
  const [a, b] = (swapped ? shapes.reverse() : shapes) as [tf.Tensor1D, tf.Tensor1D];
  await expectSameAsEager({ inputs: {}, program: () => ({ shape: tf.broadcastArgs(a, b) }) });
});
