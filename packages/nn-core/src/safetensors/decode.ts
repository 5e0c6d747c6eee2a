import type { TensorData } from '@wordloom/compile';
import { type Header, headerLengthOf, PREFIX_BYTES, parseHeader, refusal } from './header.ts';

/** The contents of a safetensors file. */
export interface Safetensors {
  /** By name, in file order. */
  readonly tensors: Map<string, TensorData>;
  /** The free strings of the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the safetensors format.
 *
 * F32, I32 and BOOL tensors are views of `bytes` where they are aligned, and then keep all of it alive. F16, BF16 and
 * F64 become float32; I64, I16, I8 and U8 become int32.
 *
 * @param bytes  a whole file
 * @param source what errors call it, such as its path
 * @throws {RangeError} naming the source, the byte and the tensor, if the file is not exactly as the format says
 * @see https://huggingface.co/docs/safetensors
 * @example
 * const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()), response.url);
 * tensors.get('wte.weight')?.shape; // [50257, 768]
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'safetensors'): Safetensors {
  const length = headerLengthOf(bytes.subarray(0, PREFIX_BYTES), bytes.length, source);
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length), bytes.length, source);
  return readTensors(bytes, header, source);
}

/** The tensors of a file whose header is known. */
export function readTensors(bytes: Uint8Array, { entries, metadata }: Header, source: string): Safetensors {
  const tensors = new Map<string, TensorData>();
  for (const { name, elementType, shape, begin, end } of entries) {
    try {
      const data = elementType.read(bytes.subarray(begin, end));
      tensors.set(name, { dtype: elementType.dtype, shape, data });
    } catch (error) {
      throw refusal(source, begin, `tensor ${JSON.stringify(name)}: ${(error as Error).message}`);
    }
  }
  return { tensors, metadata };
}
