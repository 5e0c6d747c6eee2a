import * as tf from '@tensorflow/tfjs-core';
import { parseEinsum } from '../../gradients/einsum-gradient.ts';
import type { Value } from '../../graph/graph.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';

/**
 * Matrix products. All are recorded as `FusedMatMul` (batched, with transpositions and a factor), the form the
 * passes work on; the last pass turns those of two matrices into `Gemm`.
 */
export const matrixKernels: TraceKernels = {
  BatchMatMul: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ transposeA: boolean; transposeB: boolean }>) => {
    const { a, b } = inputs as { a: Value; b: Value };
    const { transposeA, transposeB } = attributes;
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const rows = a.shape.at(transposeA ? -1 : -2)!;
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    return builder.node(
      'FusedMatMul',
      [a, b],
      { shape: [...batch, rows, columns] },
      {
        transA: transposeA ? 1 : 0,
        transB: transposeB ? 1 : 0,
        alpha: 1,
      },
    );
  },
  Einsum: ({ inputs, attributes, builder }: KernelCall<{ equation: string }>) => {
    const operands = Object.values(inputs);
    const { terms, output } = parseEinsum(attributes.equation);
    const sizes = new Map<string, number>();
    for (const [index, term] of terms.entries()) {
      for (const [axis, label] of [...term].entries()) sizes.set(label, operands[index]!.shape[axis]!);
    }
    const shape = [...output].map((label) => sizes.get(label)!);
    const equation = `${terms.join(',')}->${output}`;
    return builder.node('Einsum', operands, { shape, dtype: operands[0]!.dtype }, { equation });
  },
  Transpose: ({ inputs, attributes, builder }: KernelCall<{ perm: number[] }>) => {
    const { x } = inputs as { x: Value };
    const shape = attributes.perm.map((axis) => x.shape[axis]!);
    return builder.node('Transpose', [x], { shape, dtype: x.dtype }, { perm: attributes.perm });
  },
};
