/**
 * The layout of the operator `MatMulNBits` of ONNX Runtime: two neighboring int4 elements share a byte, integers have no sign.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
 */

/** Blocks of stored integers, as ONNX Runtime has them. */
export function packBlocks(data: Int8Array | Uint8Array, blockSize: number): Uint8Array {
  if (data instanceof Int8Array) return unsigned(data);
  const packed = new Uint8Array(data.length);
  const half = blockSize / 2;
  for (let block = 0; block < data.length; block += half) {
    for (let index = 0; index < half; index++) {
      // Elements 2 index and 2 index + 1 lie in the lower halves of the block's bytes, or in the upper ones.
      const low = 2 * index < half;
      const first = data[block + (low ? 2 * index : 2 * index - half)]!;
      const second = data[block + (low ? 2 * index + 1 : 2 * index + 1 - half)]!;
      packed[block + index] = low ? (first & 15) | ((second & 15) << 4) : (first >> 4) | (second & 0xf0);
    }
  }
  return packed;
}

/**
 * Zero points of blocks, two of a row to a byte for int4.
 *
 * @param blocks how many a row has
 */
export function packZeroPoints(zeroPoints: Int8Array | Uint8Array, blocks: number): Uint8Array {
  return zeroPoints instanceof Int8Array ? unsigned(zeroPoints) : packPairs(zeroPoints, blocks);
}

/**
 * The upper or lower halves of int8 integers without sign, as int4 integers, two of a row to a byte.
 *
 * @param width elements of a row that starts at a byte of its own; default: rows are even, and follow each other
 */
export function packHalves(
  values: Int8Array,
  half: 'upper' | 'lower',
  width: number = values.length,
): Uint8Array {
  const halves = unsigned(values).map(half === 'upper' ? (value) => value >> 4 : (value) => value & 15);
  return packPairs(halves, width);
}

/** Numbers below 16, two of a row to a byte; an odd row ends with half a byte. */
function packPairs(values: Uint8Array, width: number): Uint8Array {
  const bytes = Math.ceil(width / 2);
  const packed = new Uint8Array((values.length / width) * bytes);
  for (let row = 0, index = 0; index < values.length; row++) {
    for (let column = 0; column < width; column++) {
      packed[row * bytes + (column >> 1)]! |= values[index++]! << (4 * (column & 1));
    }
  }
  return packed;
}

/** −128 to 127 as 0 to 255. */
function unsigned(values: Int8Array): Uint8Array {
  return Uint8Array.from(values, (value) => value + 128);
}
