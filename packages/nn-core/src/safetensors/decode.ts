import type { TensorData } from '@wordloom/compile';
import { plainBytes } from '../tensor-files/byte-source.ts';
import { convertTensor } from '../tensor-files/convert.ts';
import { type RawTensor, tensorOfBytes } from '../tensor-files/element-type.ts';
import { quote } from '../tensor-files/unique-json.ts';
import { headerLengthOf, PREFIX_BYTES, parseHeader, refuseFor } from './header.ts';

/** The contents of a safetensors file. */
export interface Safetensors {
  /** By name, in file order. */
  readonly tensors: Map<string, TensorData>;
  /** The free strings of the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The contents of a safetensors file, with the elements as the file stores them. */
export interface RawSafetensors {
  /** By name, in file order. */
  readonly tensors: Map<string, RawTensor>;
  /** The free strings of the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the safetensors format, for models: floats of any size become float32, integers int32.
 *
 * F32, I32 and BOOL tensors are views of `file` where they are aligned, and then keep all of it alive.
 *
 * @param file   all of its bytes
 * @param source what errors call it, such as its path
 * @throws {RangeError} naming the source, the byte and the tensor, if the file is not exactly as the format says, or if an
 * integer does not fit int32
 * @see https://huggingface.co/docs/safetensors
 * @example
 * const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()), response.url);
 * tensors.get('wte.weight')?.shape; // [50257, 768]
 */
export function decodeSafetensors(file: Uint8Array, source = 'safetensors'): Safetensors {
  const bytes = plainBytes(file);
  const refuse = refuseFor('decodeSafetensors', source);
  const { entries, metadata } = headerOf(bytes, refuse);
  const tensors = new Map<string, TensorData>();
  for (const { name, elementType, shape, begin, end } of entries) {
    const raw = tensorOfBytes(elementType, shape, bytes.subarray(begin, end));
    const data = convertTensor(raw, (problem) => refuse(begin, `tensor ${quote(name)}: ${problem}`));
    tensors.set(name, data);
  }
  return { tensors, metadata };
}

/**
 * Reads the safetensors format without a change to any element: views of `file` where they are aligned, copies elsewhere.
 *
 * @param file   all of its bytes
 * @param source what errors call it, such as its path
 * @throws {RangeError} naming the source, the byte and the tensor, if the file is not exactly as the format says
 */
export function decodeRawSafetensors(file: Uint8Array, source = 'safetensors'): RawSafetensors {
  const bytes = plainBytes(file);
  const { entries, metadata } = headerOf(bytes, refuseFor('decodeRawSafetensors', source));
  const tensors = new Map<string, RawTensor>();
  for (const { name, elementType, shape, begin, end } of entries) {
    tensors.set(name, tensorOfBytes(elementType, shape, bytes.subarray(begin, end)));
  }
  return { tensors, metadata };
}

function headerOf(bytes: Uint8Array, refuse: ReturnType<typeof refuseFor>): ReturnType<typeof parseHeader> {
  const length = headerLengthOf(bytes.subarray(0, PREFIX_BYTES), bytes.length, refuse);
  return parseHeader(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length), bytes.length, refuse);
}
