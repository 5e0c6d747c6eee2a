import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeGguf } from '../../test/write-gguf.ts';
import { readGgufMetadata } from './gguf-metadata.ts';

const values = {
  'general.architecture': { string: 'llama' },
  count: { uint32: 7 },
  large: { uint64: 2n ** 60n },
  small: { uint64: 5n },
  half: { float32: 0.5 },
  flag: { boolean: true },
  names: { strings: ['a', '', '中'] },
  types: { int32s: [1, -2, 3] },
  scores: { float32s: [0.25, -1] },
  map: { bytes: Uint8Array.of(1, 2) },
};
const tensors = [
  { name: 'embedding', shape: [64, 3], type: 8, offset: 0 },
  { name: 'bias', shape: [3], type: 0, offset: 224 },
  { name: 'future', shape: [2], type: 999, offset: 0 },
];

describe('readGgufMetadata', () => {
  test.each([true, false])(
    'values and tensors come as they were written, little-endian: %s',
    async (isLittleEndian) => {
      for (const version of [2, 3]) {
        const bytes = writeGguf(values, { tensors, dataSize: 256, isLittleEndian, version });
        const found = await readGgufMetadata(bytes);
        expect(Object.fromEntries(found.metadata)).toEqual({
          'general.architecture': 'llama',
          count: 7,
          large: 2n ** 60n,
          small: 5,
          half: 0.5,
          flag: true,
          names: ['a', '', '中'],
          types: Int32Array.of(1, -2, 3),
          scores: Float32Array.of(0.25, -1),
          map: Uint8Array.of(1, 2),
        });
        expect(found).toMatchObject({
          version,
          isLittleEndian,
          alignment: 32,
          dataOffset: bytes.length - 256,
        });
        expect(found.tensors).toEqual([
          {
            name: 'embedding',
            shape: [64, 3],
            type: 'Q8_0',
            typeNumber: 8,
            byteLength: 204,
            offset: bytes.length - 256,
          },
          { name: 'bias', shape: [3], type: 'F32', typeNumber: 0, byteLength: 12, offset: bytes.length - 32 },
          {
            name: 'future',
            shape: [2],
            type: undefined,
            typeNumber: 999,
            byteLength: undefined,
            offset: bytes.length - 256,
          },
        ]);
      }
    },
  );

  test('of a file that is read in parts only the beginning is read, however long the header is', async () => {
    const header = writeGguf({ long: { string: 'x'.repeat(3 * 2 ** 20) } });
    let read = 0;
    const file = {
      size: 2 ** 40,
      read: async (begin: number, end: number) => {
        read = Math.max(read, end);
        const part = new Uint8Array(end - begin);
        part.set(header.subarray(begin, end));
        return part;
      },
    };
    expect((await readGgufMetadata(file)).metadata.get('long')).toHaveLength(3 * 2 ** 20);
    expect(read).toBe(4 * 2 ** 20);
    await expect(readGgufMetadata(file, { maxHeaderSize: 2 ** 20 })).rejects.toThrow(
      'must have a header of at most 1048576 bytes',
    );
    expect((await readGgufMetadata(new Blob([header as Uint8Array<ArrayBuffer>]))).metadata.size).toBe(1);
    await expect(readGgufMetadata('x' as never)).rejects.toThrow('must be bytes, a Blob or a reader');
  });

  test.each<[string, Uint8Array]>([
    [
      'model.gguf must begin with the bytes "GGUF", got others at byte 0',
      new TextEncoder().encode('GGML....'),
    ],
    ['must have version 2 or 3, got 1 at byte 4', writeGguf({}, { version: 1 })],
    [
      'must have room for the number of values in the 0 bytes that are left, got 100 at byte 16',
      counts(0, 100),
    ],
    ['must have the number of tensors below 2^53, got 1152921504606846976', counts(2n ** 60n, 0)],
    ['must have room for the number of tensors', counts(2n ** 40n, 0)],
    [
      'must have a multiple of 8, at most 1048576, as general.alignment, got 7 at byte 53',
      writeGguf({ 'general.alignment': { uint32: 7 } }),
    ],
    ['must have a multiple of 32 as the offset of tensor "x", got 1', tensor({ offset: 1 })],
    ['must hold its tensors in', tensor({ shape: [2 ** 40] })],
    [
      'must have below 2^53 elements in tensor "x", got the shape 4294967296×4294967296',
      tensor({ shape: [2 ** 32, 2 ** 32] }),
    ],
    [
      'must have a multiple of 256, the block size of Q4_K, as the first length',
      tensor({ shape: [32], type: 12 }),
    ],
  ])('a hostile file is refused: %s', async (expected, bytes) => {
    await expect(readGgufMetadata(bytes)).rejects.toThrow(expected);
  });

  test('a file that is cut off anywhere says where', async () => {
    const bytes = writeGguf(values, { tensors, dataSize: 256 });
    for (let length = 0; length < bytes.length - 20; length++) {
      await expect(readGgufMetadata(bytes.subarray(0, length))).rejects.toThrow(
        /^readGgufMetadata: .* at byte \d+/,
      );
    }
  });

  test('a file with wrong bytes is read or refused in words, and takes no memory it has not', async () => {
    const bytes = writeGguf(values, { tensors, dataSize: 256 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const changed = bytes.slice();
          for (const [place, byte] of changes) changed[place] = byte;
          await readGgufMetadata(changed).catch((error: unknown) => {
            expect(error).toBeInstanceOf(RangeError);
            expect((error as Error).message).toMatch(/byte \d+/);
          });
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });
});

function counts(tensors: bigint | number, values: bigint | number): Uint8Array {
  const bytes = writeGguf({}).slice(0, 24);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, BigInt(tensors), true);
  view.setBigUint64(16, BigInt(values), true);
  return bytes;
}

function tensor(change: Partial<(typeof tensors)[0]>): Uint8Array {
  return writeGguf({}, { tensors: [{ name: 'x', shape: [1], type: 0, offset: 0, ...change }], dataSize: 32 });
}
