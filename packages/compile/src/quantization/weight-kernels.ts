import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { KernelCall, TraceKernels } from '../trace/trace-kernel.ts';
import { blockLayout, type QuantizedTensor } from './quantized-tensor.ts';

/** The kernel under which a quantized weight becomes a float32 matrix. */
export const EXPAND_WEIGHT = 'WordloomExpandWeight';
/** The kernel under which rows of a quantized weight become float32. */
export const EXPAND_ROWS = 'WordloomExpandRows';

/** Attributes of both kernels. */
export interface WeightAttributes {
  readonly weight: QuantizedTensor;
  /** Whether products of few rows may round their other operand to 8 bits. */
  readonly roundActivations?: boolean;
}

/** The stored parts of a weight: `[rows, ...]` each, integers with scales and perhaps zero points `[rows, blocks, 1]`. */
interface StoredParts {
  readonly data: Value;
  readonly scales?: Value | undefined;
  readonly zeroPoints?: Value | undefined;
}

/**
 * Both record `ExpandWeight`, which a pass turns into ONNX operators: its inputs are data, scales, zero points and, held back until
 * it is there, a tensor of the pass that needs the weight.
 */
export const weightKernels: TraceKernels = {
  [EXPAND_WEIGHT]: ({ inputs, attributes, builder }: KernelCall<WeightAttributes>) =>
    expand(builder, storedParts(builder, attributes.weight), attributes, inputs.trigger),
  [EXPAND_ROWS]: ({ inputs, attributes, builder }: KernelCall<WeightAttributes>) => {
    const { ids } = inputs as { ids: Value };
    const rows = (part: Value | undefined): Value | undefined =>
      part &&
      builder.node('Gather', [part, ids], {
        dtype: part.dtype,
        shape: [ids.shape[0]!, ...part.shape.slice(1)],
      });
    const { data, scales, zeroPoints } = storedParts(builder, attributes.weight);
    const parts = { data: rows(data)!, scales: rows(scales), zeroPoints: rows(zeroPoints) };
    return expand(builder, parts, attributes, undefined);
  },
};

function expand(
  builder: GraphBuilder,
  { data, scales, zeroPoints }: StoredParts,
  { weight, roundActivations = false }: WeightAttributes,
  trigger: Value | undefined,
): Value {
  const shape = [data.shape[0]!, blockLayout(weight).columns];
  const attributes = {
    type: weight.type,
    blockSize: weight.blockSize,
    roundActivations: Number(roundActivations),
  };
  return builder.node('ExpandWeight', [data, scales, zeroPoints, trigger], { shape }, attributes);
}

function storedParts(builder: GraphBuilder, weight: QuantizedTensor): StoredParts {
  const { type, blockSize, data, scales, zeroPoints } = weight;
  const { rows, columns, blocks } = blockLayout(weight);
  if (type === 'float16') return { data: builder.weight(data, [rows, columns], 'float16') };
  const [dtype, width] =
    type === 'int8' ? (['int8', blockSize] as const) : (['uint8', blockSize / 2] as const);
  return {
    data: builder.weight(data, [rows, blocks, width], dtype),
    scales: builder.weight(scales!, [rows, blocks, 1], 'float32'),
    zeroPoints: zeroPoints && builder.weight(zeroPoints, [rows, blocks, 1], dtype),
  };
}
