import type { GgufReader } from './gguf-reader.ts';

/** A tensor of a GGUF file. */
export interface GgufTensorInfo {
  readonly name: string;
  /** As the file has it: the axis whose elements lie side by side comes first. */
  readonly shape: readonly number[];
  /** ggml's name of the type, `F32` or `Q4_K`; undefined if it is not known here. */
  readonly type: string | undefined;
  /** Its number in the file. */
  readonly typeNumber: number;
  /** Where its data begins, in bytes from the beginning of the file. */
  readonly offset: number;
  /** Bytes of its data; undefined if the type is not known. */
  readonly byteLength: number | undefined;
}

/** Reads the list of tensors, which follows the values. */
export function readTensorInfos(
  reader: GgufReader,
  count: number,
  alignment: number,
): { tensors: GgufTensorInfo[]; dataOffset: number } {
  const found: {
    readonly info: Omit<GgufTensorInfo, 'offset'>;
    readonly offset: number;
    readonly at: number;
  }[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const at = reader.position;
    const name = reader.string(`the name of tensor ${index}`);
    const what = `tensor ${JSON.stringify(name.slice(0, 80))}`;
    if (names.has(name)) throw reader.misplaced(at, 'name each tensor once', what);
    names.add(name);
    const dimensionsAt = reader.position;
    const dimensions = reader.uint32(`the number of dimensions of ${what}`);
    if (dimensions > MOST_DIMENSIONS) {
      throw reader.misplaced(
        dimensionsAt,
        `have at most ${MOST_DIMENSIONS} dimensions for ${what}`,
        dimensions,
      );
    }
    const shape = Array.from({ length: dimensions }, () => reader.uint64(`the shape of ${what}`));
    const typeNumber = reader.uint32(`the type of ${what}`);
    const offset = reader.uint64(`the offset of ${what}`);
    if (offset % alignment !== 0) {
      throw reader.misplaced(
        reader.position - 8,
        `have a multiple of ${alignment} as the offset of ${what}`,
        offset,
      );
    }
    const elements = shape.reduce((product, length) => product * length, 1);
    if (!Number.isSafeInteger(elements)) {
      throw reader.misplaced(
        dimensionsAt + 4,
        `have below 2^53 elements in ${what}`,
        `the shape ${shape.join('×')}`,
      );
    }
    const [type, blockSize, blockBytes] = types[typeNumber] ?? [];
    if (blockSize !== undefined && (shape[0] ?? 1) % blockSize !== 0) {
      throw reader.misplaced(
        dimensionsAt + 4,
        `have a multiple of ${blockSize}, the block size of ${type}, as the first length of ${what}`,
        shape[0]!,
      );
    }
    const byteLength = blockSize === undefined ? undefined : (elements / blockSize) * blockBytes!;
    found.push({ info: { name, shape, type, typeNumber, byteLength }, offset, at });
  }
  const dataOffset = Math.ceil(reader.position / alignment) * alignment;
  const tensors = found.map(({ info, offset, at }): GgufTensorInfo => {
    const start = dataOffset + offset;
    if (start + (info.byteLength ?? 0) > reader.size) {
      throw reader.misplaced(
        at,
        `hold its tensors in ${reader.size} bytes`,
        `${JSON.stringify(info.name.slice(0, 80))} up to byte ${start + (info.byteLength ?? 0)}, named`,
      );
    }
    return { ...info, offset: start };
  });
  return { tensors, dataOffset };
}

/** More than ggml has. */
const MOST_DIMENSIONS = 8;

/** ggml's types by number: name, elements of a block, bytes of a block. */
const types: Readonly<Record<number, readonly [name: string, blockSize: number, blockBytes: number]>> = {
  0: ['F32', 1, 4],
  1: ['F16', 1, 2],
  2: ['Q4_0', 32, 18],
  3: ['Q4_1', 32, 20],
  6: ['Q5_0', 32, 22],
  7: ['Q5_1', 32, 24],
  8: ['Q8_0', 32, 34],
  9: ['Q8_1', 32, 36],
  10: ['Q2_K', 256, 84],
  11: ['Q3_K', 256, 110],
  12: ['Q4_K', 256, 144],
  13: ['Q5_K', 256, 176],
  14: ['Q6_K', 256, 210],
  15: ['Q8_K', 256, 292],
  16: ['IQ2_XXS', 256, 66],
  17: ['IQ2_XS', 256, 74],
  18: ['IQ3_XXS', 256, 98],
  19: ['IQ1_S', 256, 50],
  20: ['IQ4_NL', 32, 18],
  21: ['IQ3_S', 256, 110],
  22: ['IQ2_S', 256, 82],
  23: ['IQ4_XS', 256, 136],
  24: ['I8', 1, 1],
  25: ['I16', 1, 2],
  26: ['I32', 1, 4],
  27: ['I64', 1, 8],
  28: ['F64', 1, 8],
  29: ['IQ1_M', 256, 56],
  30: ['BF16', 1, 2],
  34: ['TQ1_0', 256, 54],
  35: ['TQ2_0', 256, 66],
  39: ['MXFP4', 32, 17],
};
