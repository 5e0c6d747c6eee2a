import { ShapeError, sizeOf } from '../tensor-data.ts';
import { FLOAT16_MAX, toFloat16 } from './float16.ts';
import {
  blockLayout,
  DEFAULT_ZERO_POINT,
  type QuantizedTensor,
  type QuantizedType,
  quantizedTensor,
  requireBlockSize,
} from './quantized-tensor.ts';

/** Options of {@link quantize}. */
export interface QuantizeOptions {
  readonly type: QuantizedType;
  /** Elements of a row that share a scale: a power of two from 16 on; default 64. Of no meaning for `float16`. */
  readonly blockSize?: number;
  /** Whether zero stands in the middle of the range; otherwise each block has a zero point of its own. Default true. */
  readonly symmetric?: boolean;
}

/** The integers of a type. */
const RANGES = { int8: { lowest: -128, highest: 127 }, int4: { lowest: 0, highest: 15 } } as const;

/** Scale and zero point of a block. */
interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * Stores numbers in few bits, for weights that are not trained further.
 *
 * With s the scale of a block, numbers change by at most s / 2; in symmetric int4 blocks, by at most s on the side that has no −8. `int4` takes the scale
 * from the number of largest magnitude, which becomes exactly −8 · scale, as llama.cpp's Q4_0 does; `int8` from the largest magnitude over 127, as its Q8_0 does. Scales are
 * float32: blocks of 64 take 8.5 and 4.5 bits for each number.
 *
 * @param data  row-major, finite
 * @param shape blocks lie along the last axis
 * @throws {ShapeError} if the shape does not fit the length, or is empty
 * @throws {RangeError} if a number is not finite or too large for float16, or the block size is not a power of two from 16 on
 * @see Dettmers et al. 2023, "QLoRA", §2 (block-wise quantization)
 * @example
 * const weight = quantize(values, [1024, 4096], { type: 'int4' });
 * const y = quantizedLinear(x, weight);
 */
export function quantize(
  data: Float32Array,
  shape: readonly number[],
  { type, blockSize = 64, symmetric = true }: QuantizeOptions,
): QuantizedTensor {
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `quantize: shape must hold as many elements as data, got [${shape}] (${sizeOf(shape)}) for ${data.length} elements.`,
    );
  }
  const limit = type === 'float16' ? FLOAT16_MAX : Number.MAX_VALUE;
  const wrong = data.findIndex((value) => !(Math.abs(value) <= limit));
  if (wrong >= 0) {
    throw new RangeError(
      `quantize: data must be finite and fit ${type}, got ${data[wrong]} at index ${wrong}.`,
    );
  }
  if (type === 'float16') {
    const columns = shape.at(-1) ?? 1;
    return quantizedTensor({ type, shape, blockSize: columns, data: toFloat16(data) });
  }
  requireBlockSize('quantize', blockSize);
  return quantizeBlocks(data, shape, type, blockSize, symmetric);
}

function quantizeBlocks(
  data: Float32Array,
  shape: readonly number[],
  type: 'int8' | 'int4',
  blockSize: number,
  symmetric: boolean,
): QuantizedTensor {
  const { rows, columns, blocks } = blockLayout({ shape, blockSize });
  const { lowest, highest } = RANGES[type];
  const half = blockSize / 2;
  const packed =
    type === 'int8' ? new Int8Array(rows * blocks * blockSize) : new Uint8Array(rows * blocks * half);
  const scales = new Float32Array(rows * blocks);
  const zeroPoints = type === 'int8' ? new Int8Array(rows * blocks) : new Uint8Array(rows * blocks);
  for (let block = 0; block < rows * blocks; block++) {
    const column = (block % blocks) * blockSize;
    const start = Math.floor(block / blocks) * columns + column;
    const width = Math.min(blockSize, columns - column);
    const values = data.subarray(start, start + width);
    const { scale, zeroPoint } = symmetric ? symmetricGrid(values, type) : freeGrid(values, type);
    scales[block] = scale;
    zeroPoints[block] = zeroPoint;
    const perUnit = scale === 0 ? 0 : 1 / scale;
    const byteOffset = block * (type === 'int8' ? blockSize : half);
    for (let index = 0; index < blockSize; index++) {
      const steps = index < width ? Math.round(data[start + index]! * perUnit) + zeroPoint : zeroPoint;
      const q = Math.min(highest, Math.max(lowest, steps));
      if (type === 'int8' || index < half) packed[byteOffset + index] = q;
      else packed[byteOffset + index - half]! |= q << 4;
    }
  }
  return quantizedTensor({
    type,
    shape,
    blockSize,
    data: packed,
    scales,
    ...(!symmetric && { zeroPoints }),
  });
}

function symmetricGrid(values: Float32Array, type: 'int8' | 'int4'): Grid {
  let extreme = 0;
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index]!) > Math.abs(extreme)) extreme = values[index]!;
  }
  const scale = type === 'int8' ? Math.abs(extreme) / 127 : -extreme / 8;
  return { scale: Math.fround(scale) || 0 /* not −0 */, zeroPoint: DEFAULT_ZERO_POINT[type] };
}

/** The range from the smallest to the largest number, widened to hold zero exactly. */
function freeGrid(values: Float32Array, type: 'int8' | 'int4'): Grid {
  let [smallest, largest] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    smallest = Math.min(smallest, values[index]!);
    largest = Math.max(largest, values[index]!);
  }
  const { lowest, highest } = RANGES[type];
  const scale = Math.fround((largest - smallest) / (highest - lowest));
  const zeroPoint = scale === 0 ? DEFAULT_ZERO_POINT[type] : lowest + Math.round(-smallest / scale);
  return { scale, zeroPoint: Math.min(highest, Math.max(lowest, zeroPoint)) };
}
