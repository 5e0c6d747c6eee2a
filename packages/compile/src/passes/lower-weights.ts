import { type Node, producer, type Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { packBlocks, packZeroPoints } from '../quantization/matmul-n-bits.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/**
 * Up to so many rows, ONNX Runtime multiplies faster by packed integers than it expands them. It must have a copy of them for that, so
 * products of many rows, as in training, leave them where they are.
 */
const FEW_ROWS = 64;

/** The product of few rows with an int4 weight, or with an int8 weight if it may round the rows. */
const multiplyPacked: Rule = ({ operator, inputs, attributes, outputs }, { builder }) => {
  const [x, weight] = inputs as [Value, Value];
  const expansion = operator === 'FusedMatMul' ? producer(weight, 'ExpandWeight') : undefined;
  if (!expansion || x.shape.length !== 2 || x.shape[0]! > FEW_ROWS) return undefined;
  const { transA, transB, alpha } = attributes;
  const { type, blockSize, roundActivations } = expansion.attributes as unknown as ExpansionAttributes;
  const isFast = type === 'int4' || (type === 'int8' && roundActivations === 1);
  const { data, scales, zeroPoints } = partsOf(expansion);
  if (!isFast || transA !== 0 || transB !== 1 || alpha !== 1 || data.source.kind !== 'constant')
    return undefined;
  const [rows, columns] = weight.shape as [number, number];
  const stored = (value: Value): Int8Array | Uint8Array => (value.source as { data: Int8Array }).data;
  const packed = packBlocks(stored(data), blockSize);
  const blocks = data.shape[1]!;
  const operands = [
    builder.constant(packed, { dtype: 'uint8', shape: [rows, blocks, packed.length / (rows * blocks)] }),
    builder.constant((scales!.source as { data: Float32Array }).data, {
      dtype: 'float32',
      shape: [rows, blocks],
    }),
  ];
  if (zeroPoints) {
    const points = packZeroPoints(stored(zeroPoints), rows);
    operands.push(builder.constant(points, { dtype: 'uint8', shape: [rows, points.length / rows] }));
  }
  return [
    builder.node('MatMulNBits', [x, ...operands], outputs[0]!, {
      K: columns,
      N: rows,
      bits: type === 'int4' ? 4 : 8,
      block_size: blockSize,
      accuracy_level: roundActivations === 1 ? 4 : 0,
    }),
  ];
};

/** (q − zero point) · scale, written out: faster than `DequantizeLinear`, which ONNX Runtime 1.30 computes element by element. */
const expand: Rule = (node, { builder }) => {
  if (node.operator !== 'ExpandWeight') return undefined;
  const { type } = node.attributes as unknown as ExpansionAttributes;
  const output = node.outputs[0]!;
  const { data, scales, zeroPoints, trigger } = partsOf(node);
  const held = trigger ? builder.node('Barrier', [data, trigger], data) : data;
  const toFloat = (x: Value): Value => builder.node('Cast', [x], { shape: x.shape });
  if (type === 'float16') return [toFloat(held)];
  let integers = toFloat(type === 'int4' ? unpackNibbles(builder, held) : held);
  const zero = zeroPoints ? toFloat(zeroPoints) : type === 'int4' ? builder.uniform(8) : undefined;
  if (zero) integers = builder.node('Sub', [integers, zero], integers);
  const padded = builder.node('Mul', [integers, scales!], integers); // [rows, blocks, blockSize]
  const [rows, blocks, blockSize] = padded.shape as [number, number, number];
  const width = blocks * blockSize;
  const matrix = builder.node('Reshape', [padded, builder.integers([rows, width])], { shape: [rows, width] });
  const columns = output.shape[1]!;
  if (columns === width) return [matrix];
  const bounds = [[0], [columns], [1]].map((bound) => builder.integers(bound));
  return [builder.node('Slice', [matrix, ...bounds], output)];
};

/** `[rows, blocks, blockSize / 2]` bytes to `[rows, blocks, blockSize]`: the lower halves, then the upper ones. */
function unpackNibbles(builder: GraphBuilder, bytes: Value): Value {
  const byte = (value: number): Value =>
    builder.constant(Uint8Array.of(value), { dtype: 'uint8', shape: [] });
  const low = builder.node('BitwiseAnd', [bytes, byte(15)], bytes);
  const high = builder.node('BitShift', [bytes, byte(4)], bytes, { direction: 'RIGHT' });
  const shape = bytes.shape.with(-1, 2 * bytes.shape.at(-1)!);
  return builder.node('Concat', [low, high], { shape, dtype: 'uint8' }, { axis: bytes.shape.length - 1 });
}

interface ExpansionAttributes {
  readonly type: 'float16' | 'int8' | 'int4';
  readonly blockSize: number;
  readonly roundActivations: number;
}

function partsOf({ inputs }: Node): {
  data: Value;
  scales: Value | undefined;
  zeroPoints: Value | undefined;
  trigger: Value | undefined;
} {
  const [data, scales, zeroPoints, trigger] = inputs;
  return { data: data!, scales, zeroPoints, trigger };
}

const multiplyPackedWeights: Pass = rewrite(multiplyPacked);
const expandWeights: Pass = rewrite(expand);

/** Writes products with quantized weights, and what is left of the weights' expansions, as ONNX operators. */
export const lowerWeights: Pass = (graph) => expandWeights(multiplyPackedWeights(graph));
