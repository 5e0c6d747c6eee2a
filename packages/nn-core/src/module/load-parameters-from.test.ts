import { type TensorData, tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { Linear } from '../layers/linear.ts';
import { castTensor } from '../tensor-files/convert.ts';
import type { RawTensor } from '../tensor-files/element-type.ts';
import { type TensorSource, tensorSource } from '../tensor-files/tensor-source.ts';
import { loadParametersFrom } from './load-parameters-from.ts';
import { Module } from './module.ts';

class Tied extends Module {
  readonly first = new Linear(2, 2);
  readonly second = this.first;
  readonly head = new Linear(2, 3);
}

const matrix = tensorData(Float32Array.of(1, 2, 3, 4), [2, 2]);
const bias = tensorData(Float32Array.of(5, 6), [2]);
const head = {
  'head.weight': tensorData(new Float32Array(6).fill(7), [3, 2]),
  'head.bias': tensorData(Float32Array.of(1, 2, 3), [3]),
};
const all: Record<string, TensorData | RawTensor> = {
  'first.weight': castTensor(matrix, 'BF16'),
  'first.bias': castTensor(bias, 'F64'),
  ...head,
};

/** A source that notes what is read, and whose tensor of that name cannot be. */
function watched(tensors: typeof all, broken = ''): TensorSource & { readonly names: string[] } {
  const source = tensorSource(tensors);
  const names: string[] = [];
  const read: TensorSource['read'] = async (name, ranges) => {
    names.push(name);
    if (name === broken) throw new RangeError('the disk is gone');
    return source.read(name, ranges);
  };
  return { ...source, read, names };
}

test('halves and doubles go into float32 parameters, tied ones once', async () => {
  const model = new Tied();
  const report = await loadParametersFrom(model, watched(all));
  expect(report).toEqual({ missing: [], unexpected: [], misshaped: [], mistyped: [], conflicting: [] });
  expect(model.second.weight.data).toEqual(matrix.data);
  expect(model.first.bias!.data).toEqual(bias.data);
});

test('files of other names are loaded by renaming', async () => {
  const model = new Tied();
  const named = Object.fromEntries(Object.entries(all).map(([name, each]) => [`model.${name}`, each]));
  const others = { ...named, 'optimizer.step': bias };
  await loadParametersFrom(model, tensorSource(others), {
    rename: { 'model.': '', 'optimizer.': undefined },
  });
  expect(model.first.weight.data).toEqual(matrix.data);
});

test('what does not fit is listed before anything is read; what fits is loaded when not strict', async () => {
  const model = new Tied();
  const before = model.first.weight.data.slice();
  const wrong = {
    ...head,
    'first.weight': { elementType: 'I8', shape: [2, 2], data: new Int8Array(4) },
    'second.weight': tensorData(new Float32Array(6), [2, 3]),
    other: bias,
  } as const;
  const source = watched(wrong);
  await expect(loadParametersFrom(model, source)).rejects.toThrow(
    "loadParametersFrom: memory: tensors must match the model's parameters, got missing: first.bias; unexpected: other; " +
      'misshaped: second.weight (expected float32 [2,2], got float32 [2,3]); ' +
      'mistyped: first.weight (expected float32 [2,2], got int32 [2,2]).',
  );
  expect(source.names).toEqual([]);
  const report = await loadParametersFrom(model, source, { strict: false });
  expect(report.misshaped.map(({ name }) => name)).toEqual(['second.weight']);
  expect(source.names).toEqual(Object.keys(head));
  expect([model.first.weight.data, model.head.bias!.data]).toEqual([before, Float32Array.of(1, 2, 3)]);
});

test('names of one tied parameter must agree', async () => {
  const other = tensorData(Float32Array.of(1, 2, 3, 5), [2, 2]);
  const same = watched({ ...all, 'second.weight': matrix });
  expect((await loadParametersFrom(new Tied(), same)).conflicting).toEqual([]);
  const source = watched({ ...all, 'second.weight': other });
  await expect(loadParametersFrom(new Tied(), source)).rejects.toThrow('got conflicting: second.weight.');
});

test('a read that fails leaves the model alone, unless one tensor at a time was wanted', async () => {
  const model = new Tied();
  const before = model.first.weight.data.slice();
  await expect(loadParametersFrom(model, watched(all, 'head.bias'))).rejects.toThrow('the disk is gone');
  expect(model.first.weight.data).toEqual(before);
  const oneByOne = loadParametersFrom(model, watched(all, 'head.bias'), { atomic: false });
  await expect(oneByOne).rejects.toThrow('the disk is gone');
  expect(model.first.weight.data).toEqual(matrix.data);
});

test('a long list is cut in the message', async () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`n${index}`, bias]));
  await expect(loadParametersFrom(new Tied(), tensorSource({ ...all, ...many }))).rejects.toThrow(
    'unexpected: n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19 and 10 more.',
  );
});
