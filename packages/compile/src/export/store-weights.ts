import type { ConstantArray, GraphDType, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { storedFactor } from '../passes/lower-weights.ts';
import { type Pass, type Rule, rewrite } from '../passes/rewrite.ts';
import { packBlocks } from '../quantization/matmul-n-bits.ts';
import {
  type ConstantMaker,
  expandedWeight,
  packedProduct,
  readExpansion,
  storedArray,
  type WeightExpansion,
  withoutPadding,
} from '../quantization/weight-expansion.ts';

/**
 * Quantized weights as a file holds them: as `DequantizeLinear`, which any runtime keeps small until it runs, or, in products and
 * if it may be used, as ONNX Runtime's `MatMulNBits`.
 *
 * @param constant remembers what it packed, for the other sizes at which the program is traced
 */
export function storeWeights(operators: 'standard' | 'onnxruntime', constant: ConstantMaker): Pass {
  const multiply: Rule = (node, { builder }) => {
    const expansion = operators === 'onnxruntime' ? storedFactor(node) : undefined;
    if (!expansion || expansion.type === 'float16') return undefined;
    return [packedProduct(builder, node.inputs[0]!, expansion, constant)];
  };
  const expand: Rule = ({ operator, ...node }, { builder }) => {
    if (operator !== 'ExpandWeight') return undefined;
    const expansion = readExpansion({ operator, ...node });
    const isStored = expansion.type !== 'float16' && expansion.data.source.kind === 'constant';
    return [
      isStored
        ? dequantizeLinear(builder, expansion, constant)
        : expandedWeight(builder, { ...expansion, trigger: undefined }),
    ];
  };
  const [multiplyStored, expandStored] = [rewrite(multiply), rewrite(expand)];
  return (graph) => expandStored(multiplyStored(graph));
}

function dequantizeLinear(builder: GraphBuilder, expansion: WeightExpansion, constant: ConstantMaker): Value {
  const { type, blockSize, output, data, scales, zeroPoints } = expansion;
  const [rows, blocks] = data.shape as [number, number];
  const isByte = type === 'int8';
  const dtype = isByte ? 'int8' : zeroPoints ? 'uint4' : 'int4';
  const once = (part: Value, shape: readonly number[], dtype: GraphDType, pack: () => ConstantArray): Value =>
    constant(storedArray(part), 'matrix', () => builder.constant(pack(), { dtype, shape }));
  const operands = [
    once(data, [rows, blocks * blockSize], dtype, () =>
      isByte ? storedArray<Int8Array>(data) : withSign(packBlocks(storedArray(data), blockSize), dtype),
    ),
    once(scales!, [rows, blocks], 'float32', () => storedArray<Float32Array>(scales!)),
  ];
  if (zeroPoints) {
    operands.push(
      once(zeroPoints, [rows, blocks], dtype, () =>
        isByte ? storedArray<Int8Array>(zeroPoints) : pairs(storedArray(zeroPoints)),
      ),
    );
  }
  const matrix = builder.node(
    'DequantizeLinear',
    operands,
    { shape: [rows, blocks * blockSize] },
    { axis: 1, block_size: blockSize },
  );
  return withoutPadding(builder, matrix, output);
}

/** 0 to 15 as −8 to 7, so that zero needs no zero points. */
function withSign(bytes: Uint8Array, dtype: GraphDType): Uint8Array {
  return dtype === 'int4' ? bytes.map((byte) => byte ^ 0x88) : bytes;
}

/** Two numbers to a byte, across rows. */
function pairs(numbers: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: Math.ceil(numbers.length / 2) }, (_, index) => {
    return numbers[2 * index]! | ((numbers[2 * index + 1] ?? 0) << 4);
  });
}
