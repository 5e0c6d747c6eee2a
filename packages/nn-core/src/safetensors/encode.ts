import { type DType, ShapeError, type TensorData } from '@wordloom/compile';
import { METADATA_KEY, PREFIX_BYTES } from './header.ts';

/** The format's name and element size of each type, in the order the reference implementation lays them out. */
const STORED: Readonly<
  Record<DType, { readonly name: string; readonly size: number; readonly rank: number }>
> = {
  float32: { name: 'F32', size: 4, rank: 0 },
  int32: { name: 'I32', size: 4, rank: 1 },
  bool: { name: 'BOOL', size: 1, rank: 2 },
};

/**
 * Writes the safetensors format, byte for byte as Hugging Face's implementation does: tensors by type and name, the
 * header padded with spaces so that the data is aligned to eight bytes.
 *
 * @param tensors  by name; copied
 * @param metadata free strings kept in the header
 * @throws {ShapeError} if a tensor's data does not fit its shape or type @throws {RangeError} if a name is reserved
 * @see https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorData>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = Object.entries(tensors).sort(
    ([a, { dtype: typeA }], [b, { dtype: typeB }]) =>
      STORED[typeA].rank - STORED[typeB].rank || (a < b ? -1 : 1),
  );
  const fields: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) fields.push([METADATA_KEY, metadata]);
  let dataSize = 0;
  for (const [name, tensor] of sorted) {
    requireStorable(name, tensor);
    const end = dataSize + tensor.data.byteLength;
    fields.push([
      name,
      { dtype: STORED[tensor.dtype].name, shape: tensor.shape, data_offsets: [dataSize, end] },
    ]);
    dataSize = end;
  }
  const json = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
  const header = new TextEncoder().encode(`{${json}}`);
  const headerSize = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX_BYTES + headerSize + dataSize);
  new DataView(bytes.buffer).setUint32(0, headerSize, true);
  bytes.set(header, PREFIX_BYTES);
  bytes.fill(0x20, PREFIX_BYTES + header.length, PREFIX_BYTES + headerSize); // spaces
  let offset = PREFIX_BYTES + headerSize;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

function requireStorable(name: string, { dtype, shape, data }: TensorData): void {
  if (name === METADATA_KEY) {
    throw new RangeError(
      `encodeSafetensors: tensors must not be named ${METADATA_KEY}, the format reserves it.`,
    );
  }
  const byteCount = shape.reduce((product, length) => product * length, STORED[dtype].size);
  if (byteCount !== data.byteLength) {
    throw new ShapeError(
      `encodeSafetensors: tensors['${name}'] must take ${byteCount} bytes for ${dtype} [${shape}], got ${data.byteLength}.`,
    );
  }
}
