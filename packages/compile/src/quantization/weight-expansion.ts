import type { ConstantArray, Node, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { sizeOf } from '../tensor-data.ts';
import { packBlocks, packHalves, packZeroPoints } from './matmul-n-bits.ts';
import type { QuantizedType } from './quantized-tensor.ts';

/** What an `ExpandWeight` node says. */
export interface WeightExpansion {
  readonly type: QuantizedType;
  readonly blockSize: number;
  readonly roundActivations: boolean;
  /** `[rows, columns]` */
  readonly output: Value;
  /** `[rows, ...]` */
  readonly data: Value;
  /** `[rows, blocks, 1]` */
  readonly scales: Value | undefined;
  /** `[rows, blocks, 1]` */
  readonly zeroPoints: Value | undefined;
  readonly trigger: Value | undefined;
}

export function readExpansion({ inputs, attributes, outputs }: Node): WeightExpansion {
  const [data, scales, zeroPoints, trigger] = inputs;
  const { type, blockSize, roundActivations } = attributes;
  return {
    type: type as QuantizedType,
    blockSize: blockSize as number,
    roundActivations: roundActivations === 1,
    output: outputs[0]!,
    data: data!,
    scales,
    zeroPoints,
    trigger,
  };
}

/** (q − zero point) · scale, written out: faster than `DequantizeLinear`, which ONNX Runtime 1.30 computes element by element. */
export function expandedWeight(builder: GraphBuilder, expansion: WeightExpansion): Value {
  const { type, output, data, scales, zeroPoints, trigger } = expansion;
  const held = trigger ? builder.node('Barrier', [data, trigger], data) : data;
  const toFloat = (x: Value): Value => builder.node('Cast', [x], { shape: x.shape });
  if (type === 'float16') return toFloat(held);
  let integers = toFloat(type === 'int4' ? unpackNibbles(builder, held) : held);
  const zero = zeroPoints ? toFloat(zeroPoints) : type === 'int4' ? builder.uniform(8) : undefined;
  if (zero) integers = builder.node('Sub', [integers, zero], integers);
  const padded = builder.node('Mul', [integers, scales!], integers); // [rows, blocks, blockSize]
  const [rows, blocks, blockSize] = padded.shape as [number, number, number];
  const width = blocks * blockSize;
  const matrix = builder.node('Reshape', [padded, builder.integers([rows, width])], { shape: [rows, width] });
  return withoutPadding(builder, matrix, output);
}

/** `[rows, width]` to the columns of the output. */
export function withoutPadding(builder: GraphBuilder, matrix: Value, output: Value): Value {
  const columns = output.shape[1]!;
  if (columns === matrix.shape[1]) return matrix;
  const bounds = [[0], [columns], [1]].map((bound) => builder.integers(bound));
  return builder.node('Slice', [matrix, ...bounds], output);
}

/** Makes a constant out of an array in some form, unless it has made it before. */
export type ConstantMaker = (array: ConstantArray, form: string, make: () => Value) => Value;

export function constantMaker(): ConstantMaker {
  const made = new Map<ConstantArray, Map<string, Value>>();
  return (array, form, make) => {
    const forms = made.get(array) ?? new Map<string, Value>();
    made.set(array, forms);
    const value = forms.get(form) ?? make();
    forms.set(form, value);
    return value;
  };
}

/**
 * The product of rows with a stored weight's, by ONNX Runtime's own operator. It keeps a copy of the weight.
 *
 * @param x `[count, columns]`
 * @returns `[count, rows]`
 */
export function packedProduct(
  builder: GraphBuilder,
  x: Value,
  expansion: WeightExpansion,
  constant: ConstantMaker,
): Value {
  const { blockSize, data, zeroPoints } = expansion;
  const blocks = data.shape[1]!;
  return product(builder, x, expansion, constant, {
    form: 'packed',
    bits: expansion.type === 'int4' ? 4 : 8,
    data: (array) => packBlocks(array, blockSize),
    scales: (array) => array,
    ...(zeroPoints && { zeroPoints: () => packZeroPoints(storedArray(zeroPoints), blocks) }),
  });
}

/**
 * The product of rows with an int8 weight as the sum of two with int4 weights, for which ONNX Runtime has fast kernels: an integer without
 * sign is 16 times its upper half plus its lower half, and so is its zero point.
 *
 * @param x `[count, columns]`
 * @returns `[count, rows]`
 */
export function packedProductOfHalves(
  builder: GraphBuilder,
  x: Value,
  expansion: WeightExpansion,
  constant: ConstantMaker,
): Value {
  const { data, zeroPoints } = expansion;
  const [rows, blocks] = data.shape as [number, number];
  const zeros = (): Int8Array => (zeroPoints ? storedArray(zeroPoints) : new Int8Array(rows * blocks));
  const half = (form: 'upper' | 'lower', factor: number): Value =>
    product(builder, x, expansion, constant, {
      form,
      bits: 4,
      data: (array) => packHalves(array as Int8Array, form),
      scales: (array) => array.map((scale) => factor * scale),
      zeroPoints: () => packHalves(zeros(), form, blocks),
    });
  const sum = { shape: [x.shape[0]!, rows] };
  return builder.node('Add', [half('upper', 16), half('lower', 1)], sum);
}

/** How a weight's parts become the operator's operands. */
interface Packing {
  /** Names it among the packings of the same arrays. */
  readonly form: string;
  readonly bits: 4 | 8;
  data(array: Int8Array | Uint8Array): Uint8Array;
  scales(array: Float32Array): Float32Array;
  /** Default: the middle of the range. */
  zeroPoints?(): Uint8Array;
}

function product(
  builder: GraphBuilder,
  x: Value,
  { blockSize, roundActivations, output, data, scales, zeroPoints }: WeightExpansion,
  constant: ConstantMaker,
  packing: Packing,
): Value {
  const [rows, columns] = output.shape as [number, number];
  const blocks = data.shape[1]!;
  const bytes = (array: ConstantArray, form: string, pack: () => Uint8Array, ...sizes: number[]): Value =>
    constant(array, form, () => {
      const packed = pack();
      const outer = [rows, ...sizes];
      return builder.constant(packed, { dtype: 'uint8', shape: [...outer, packed.length / sizeOf(outer)] });
    });
  const array = storedArray<Int8Array | Uint8Array>(data);
  const factors = storedArray<Float32Array>(scales!);
  const { form } = packing;
  const operands = [
    bytes(array, form, () => packing.data(array), blocks),
    constant(factors, form, () =>
      builder.constant(packing.scales(factors), { dtype: 'float32', shape: [rows, blocks] }),
    ),
  ];
  if (packing.zeroPoints) {
    const owner = zeroPoints ? storedArray(zeroPoints) : array;
    operands.push(bytes(owner, `${form} zero points`, () => packing.zeroPoints!()));
  }
  const attributes = {
    K: columns,
    N: rows,
    bits: packing.bits,
    block_size: blockSize,
    accuracy_level: roundActivations ? 4 : 0,
  };
  return builder.node('MatMulNBits', [x, ...operands], { shape: [x.shape[0]!, rows] }, attributes);
}

/** The array of a constant. */
export function storedArray<T extends Int8Array | Uint8Array | Float32Array>({ source }: Value): T {
  return (source as unknown as { data: T }).data;
}

/** `[rows, blocks, blockSize / 2]` bytes to `[rows, blocks, blockSize]`: the lower halves, then the upper ones. */
function unpackNibbles(builder: GraphBuilder, bytes: Value): Value {
  const byte = (value: number): Value =>
    builder.constant(Uint8Array.of(value), { dtype: 'uint8', shape: [] });
  const low = builder.node('BitwiseAnd', [bytes, byte(15)], bytes);
  const high = builder.node('BitShift', [bytes, byte(4)], bytes, { direction: 'RIGHT' });
  const shape = bytes.shape.with(-1, 2 * bytes.shape.at(-1)!);
  return builder.node('Concat', [low, high], { shape, dtype: 'uint8' }, { axis: bytes.shape.length - 1 });
}
