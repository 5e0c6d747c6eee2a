import { bytesOfTensor, elementSize } from '../tensor-files/element-type.ts';
import {
  type TensorEntry,
  type TensorSource,
  type Tensors,
  tensorSource,
} from '../tensor-files/tensor-source.ts';
import { planSafetensors } from './layout.ts';

/** Tensors are read and written in parts of about this many bytes. */
const PART_BYTES = 2 ** 24;

/**
 * The bytes of a safetensors file, piece by piece: a checkpoint that does not fit into memory goes from one file into another.
 *
 * @param tensors  arrays, or a source whose tensors are read when their turn comes
 * @param metadata free strings kept in the header; default the source's
 * @throws {ShapeError} if a tensor's data does not fit its shape or type @throws {RangeError} if a name is reserved
 * @example
 * const writable = await handle.createWritable();
 * for await (const bytes of streamSafetensors(modelData(model))) await writable.write(bytes);
 * await writable.close();
 */
export async function* streamSafetensors(
  tensors: Tensors,
  metadata?: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array, void, void> {
  const source = tensorSource(tensors);
  const { head, names } = planSafetensors(source.tensors, metadata ?? source.metadata, 'streamSafetensors');
  yield head;
  for (const name of names) yield* partsOf(source, name);
}

async function* partsOf(source: TensorSource, name: string): AsyncGenerator<Uint8Array, void, void> {
  const entry = source.tensors.get(name)!;
  const [rows = 1] = entry.shape;
  const rowsAtOnce = Math.max(1, Math.floor((PART_BYTES * rows) / byteCount(entry)));
  for (let row = 0; row < rows; row += rowsAtOnce) {
    const whole = rowsAtOnce >= rows;
    const part = await source.readRaw(name, whole ? [] : [[row, Math.min(row + rowsAtOnce, rows)]]);
    yield bytesOfTensor(part);
  }
}

/** Bytes that a tensor takes in a file. */
export function byteCount({ elementType, shape }: TensorEntry): number {
  return shape.reduce((product, length) => product * length, elementSize(elementType));
}
