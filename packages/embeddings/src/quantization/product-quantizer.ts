import { describeValue } from '../describe-value.ts';
import { kMeans } from '../vectors/k-means.ts';

/** Centers by which parts of vectors are told apart: 256 for each part. */
export interface ProductQuantizer {
  /** Numbers in a vector. */
  readonly dim: number;
  /** Parts of a vector. */
  readonly partCount: number;
  /** Numbers in each part but the last. */
  readonly partSize: number;
  readonly lastPartSize: number;
  /** `[dim · 256]`: for each part 256 centers. */
  readonly centroids: Float32Array;
}

/** Centers of a part. */
export const CENTERS = 256;

/** Options of {@link learnProductQuantizer}. */
export interface LearnProductQuantizerOptions {
  /** Numbers that one byte stands for. Default 2. */
  readonly partSize?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called for each part that is learned. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/** Vectors as codes. */
export interface QuantizedRows {
  readonly quantizer: ProductQuantizer;
  /** `[rows, parts]` */
  readonly codes: Uint8Array<ArrayBuffer>;
}

/** Rows that centers are learned from at most. */
const SAMPLE = 65_536;
const ITERATIONS = 15;

/**
 * Learns centers for each part of vectors by k-means, and encodes all of them. Centers are not learned from rows of zeros, which stay zero to
 * the last digit.
 *
 * @param table `[rows, size]`
 * @throws {RangeError} if the part size is out of range
 * @see Jégou et al. 2011, "Product quantization for nearest neighbor search", §II
 */
export async function learnProductQuantizer(
  table: Float32Array,
  size: number,
  { partSize = 2, seed = 0, signal, onProgress }: LearnProductQuantizerOptions = {},
): Promise<QuantizedRows> {
  if (!(Number.isSafeInteger(partSize) && partSize >= 1 && partSize <= size)) {
    throw new RangeError(
      `learnProductQuantizer: partSize must be an integer from 1 to ${size}, got ${describeValue(partSize)}.`,
    );
  }
  const rowCount = table.length / size;
  const partCount = Math.ceil(size / partSize);
  const lastPartSize = size - (partCount - 1) * partSize;
  const centroids = new Float32Array(size * CENTERS);
  const filled = filledRows(table, size);
  const hasZeros = filled.length < rowCount;
  const clusters = Math.min(hasZeros ? CENTERS - 1 : CENTERS, filled.length);
  // The center after the learned ones stays zero.
  const codes = new Uint8Array(rowCount * partCount).fill(hasZeros ? clusters : 0);
  for (let part = 0; part < partCount && clusters > 0; part++) {
    const width = part === partCount - 1 ? lastPartSize : partSize;
    const slice = new Float32Array(filled.length * width);
    for (const [at, row] of filled.entries()) {
      const begin = row * size + part * partSize;
      for (let within = 0; within < width; within++) slice[at * width + within] = table[begin + within]!;
    }
    const options = { clusters, seed: seed + part, iterations: ITERATIONS, sample: SAMPLE, signal };
    const found = await kMeans(slice, width, options);
    centroids.set(found.centers, part * CENTERS * partSize);
    for (const [at, row] of filled.entries()) codes[row * partCount + part] = found.clusters[at]!;
    onProgress?.(part + 1, partCount);
  }
  return { quantizer: { dim: size, partCount, partSize, lastPartSize, centroids }, codes };
}

/** Numbers of the rows that are not zero. */
function filledRows(table: Float32Array, size: number): Int32Array {
  const rows = new Int32Array(table.length / size);
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    let at = row * size;
    while (at < (row + 1) * size && table[at] === 0) at++;
    if (at < (row + 1) * size) rows[count++] = row;
  }
  return rows.subarray(0, count);
}
