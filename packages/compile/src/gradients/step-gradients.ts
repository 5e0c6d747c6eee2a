import * as tf from '@tensorflow/tfjs-core';

/** Kernels whose results are steps, counts or places, with the names of their inputs. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  All: ['x'],
  Any: ['x'],
  ArgMax: ['x'],
  ArgMin: ['x'],
  BitwiseAnd: ['a', 'b'],
  Equal: ['a', 'b'],
  FloorDiv: ['a', 'b'],
  Greater: ['a', 'b'],
  GreaterEqual: ['a', 'b'],
  Less: ['a', 'b'],
  LessEqual: ['a', 'b'],
  LogicalAnd: ['a', 'b'],
  LogicalNot: ['x'],
  LogicalOr: ['a', 'b'],
  LogicalXor: ['a', 'b'],
  LowerBound: ['sortedSequence', 'values'],
  Multinomial: ['logits'],
  NonMaxSuppressionV3: ['boxes', 'scores'],
  NonMaxSuppressionV4: ['boxes', 'scores'],
  NotEqual: ['a', 'b'],
  SearchSorted: ['sortedSequence', 'values'],
  UpperBound: ['sortedSequence', 'values'],
};

/**
 * Zeros, as everywhere that a step is differentiated. tfjs refuses to go back through most of these kernels, so that even
 * `where(greater(x, 0), x, y)` has no gradient; through `FloorDiv` it goes back as if nothing were rounded.
 */
export const stepGradients: readonly tf.GradConfig[] = [
  ...Object.entries(STEPS).map(
    ([kernelName, inputs]): tf.GradConfig => ({
      kernelName,
      inputsToSave: [...inputs],
      gradFunc: (_, saved) =>
        Object.fromEntries(inputs.map((name, index) => [name, () => tf.zeros(saved[index]!.shape)])),
    }),
  ),
  {
    kernelName: 'Cast',
    gradFunc: (dy, _, attributes) => {
      const { dtype } = attributes as unknown as { dtype: tf.DataType };
      // What became integers or flags was rounded.
      return { x: () => (dtype === 'float32' ? tf.clone(dy as tf.Tensor) : tf.zerosLike(dy as tf.Tensor)) };
    },
  },
];
