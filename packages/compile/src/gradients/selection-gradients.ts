import * as tf from '@tensorflow/tfjs-core';

/** Gradients of kernels that choose, split or repeat, where those of tfjs fail or lose elements. */
export const selectionGradients: readonly tf.GradConfig[] = [
  {
    kernelName: 'GatherV2',
    inputsToSave: ['x', 'indices'],
    gradFunc: (dy, saved, attributes) => {
      const [x, indices] = saved as [tf.Tensor, tf.Tensor];
      return {
        x: () =>
          gatherGradient(dy as tf.Tensor, { x, indices, ...(attributes as unknown as GatherAttributes) }),
        indices: () => tf.zeros(indices.shape),
      };
    },
  },
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => {
      const d = dy as tf.Tensor;
      return {
        condition: () => tf.zeros(condition!.shape),
        // Chosen, not multiplied: what was not chosen may be infinite.
        t: () => tf.where(condition!, d, tf.zerosLike(d)),
        e: () => tf.where(condition!, tf.zerosLike(d), d),
      };
    },
  },
  {
    kernelName: 'SplitV',
    gradFunc: (dy, _, attributes) => {
      const { axis } = attributes as unknown as { axis: number };
      return { x: () => (Array.isArray(dy) ? tf.concat(inFloats(dy), axis) : tf.clone(dy)) }; // one part is no array
    },
  },
  {
    kernelName: 'Tile',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const { reps } = attributes as unknown as { reps: readonly number[] };
      return { x: () => tileGradient(dy as tf.Tensor, x!.shape, reps) };
    },
  },
  {
    kernelName: 'Unpack',
    inputsToSave: ['value'],
    gradFunc: (dy, [value], attributes) => {
      const { axis } = attributes as unknown as { axis: number };
      const parsed = axis < 0 ? axis + value!.rank : axis;
      return {
        value: () => (Array.isArray(dy) ? tf.stack(inFloats(dy), parsed) : tf.expandDims(dy, parsed)),
      };
    },
  },
];

/** The gradients of parts; tfjs makes zeros of the part's own type where there is none. */
function inFloats(gradients: readonly tf.Tensor[]): tf.Tensor[] {
  return gradients.map((gradient) => tf.cast(gradient, 'float32'));
}

interface GatherAttributes {
  readonly axis: number;
  readonly batchDims: number;
}

/** Sums the rows of dy that were taken from the same place, each batch in a range of places of its own. */
function gatherGradient(
  dy: tf.Tensor,
  {
    x,
    indices,
    axis,
    batchDims = 0,
  }: { readonly x: tf.Tensor; readonly indices: tf.Tensor } & GatherAttributes,
): tf.Tensor {
  const gathered = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const sizes = {
    batch: tf.util.sizeFromShape(x.shape.slice(0, batchDims)),
    between: tf.util.sizeFromShape(x.shape.slice(batchDims, gathered)),
    rest: tf.util.sizeFromShape(x.shape.slice(gathered + 1)),
    picked: tf.util.sizeFromShape(indices.shape.slice(batchDims)),
  };
  const { batch, between, rest, picked } = sizes;
  const length = x.shape[gathered]!;
  const rows = swapped(tf.reshape(dy, [batch, between, picked, rest]));
  const sums = tf.unsortedSegmentSum(
    tf.reshape(rows, [batch * picked, between * rest]),
    tf.reshape(placesInTable(indices, batch, length), [batch * picked]) as tf.Tensor1D,
    batch * length,
  );
  return tf.reshape(swapped(tf.reshape(sums, [batch, length, between, rest])), x.shape);
}

/** `[batch, a, b, rest]` → `[batch, b, a, rest]` */
function swapped(x: tf.Tensor): tf.Tensor {
  const [batch, a, b, rest] = x.shape as [number, number, number, number];
  return a === 1 || b === 1 ? tf.reshape(x, [batch, b, a, rest]) : tf.transpose(x, [0, 2, 1, 3]);
}

/** Indices into the rows of all batches, one batch after the other. */
function placesInTable(indices: tf.Tensor, batch: number, length: number): tf.Tensor {
  if (batch === 1) return indices;
  const offsets = Int32Array.from({ length: batch }, (_, index) => index * length);
  return tf.add(tf.reshape(indices, [batch, -1]), tf.tensor(offsets, [batch, 1]));
}

/** Sums over the repetitions, each along an axis of its own before the axis that it repeats. */
function tileGradient(dy: tf.Tensor, shape: readonly number[], reps: readonly number[]): tf.Tensor {
  const parts = shape.flatMap((size, axis) => (reps[axis]! > 1 ? [reps[axis]!, size] : [size]));
  const repeated: number[] = [];
  let place = 0;
  for (const count of reps) {
    if (count > 1) repeated.push(place++);
    place++;
  }
  const sums = repeated.length > 0 ? tf.sum(tf.reshape(dy, parts), repeated) : dy;
  return tf.reshape(sums, [...shape]);
}
