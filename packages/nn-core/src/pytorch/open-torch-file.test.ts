import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { storedZip, writePickle } from '../../test/torch-archive.ts';
import { decodeRawSafetensors } from '../safetensors/decode.ts';
import { bytesOfTensor } from '../tensor-files/element-type.ts';
import { openTensors } from '../tensor-files/open-tensors.ts';
import { openTorchFile } from './open-torch-file.ts';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/checkpoints/${name}`, import.meta.url)));
}

const open = (bytes: Uint8Array) => openTorchFile(bytes, { source: 'x.bin' });

test.each([
  ['state-dict.bin', 'state-dict'],
  ['protocol-3.bin', 'state-dict'],
  ['protocol-4.bin', 'state-dict'],
  ['big-endian.bin', 'state-dict'],
  ['zip64.bin', 'state-dict'],
  ['training.bin', 'training'],
])("the tensors of %s are PyTorch's, element for element", async (name, golden) => {
  const bytes = fixture(name);
  const expected = decodeRawSafetensors(fixture(`${golden}.safetensors`)).tensors;
  const whole = await openTensors(Buffer.from(bytes));
  const blob = await openTensors(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  expect([...whole.tensors.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [tensorName, tensor] of expected) {
    expect(whole.tensors.get(tensorName), tensorName).toMatchObject({
      elementType: tensor.elementType,
      shape: tensor.shape,
    });
    expect(bytesOfTensor(await whole.readRaw(tensorName)), tensorName).toEqual(bytesOfTensor(tensor));
    expect(bytesOfTensor(await blob.readRaw(tensorName)), tensorName).toEqual(bytesOfTensor(tensor));
  }
});

test('opening reads no storage, reading a view only its part', async () => {
  const bytes = fixture('state-dict.bin');
  const asked: [number, number][] = [];
  const read = async (begin: number, end: number) => {
    asked.push([begin, end]);
    return bytes.subarray(begin, end);
  };
  const source = await openTorchFile({ size: bytes.length, read });
  asked.length = 0;
  await source.readRaw('view.transposed');
  const [begin, end] = asked.at(-1)!;
  expect([end - begin, asked.length]).toEqual([96, 2]); // after the entry's own header
  await source.readRaw('view.rows', [[1, 2]]);
  expect(asked.slice(2)).toEqual([[begin + 48, begin + 72]]);
});

test('what is no tensor is metadata, as text', async () => {
  const { metadata } = await openTorchFile(fixture('training.bin'));
  expect(metadata).toMatchObject({
    step: '3',
    'best.loss': '1.25',
    'best.file': 'best.pt',
    'best.tokens': '1099511627776',
    'best.wide': '-1180591620717411303424',
    done: 'false',
    'shape.1': '3',
    'marks.0': '7',
    'list.1.1': 'x',
    'optimizer.param_groups.0.betas.1': '0.999',
    format: 'pt',
  });
  for (const name of ['nothing', 'device', 'bytes']) expect(metadata).not.toHaveProperty(name);
});

/** A tensor `w` of four bytes, as newer versions write those of newer types. */
const newerTensor = (dtype: string, offset: number) =>
  storedZip({
    'a/data.pkl': writePickle(
      '}U\x01wctorch._utils\n_rebuild_tensor_v3\n(',
      '(U\x07storagectorch.storage\nUntypedStorage\nU\x010U\x03cpuK\x04tQ', // the storage
      `K${String.fromCharCode(offset)}K\x02\x85K\x01\x85\x89ccollections\nOrderedDict\n)R`, // offset, shape, strides, …
      `ctorch\n${dtype}\ntRs`,
    ),
    'a/data/0': Uint8Array.of(0x38, 0x39, 0x3a, 0x3b),
  });

test('newer types come as bytes, and their tensors say what they are', async () => {
  const source = await open(newerTensor('float8_e4m3fn', 1));
  expect(await source.readRaw('w')).toEqual({
    elementType: 'F8_E4M3',
    shape: [2],
    data: Uint8Array.of(0x39, 0x3a),
  });
  expect((await (await open(newerTensor('uint16', 0))).read('w')).data).toEqual(
    Int32Array.of(0x3938, 0x3b3a),
  );
});

test.each([
  [
    'a tensor outside its storage',
    newerTensor('uint16', 1),
    'must be inside storage "0" of 4 bytes, got U16 [2] from 1',
  ],
  [
    'a type that is unknown',
    newerTensor('complex64', 0),
    'global "torch.complex64" is none that a state dict needs',
  ],
  [
    'a program',
    fixture('torchscript.bin'),
    'byte 0: the file must hold a state dict, it holds a TorchScript program.',
  ],
  [
    'an old file',
    fixture('legacy.bin'),
    'in the format of an older version. Load it in PyTorch and save it again',
  ],
  ['compressed entries', fixture('deflated.bin'), 'entry "state-dict/data.pkl" must not be compressed.'],
  [
    'text',
    new TextEncoder().encode('PK no archive'),
    'byte 0: the file must be a ZIP archive as PyTorch 1.6',
  ],
  ['nothing', new Uint8Array(0), 'byte 0: the file must be a ZIP archive'],
])('%s is refused with advice', async (_, bytes, message) => {
  await expect(open(bytes)).rejects.toThrow(RangeError);
  await expect(open(bytes)).rejects.toThrow('openTorchFile: x.bin, byte ');
  await expect(open(bytes)).rejects.toThrow(message);
});

const hostile = JSON.parse(new TextDecoder().decode(fixture('hostile-pickles.json'))) as Record<
  string,
  string
>;

test.each(Object.entries(hostile))('%s: a pickle that Python would run is refused', async (name, base64) => {
  const file = storedZip({ 'a/data.pkl': new Uint8Array(Buffer.from(base64, 'base64')) });
  const expected = /^(lists|tuples|dict)/.test(name)
    ? /(names must not take far more than the pickle|must be at most 32 deep)/
    : name.startsWith('long names')
      ? /names must not take far more/
      : /global "(posix\.system|(__builtin__|builtins)\.(eval|exec|getattr)|(subprocess|commands)\.Popen|operator\.attrgetter|torch\.serialization\.load|numpy\.core\.multiarray\.scalar|types\.SimpleNamespace|copyreg\._reconstructor)" is none that a state dict needs, and is not run/;
  await expect(open(file)).rejects.toThrow(expected);
});
