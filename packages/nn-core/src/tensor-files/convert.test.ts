import { readFileSync } from 'node:fs';
import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { decodeRawSafetensors, decodeSafetensors } from '../safetensors/decode.ts';
import { encodeSafetensors } from '../safetensors/encode.ts';
import { castTensor, toTensorData } from './convert.ts';
import { ELEMENT_TYPES, type ElementType, type RawTensor, tensorOfBytes } from './element-type.ts';

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../../fixtures/checkpoints/${name}.safetensors`, import.meta.url));
}

const everyType = decodeRawSafetensors(fixture('every-type'));
const raw = (type: ElementType): RawTensor => everyType.tensors.get(`t.${type}`)!;
const bits = ({ data }: RawTensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

test('every type of the format is read and written without a change, in the order of the format', () => {
  expect([...everyType.tensors.values()].map(({ elementType }) => elementType)).toEqual(ELEMENT_TYPES);
  const shuffled = Object.fromEntries([...everyType.tensors].reverse());
  expect(encodeSafetensors(shuffled, everyType.metadata)).toEqual(new Uint8Array(fixture('every-type')));
  expect(raw('U64').data).toEqual(BigUint64Array.of(0n, 2n ** 64n - 1n, 0n, 1n, 2n, 3n, 4n, 5n));
  expect(raw('I64').data).toEqual(BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n, 2n, 3n, 4n, 5n));
  expect(raw('U16').data).toEqual(Uint16Array.of(0, 65535, 0, 1, 2, 3, 4, 5));
});

test('floats become float32, by hand for eight bits', () => {
  const values = (type: ElementType) => toTensorData(raw(type));
  const common = [0, -0, 1, -2.5, Infinity, -Infinity];
  for (const [type, ...rest] of [
    ['F64', Math.fround(3e-5), 65504],
    ['F32', Math.fround(3e-5), 65504],
    ['BF16', 252 * 2 ** -23, 65536],
    ['F16', 503 * 2 ** -24, 65504],
    ['F8_E5M2', 2 ** -16, 57344],
  ] as const) {
    expect(values(type), type).toEqual(tensorData(Float32Array.of(...common, ...rest), [2, 4]));
  }
  const e4m3 = Float32Array.of(0, -0, 1, -2.5, 448, -448, 2 ** -9, 2 ** -6);
  expect(values('F8_E4M3')).toEqual(tensorData(e4m3, [2, 4]));
  const noNumbers = tensorOfBytes('F8_E4M3', [2], Uint8Array.of(0x7f, 0xff));
  expect([...toTensorData(noNumbers).data]).toEqual([NaN, NaN]);
});

test('integers become int32 where they fit, bytes above 1 are true', () => {
  expect(toTensorData(raw('I8')).data).toEqual(Int32Array.of(-128, 127, 0, 1, 2, 3, 4, 5));
  expect(toTensorData(raw('U16')).data).toEqual(Int32Array.of(0, 65535, 0, 1, 2, 3, 4, 5));
  for (const [type, index, value] of [
    ['U32', 1, '4294967295'],
    ['I64', 0, '-9223372036854775808'],
    ['U64', 1, '18446744073709551615'],
  ] as const) {
    expect(() => toTensorData(raw(type))).toThrow(
      `toTensorData: element ${index} must fit int32, got ${value}. Read the raw tensor.`,
    );
  }
  expect(() => decodeSafetensors(fixture('every-type'), 'x')).toThrow(
    /^decodeSafetensors: x, byte \d+: tensor "t.U64": element 1 must fit int32/,
  );
  const negative: RawTensor = { elementType: 'I64', shape: [2], data: BigInt64Array.of(-1n, -(2n ** 31n)) };
  expect(toTensorData(negative).data).toEqual(Int32Array.of(-1, -(2 ** 31)));
  expect(toTensorData(tensorOfBytes('BOOL', [3], Uint8Array.of(0, 1, 7)))).toEqual(
    tensorData(Uint8Array.of(0, 1, 1), [3]),
  );
});

test('casts to halves round as PyTorch does', () => {
  const goldens = decodeRawSafetensors(fixture('float-casts')).tensors;
  const floats = goldens.get('F32')!;
  for (const type of ['F16', 'BF16'] as const) {
    const cast = castTensor(floats, type);
    const differing: number[] = [];
    for (const [index, expected] of (goldens.get(type)!.data as Uint16Array).entries()) {
      const bothNaN = Number.isNaN(floats.data[index]) && Number.isNaN(toTensorData(cast).data[index]);
      if (cast.data[index] !== expected && !bothNaN) differing.push(floats.data[index] as number);
    }
    expect(differing, type).toEqual([]);
  }
});

test('all halves survive float32 and come back', () => {
  const all: RawTensor = {
    elementType: 'F16',
    shape: [65536],
    data: Uint16Array.from({ length: 65536 }, (_, i) => i),
  };
  const isNumber = (half: number): boolean => (half & 0x7fff) <= 0x7c00;
  const numbers = all.data.filter(isNumber);
  expect((castTensor(toTensorData(all), 'F16').data as Uint16Array).filter(isNumber)).toEqual(numbers);
  const again = castTensor(toTensorData({ ...all, elementType: 'BF16' }), 'BF16').data as Uint16Array;
  expect(again.filter((_, half) => (half & 0x7fff) <= 0x7f80)).toEqual(
    all.data.filter((half) => (half & 0x7fff) <= 0x7f80),
  );
});

test('casts keep what is of the type already and refuse what is no float', () => {
  expect(castTensor(raw('F64'), 'F64')).toEqual(raw('F64'));
  expect(bits(castTensor(raw('F16'), 'F16'))).toEqual(bits(raw('F16')));
  expect(castTensor(tensorData(Float32Array.of(0.1), [1]), 'F64').data).toEqual(
    Float64Array.of(Math.fround(0.1)),
  );
  expect(() => castTensor(raw('I64'), 'F16')).toThrow('castTensor: tensor must hold floats, got I64.');
});
