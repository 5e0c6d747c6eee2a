import { readFileSync } from 'node:fs';
import { type TensorData, tensorData } from '@wordloom/compile';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TensorSource } from '../tensor-files/tensor-source.ts';
import { decodeRawSafetensors, decodeSafetensors } from './decode.ts';
import { encodeSafetensors } from './encode.ts';
import { openSafetensors } from './open.ts';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/${name}.safetensors`, import.meta.url)));
}

/** The tensors of fixtures/reference.safetensors. */
const reference: Record<string, TensorData> = {
  'b.weight': tensorData(Float32Array.of(0, 1 / 7, 2 / 7, 3 / 7, 4 / 7, 5 / 7), [2, 3]),
  ids: tensorData(Int32Array.of(3, -1, 2147483647), [3]),
  a: tensorData(Float32Array.of(-2.5), []),
  empty: tensorData(new Float32Array(0), [0, 4]),
  mask: tensorData(Uint8Array.of(1, 0, 1), [3]),
};

/** A file with any header, as a hostile writer could make it. */
function file(header: string | object, data: number | Uint8Array = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

function entry(begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype: unknown = 'F32') {
  return { dtype, shape, data_offsets: [begin, end] };
}

const decode = (bytes: Uint8Array) => () => decodeSafetensors(bytes, 'x.safetensors');

test("files are Hugging Face's byte for byte, and read back", () => {
  const bytes = fixture('reference');
  expect(encodeSafetensors(reference, { format: 'pt' })).toEqual(bytes);
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(Object.fromEntries(tensors)).toEqual(reference);
  expect(metadata).toEqual({ format: 'pt' });
});

test('halves, doubles and other integers are read as PyTorch converts them', () => {
  const { tensors } = decodeSafetensors(fixture('read-only-types'));
  const values = (name: string) => tensors.get(name)!.data;
  for (const name of ['f16', 'bf16', 'f64']) {
    expect(tensors.get(name)!.dtype).toBe('float32');
    expect(values(name)).toEqual(values(`expected.${name}`));
  }
  expect(values('i64')).toEqual(Int32Array.of(0, -1, 2147483647, -2147483648));
  expect(values('i16')).toEqual(Int32Array.of(-32768, 32767));
  expect(values('i8')).toEqual(Int32Array.of(-128, 127, 5));
  expect(values('u8')).toEqual(Int32Array.of(0, 255, 7));
  expect(decode(fixture('wide-integers'))).toThrow(
    'decodeSafetensors: x.safetensors, byte 72: tensor "wide": element 1 must fit int32, got 2147483648. Read the raw tensor.',
  );
});

test('float16 NaN stays NaN', () => {
  const { tensors } = decodeSafetensors(file({ n: entry(0, 2, [1], 'F16') }, Uint8Array.of(0x01, 0x7e)));
  expect(tensors.get('n')!.data[0]).toBeNaN();
});

test('aligned tensors are views of the file, others copies with the same values', () => {
  const bytes = encodeSafetensors(reference);
  const aligned = decodeSafetensors(bytes).tensors.get('b.weight')!;
  expect(aligned.data.buffer).toBe(bytes.buffer);
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  const copied = decodeSafetensors(shifted).tensors.get('b.weight')!;
  expect(copied.data.buffer).not.toBe(shifted.buffer);
  expect(copied).toEqual(aligned);
  // Node's Buffer is a Uint8Array whose slice is no copy.
  const buffer = Buffer.from(shifted.buffer, 1, bytes.length);
  expect(decodeSafetensors(buffer).tensors.get('b.weight')).toEqual(aligned);
});

test('the data of written files is aligned to eight bytes, whatever the names', () => {
  const anything = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.array(fc.float()), { maxKeys: 5 });
  const strings = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 });
  fc.assert(
    fc.property(anything, strings, (arrays, metadata) => {
      const tensors = Object.fromEntries(
        Object.entries(arrays).map(([name, array]) => [
          name,
          tensorData(Float32Array.from(array), [array.length]),
        ]),
      );
      const bytes = encodeSafetensors(tensors, metadata);
      expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
      const decoded = decodeSafetensors(bytes);
      expect(Object.fromEntries(decoded.tensors)).toEqual(tensors);
      expect(decoded.metadata).toEqual(metadata);
    }),
  );
});

test('truncated files are refused at every length', () => {
  const bytes = encodeSafetensors(reference);
  for (let length = 0; length < bytes.length; length++) {
    expect(decode(bytes.slice(0, length)), `${length} bytes`).toThrow(
      /^decodeSafetensors: x.safetensors, byte \d+: /,
    );
  }
  expect(decode(new Uint8Array([...bytes, 0]))).toThrow(
    `byte ${bytes.length}: the file must end with its last tensor, got 1 more bytes.`,
  );
});

test('a header longer than the file or than 100 MB is refused before it is read', () => {
  const huge = new Uint8Array(16).fill(0xff);
  expect(decode(huge)).toThrow(
    "byte 0: the header's length must be at most 8 bytes in a file of 16, got 18446744073709552000.",
  );
});

test.each([
  [
    'overlap',
    { a: entry(0, 8), b: entry(4, 12) },
    12,
    'byte 120: tensor "b" must begin at byte 124, it overlaps the tensor before it',
  ],
  [
    'hole',
    { a: entry(0, 4), b: entry(8, 12) },
    12,
    'byte 124: tensor "b" must begin at byte 120, it leaves a hole before it',
  ],
  [
    'hole at the start',
    { a: entry(4, 8) },
    8,
    'byte 66: tensor "a" must begin at byte 62, it leaves a hole before it',
  ],
  ['end past the file', { a: entry(0, 8) }, 4, 'byte 66: tensor "a" must end at byte 70, the file ends here'],
  ['byte count', { a: entry(0, 8, [3]) }, 8, 'byte 8: tensor "a" must take 12 bytes for F32 [3], got 8'],
  [
    'huge shape',
    { a: entry(0, 8, [2 ** 40, 2 ** 40]) },
    8,
    'tensor "a" must take 4.835703278458517e+24 bytes',
  ],
  [
    'negative length',
    { a: entry(0, 8, [-2, -1]) },
    8,
    'tensor "a" must have a shape of non-negative integers, got [-2,-1]',
  ],
  ['shape of text', { a: entry(0, 8, '2') }, 8, 'must have a shape of non-negative integers, got "2"'],
  ['newer dtype', { a: entry(0, 4, [4], 'F8_E8M0') }, 4, 'U8, BOOL, got "F8_E8M0"'],
  ['dtype of another kind', { a: entry(0, 4, [1], { toString: 'F32' }) }, 4, 'got {"toString":"F32"}'],
  [
    'offsets backwards',
    { a: entry(4, 0, [1]) },
    4,
    'tensor "a" must have data_offsets [begin, end], got [4,0]',
  ],
  [
    'offsets missing',
    { a: { dtype: 'F32', shape: [1] } },
    4,
    'must have data_offsets [begin, end], got nothing',
  ],
  ['fractional offsets', { a: entry(0.5, 4.5, [1]) }, 5, 'got [0.5,4.5]'],
  ['no object', { a: 3 }, 0, 'tensor "a" must be an object'],
  ['metadata', { __metadata__: { step: 3 } }, 0, '__metadata__ must map names to strings, got {"step":3}'],
  ['no JSON', '{"a":', 0, 'byte 8: the header must be JSON: '],
  ['array', '[]', 0, 'byte 8: the header must begin with {'],
  [
    'duplicate name',
    '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}, "\\u0061" :{}}',
    0,
    'the header must name everything once, got "a" twice',
  ],
  ['duplicate field', '{"a":{"dtype":"F32","dtype":"F16"}}', 0, 'got "dtype" twice'],
  ['deep nesting', `{"a":${'['.repeat(100_000)}`, 0, 'the header must be at most 3 levels deep'],
])('a hostile header is refused with file, byte and tensor: %s', (_, header, data, message) => {
  expect(decode(file(header, data))).toThrow(RangeError);
  expect(decode(file(header, data))).toThrow('decodeSafetensors: x.safetensors, byte ');
  expect(decode(file(header, data))).toThrow(message);
});

test('a header that is not UTF-8 is refused', () => {
  const bytes = file('{"é":3}');
  bytes[10] = 0xff;
  expect(decode(bytes)).toThrow('byte 8: the header must be UTF-8.');
});

test('names that objects treat specially are names like others', () => {
  const bytes = file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
  expect(decodeSafetensors(bytes).tensors.get('__proto__')!.shape).toEqual([1]);
});

test('random bytes and random damage give a RangeError or a valid result, nothing else, and ask for no more than there is', async () => {
  const survives = async (bytes: Uint8Array) => {
    const read = async (begin: number, end: number) => {
      expect(0 <= begin && begin <= end && end <= bytes.length, `${begin} to ${end}`).toBe(true);
      return bytes.subarray(begin, end);
    };
    const lazily = await openSafetensors({ size: bytes.length, read }).catch((error: unknown) => error);
    try {
      const { tensors } = decodeRawSafetensors(bytes);
      const source = lazily as TensorSource;
      expect([...source.tensors.keys()]).toEqual([...tensors.keys()]);
      for (const [name, tensor] of tensors) {
        expect(tensor.data.length).toBe(tensor.shape.reduce((product, length) => product * length, 1));
        expect(await source.readRaw(name)).toEqual(tensor);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      const { message } = error as Error;
      expect(message).toMatch(/^decodeRawSafetensors: safetensors, byte \d+: /);
      expect((lazily as Error).message).toBe(message.replace('decodeRaw', 'open'));
    }
  };
  const headers = fc.tuple(fc.uint8Array({ maxLength: 100 }), fc.json());
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), survives));
  await fc.assert(fc.asyncProperty(headers, ([data, header]) => survives(file(header, data))));
  const valid = encodeSafetensors(reference, { format: 'pt' });
  const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = valid.slice();
      for (const [index, value] of changes) bytes[index] = value;
      await survives(bytes);
    }),
    { numRuns: 1000 },
  );
});

test('tensors that cannot be written are refused by name', () => {
  expect(() => encodeSafetensors({ __metadata__: reference.a! })).toThrow(
    'tensors must not be named __metadata__',
  );
  for (const data of [new Float32Array(2), new Int32Array(3)]) {
    expect(() => encodeSafetensors({ a: { dtype: 'float32', shape: [3], data } })).toThrow(
      `encodeSafetensors: tensors['a'] must be Float32Array of 3 elements for F32 [3], got ${data.constructor.name} of ${data.length}.`,
    );
  }
  const four = { elementType: 'F4', shape: [1], data: new Uint8Array(1) } as unknown as TensorData;
  expect(() => encodeSafetensors({ a: four })).toThrow("tensors['a'] must have an elementType of U64, I64");
});
