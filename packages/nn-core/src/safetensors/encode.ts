import type { TensorData } from '@wordloom/compile';
import { bytesOfTensor, type RawTensor, toRawTensor } from '../tensor-files/element-type.ts';
import { planSafetensors } from './layout.ts';

/**
 * Writes the safetensors format, byte for byte as Hugging Face's implementation does. A model's tensors become F32, I32 and
 * BOOL; raw ones stay what they are ({@link castTensor} makes halves).
 *
 * @param tensors  by name; copied
 * @param metadata free strings kept in the header
 * @throws {ShapeError} if a tensor's data does not fit its shape or type @throws {RangeError} if a name is reserved
 * @see https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorData | RawTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const raw = new Map<string, RawTensor>();
  for (const [name, tensor] of Object.entries(tensors)) {
    raw.set(name, toRawTensor(tensor, `encodeSafetensors: tensors['${name}']`));
  }
  const { head, names, fileSize } = planSafetensors(raw, metadata, 'encodeSafetensors');
  const bytes = new Uint8Array(fileSize);
  bytes.set(head);
  let offset = head.length;
  for (const name of names) {
    const part = bytesOfTensor(raw.get(name)!);
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
