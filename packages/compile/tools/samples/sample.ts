import type * as tf from '@tensorflow/tfjs-core';
import { type DType, sizeOf, type TensorData } from '../../src/tensor-data.ts';

/** A small program that uses one kernel of tfjs, or one op of this package, on elements of each of the types. */
export interface KernelSample {
  readonly kernel: string;
  readonly types: readonly DType[];
  readonly program: SampleProgram;
}

export type SampleProgram = (tensors: SampleTensors) => tf.Tensor | readonly tf.Tensor[];
type OtherInput = 'flags' | 'otherFlags' | 'ids' | 'labels' | 'places' | 'first' | 'boxes' | 'projection';
export type SampleTensors = Record<keyof typeof SHAPES | OtherInput, tf.Tensor>;

/** Inputs of the type that a sample is about. */
const SHAPES = {
  x: [2, 4],
  y: [2, 4],
  row: [4],
  pair: [2],
  scalar: [],
  square: [4, 4],
  image: [1, 4, 4, 2],
  filter: [2, 2, 2, 3], // [height, width, in, out]
  smaller: [1, 3, 3, 3], // the image under the filter
  halves: [1, 2, 2, 2], // the image, pooled
  volume: [1, 4, 4, 4, 2],
  cube: [2, 2, 2, 2, 3],
  smallerVolume: [1, 3, 3, 3, 3],
  halfVolume: [1, 2, 2, 2, 2],
  heads: [1, 2, 4, 4],
} as const;

/** Inputs that are of the same type everywhere. */
const OTHER_INPUTS: Readonly<Record<OtherInput, TensorData>> = {
  flags: { dtype: 'bool', shape: [2, 4], data: Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0) },
  otherFlags: { dtype: 'bool', shape: [2, 4], data: Uint8Array.of(1, 1, 0, 0, 1, 0, 1, 0) },
  ids: { dtype: 'int32', shape: [2, 4], data: Int32Array.of(0, 1, 1, 0, 1, 0, 0, 1) },
  labels: { dtype: 'int32', shape: [4], data: Int32Array.of(0, 3, 1, 2) },
  places: { dtype: 'int32', shape: [2, 2], data: Int32Array.of(0, 1, 1, 3) },
  first: { dtype: 'int32', shape: [2], data: Int32Array.of(0, 1) },
  boxes: { dtype: 'float32', shape: [2, 4], data: Float32Array.of(0, 0, 1, 1, 0.2, 0.1, 0.7, 0.9) },
  projection: { dtype: 'float32', shape: [1, 8], data: Float32Array.of(1, 0.1, 0, 0, 0.9, 0, 0, 0) },
};

/** The tensors that every sample may use. */
export function sampleInputs(type: DType): Record<string, TensorData> {
  const own = Object.entries(SHAPES).map(([name, shape]): [string, TensorData] => {
    const numbers = Array.from({ length: sizeOf(shape) }, (_, index) => 0.1 + ((index * 7) % 9) / 10);
    const data =
      type === 'float32'
        ? Float32Array.from(numbers)
        : type === 'int32'
          ? Int32Array.from(numbers, (number) => 10 * number)
          : Uint8Array.from(numbers, (number) => (number > 0.5 ? 1 : 0));
    return [name, { dtype: type, shape, data }];
  });
  return { ...Object.fromEntries(own), ...OTHER_INPUTS };
}

/** The same types for several programs, by the kernel that each is about. */
export const samplesOf = (
  types: readonly DType[],
  programs: Readonly<Record<string, SampleProgram>>,
): KernelSample[] => Object.entries(programs).map(([kernel, program]) => ({ kernel, types, program }));
