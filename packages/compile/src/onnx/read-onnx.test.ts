import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ExportOnnxOptions,
  exportOnnx,
  fromOnnxTensor,
  linear,
  type OnnxProgram,
  type OnnxTensor,
  quantize,
  quantizedLinear,
  readOnnx,
  type TensorData,
  tensorData,
} from '../index.ts';
import { readOnnxFile, writeOnnxFile } from '../node.ts';
import { ELEMENT_TYPES } from './element-types.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)));

/** A model with one tensor, as a hostile writer could make it. */
function modelWith(write: (tensor: ProtobufWriter) => void): Uint8Array {
  const model = new ProtobufWriter();
  model.message(7, (graph) => graph.message(5, write));
  return model.finish();
}

const weights = {
  'layer.weight': tensorData(
    Float32Array.from({ length: 600 }, (_, index) => Math.sin(index)),
    [20, 30],
  ),
  'layer.bias': tensorData(new Float32Array(20).fill(0.5), [20]),
};
const program: OnnxProgram = ({ x }, p) => ({ y: linear(x!, p['layer.weight']!, p['layer.bias']) });
const options: ExportOnnxOptions = {
  inputs: { x: { dtype: 'float32', shape: ['batch', 30] } },
  parameters: weights,
  name: 'a layer',
  description: 'y = W x + b',
  metadata: { license: 'Apache-2.0', 語: '言' },
};

test('a model that PyTorch exported has its weights', async () => {
  const file = new Blob([fixture('torch.onnx') as BlobPart]);
  const { initializers, producer, producerVersion, opsets, inputs, outputs } = await readOnnx(file);
  const { weights } = JSON.parse(new TextDecoder().decode(fixture('torch.onnx.json'))) as {
    weights: Record<string, { shape: number[]; data: number[] }>;
  };
  expect(new Set(initializers.keys())).toEqual(new Set(Object.keys(weights)));
  for (const [name, { shape, data }] of Object.entries(weights)) {
    const read = fromOnnxTensor(initializers.get(name)!);
    expect(read.shape, name).toEqual(shape);
    expect([...read.data], name).toEqual([...Float32Array.from(data)]);
  }
  expect([producer, producerVersion, opsets.get('')]).toEqual(['pytorch', '1.13.0', 16]);
  expect(inputs).toEqual([{ name: 'ids', type: 'int64', shape: ['count'] }]);
  expect(outputs).toEqual([{ name: 'y', type: 'float32', shape: ['count', 5] }]);
});

test("every type that ONNX's own library writes is read, raw or in typed fields, and constants on request", async () => {
  const { initializers, description, metadata, name } = await readOnnx(fixture('types.onnx'), {
    constants: true,
  });
  expect([name, description, metadata.get('license')]).toEqual(['types', 'one of each', 'none']);
  const expected: Record<string, OnnxTensor['data']> = {
    float32: Float32Array.of(0.5, -2.25, 3e38),
    float64: Float64Array.of(0.1, -1e300, 4),
    float16: Uint16Array.of(0x3e00, 0xb400, 0x7bff),
    bfloat16: Uint16Array.of(0x3f80, 0xc000, 0x3f00),
    int8: Int8Array.of(-128, 127, 5),
    uint8: Uint8Array.of(0, 255, 7),
    int16: Int16Array.of(-32768, 32767, 1),
    uint16: Uint16Array.of(0, 65535, 2),
    int32: Int32Array.of(-2147483648, 2147483647, 3),
    uint32: Uint32Array.of(0, 4294967295, 4),
    int64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 6n),
    uint64: BigUint64Array.of(0n, 2n ** 64n - 1n, 8n),
    bool: Uint8Array.of(1, 0, 1),
    complex64: Float32Array.of(1, 2, -0, -3, 0.5, 0),
    string: ['a', '', '語'],
  };
  const onnxName = (type: string): string =>
    ({ float32: 'FLOAT', float64: 'DOUBLE' })[type] ?? type.toUpperCase();
  for (const [type, data] of Object.entries(expected)) {
    for (const form of ['typed', 'raw']) {
      const tensor = initializers.get(`${form}.${onnxName(type)}`);
      if (form === 'raw' && (type === 'string' || type === 'bfloat16')) continue; // the library writes these in fields only
      expect(tensor, `${form} ${type}`).toEqual({ type, shape: [3], data });
    }
  }
  expect(initializers.get('constant')).toEqual({ type: 'float32', shape: [], data: Float32Array.of(7) });
  expect((await readOnnx(fixture('types.onnx'))).initializers.has('constant')).toBe(false);
});

test('tensors as programs compute with them', () => {
  const read = (type: OnnxTensor['type'], data: OnnxTensor['data'], ...shape: number[]): TensorData =>
    fromOnnxTensor({ type, shape, data });
  expect(read('bfloat16', Uint16Array.of(0x4049, 0xff80), 2)).toEqual(
    tensorData(Float32Array.of(3.140625, -Infinity), [2]),
  );
  expect(read('int4', Uint8Array.of(0x8f, 0x07), 3)).toEqual(tensorData(Int32Array.of(-1, -8, 7), [3]));
  expect(read('uint4', Uint8Array.of(0x8f, 0x07), 3)).toEqual(tensorData(Int32Array.of(15, 8, 7), [3]));
  expect(read('int64', BigInt64Array.of(5n, -1n), 2)).toEqual(tensorData(Int32Array.of(5, -1), [2]));
  expect(() => read('int64', BigInt64Array.of(1n, 2n ** 40n), 2)).toThrow(
    'must fit int32, got 1099511627776 at index 1',
  );
  expect(() => read('string', ['a'], 1)).toThrow('must be of numbers that fit float32 or int32, got string');
});

describe('what exportOnnx writes', () => {
  test('is read again: weights by name, what the model says of itself, types and named sizes', async () => {
    const { initializers, ...model } = await readOnnx(exportOnnx(program, options).model);
    for (const [name, { shape, data }] of Object.entries(weights)) {
      expect(initializers.get(name)).toEqual({ type: 'float32', shape, data });
    }
    expect(model).toEqual({
      irVersion: 10,
      opsets: new Map([['', 20]]),
      producer: 'wordloom',
      producerVersion: '',
      name: 'a layer',
      description: 'y = W x + b',
      metadata: new Map(Object.entries(options.metadata!)),
      inputs: [{ name: 'x', type: 'float32', shape: ['batch', 30] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['batch', 20] }],
    });
    const chosen = await readOnnx(exportOnnx(program, options).model, {
      select: (name) => name.endsWith('bias'),
    });
    expect([...chosen.initializers.keys()]).toEqual(['layer.bias']);
  });

  test('has int4 weights as they were quantized', async () => {
    const weight = quantize(weights['layer.weight'].data as Float32Array, [20, 30], {
      type: 'int4',
      blockSize: 32,
    });
    const { model } = exportOnnx(({ x }) => ({ y: quantizedLinear(x!, weight) }), options);
    const { initializers, opsets } = await readOnnx(model);
    const integers = [...initializers.values()].find(({ type }) => type === 'int4')!;
    expect([opsets.get(''), ...integers.shape]).toEqual([21, 20, 32]);
    const stored = fromOnnxTensor(integers).data;
    const scales = [...initializers.values()].find(
      ({ type, shape }) => type === 'float32' && shape[0] === 20,
    )!;
    expect(fromOnnxTensor(scales).data).toEqual(weight.scales);
    expect(stored[0]! * weight.scales![0]!).toBeCloseTo(0, 1);
    expect(stored[1]! * weight.scales![0]!).toBeCloseTo(Math.sin(1), 1);
  });

  test('may be two files, which are read and written together, and never lead out of their folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-onnx-'));
    try {
      const path = join(folder, 'layer.onnx');
      const exported = exportOnnx(program, { ...options, externalData: 'layer.onnx.data' });
      await writeOnnxFile(path, exported);
      expect((await readFile(join(folder, 'layer.onnx.data'))).length).toBe(2400);
      const { initializers } = await readOnnxFile(path);
      expect(initializers.get('layer.weight')!.data).toEqual(weights['layer.weight'].data);
      await expect(readOnnx(exported.model)).rejects.toThrow('keeps tensors in the file "layer.onnx.data"');
      await writeFile(join(folder, 'layer.onnx.data'), new Uint8Array(2399));
      await expect(readOnnxFile(path)).rejects.toThrow(
        'the 2400 bytes of tensor "layer.weight" must end in the file of 2399 bytes',
      );
      for (const location of ['../x', '/etc/passwd', 'a/../../x', '..\\x', 'layer.onnx']) {
        await writeFile(path, exportOnnx(program, { ...options, externalData: location }).model);
        await expect(readOnnxFile(path), location).rejects.toThrow(
          "must lie in a file of its own in the model's folder",
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a bad file is refused', () => {
  const float = ELEMENT_TYPES.float32.number;
  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'byte 0: a model must have a graph (field 7)'],
    ['not an ONNX file', new TextEncoder().encode('{"a": 1}'), 'byte 0: a field must have'],
    ['cut in a number', Uint8Array.of(0x08, 0x80), 'byte 0: an integer must end before byte 2'],
    ['an endless number', new Uint8Array(20).fill(0xff), 'byte 0: an integer must have at most 10 bytes'],
    [
      'a length beyond the file',
      Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f),
      'byte 0: a field of 34359738367 bytes must end before byte 6',
    ],
    [
      'a length beyond its message',
      Uint8Array.of(0x3a, 2, 0x12, 9, 65, 66),
      'byte 2: a field of 9 bytes must end before byte 4',
    ],
    ['a group', Uint8Array.of(0x0b), 'a wire type of 0, 1, 2 or 5, got 11'],
    ['text that is not UTF-8', Uint8Array.of(0x12, 1, 0xff), 'byte 0: a text must be UTF-8'],
    [
      'a number where a message belongs',
      Uint8Array.of(0x38, 1),
      'byte 0: the field must be stored as bytes, got varint',
    ],
    [
      'an unknown type',
      modelWith((tensor) => tensor.integer(2, 99)),
      'an element type must be from 1 to 23, got 99',
    ],
    [
      'a huge tensor of few bytes',
      modelWith((tensor) => {
        for (const size of [2 ** 40, 2 ** 40]) tensor.integer(1, size);
        tensor.integer(2, float);
        tensor.bytes(9, new Uint8Array(8));
      }),
      'tensor "", float32 [1099511627776,1099511627776]: it must have 4.835703278458517e+24 bytes, got 8',
    ],
    [
      'a huge tensor in typed fields',
      modelWith((tensor) => {
        tensor.integer(1, 2 ** 50);
        tensor.integer(2, ELEMENT_TYPES.int64.number);
        tensor.bytes(7, Uint8Array.of(1, 2, 3));
      }),
      'it must have 1125899906842624 numbers, got 3',
    ],
    ['a negative size', modelWith((tensor) => tensor.integer(1, -1)), 'got -1'],
    [
      'too many axes',
      modelWith((tensor) => tensor.bytes(1, new Uint8Array(65).fill(1))),
      'a shape must have at most 64 sizes',
    ],
    [
      'a number that does not fit',
      modelWith((tensor) => {
        tensor.integer(2, ELEMENT_TYPES.int8.number);
        tensor.integer(5, 128);
      }),
      "a number must fit the tensor's type, got 128",
    ],
    [
      'elements elsewhere without a place',
      modelWith((tensor) => {
        tensor.integer(2, float);
        tensor.integer(14, 1);
      }),
      'its elements must be in the file or have a location',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(readOnnx(bytes, { source: 'm.onnx' })).rejects.toThrow(message);
    await expect(readOnnx(bytes)).rejects.toThrow(RangeError);
  });

  test('a name that occurs twice', async () => {
    const model = new ProtobufWriter();
    model.message(7, (graph) => {
      for (let count = 0; count < 2; count++) {
        graph.message(5, (tensor) => {
          tensor.integer(2, float);
          tensor.string(8, 'w');
          tensor.float(4, 1);
        });
      }
    });
    await expect(readOnnx(model.finish())).rejects.toThrow('must occur once, got "w" twice');
  });

  test('whatever its bytes: mutated, cut or random, it is read or refused, with no more memory than it has bytes', async () => {
    const files = ['types.onnx', 'torch.onnx'].map(fixture);
    const readable = async (bytes: Uint8Array): Promise<boolean> => {
      try {
        const { initializers } = await readOnnx(bytes, {
          constants: true,
          externalData: () => new Uint8Array(100),
        });
        const sizes = [...initializers.values()].map(({ data }) =>
          'byteLength' in data ? data.byteLength : 0,
        );
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(8 * bytes.length);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return false;
      }
    };
    let survived = 0;
    const change = fc.record({ place: fc.nat(), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (file, changes) => {
          const bytes = file.slice();
          for (const { place, byte } of changes) bytes[place % bytes.length] = byte;
          survived += Number(await readable(bytes));
        },
      ),
      { numRuns: 1500 },
    );
    expect(survived, 'a changed weight is no error').toBeGreaterThan(100);
    for (const file of files) {
      for (let length = 0; length < file.length; length += 7) await readable(file.subarray(0, length));
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => void (await readable(bytes))),
      { numRuns: 500 },
    );
  });
});

test('weights that were read make the same model again', async () => {
  const { initializers } = await readOnnx(exportOnnx(program, options).model);
  const restored = Object.fromEntries(
    [...initializers].map(([name, tensor]) => [name, fromOnnxTensor(tensor)]),
  );
  const again = exportOnnx(program, { ...options, parameters: restored });
  expect(again.model).toEqual(exportOnnx(program, options).model);
});
