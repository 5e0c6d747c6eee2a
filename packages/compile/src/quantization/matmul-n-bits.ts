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

/** Zero points of blocks, two of a row to a byte for int4. */
export function packZeroPoints(zeroPoints: Int8Array | Uint8Array, rows: number): Uint8Array {
  if (zeroPoints instanceof Int8Array) return unsigned(zeroPoints);
  const blocks = zeroPoints.length / rows;
  const width = Math.ceil(blocks / 2);
  const packed = new Uint8Array(rows * width);
  zeroPoints.forEach((zeroPoint, index) => {
    const block = index % blocks;
    packed[Math.floor(index / blocks) * width + (block >> 1)]! |= zeroPoint << (4 * (block & 1));
  });
  return packed;
}

/** −128 to 127 as 0 to 255. */
function unsigned(values: Int8Array): Uint8Array {
  return Uint8Array.from(values, (value) => value + 128);
}
