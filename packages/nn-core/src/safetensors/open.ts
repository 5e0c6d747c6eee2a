import { byteSource, type FileBytes } from '../tensor-files/byte-source.ts';
import { fileView, type TensorSource, viewsAsSource } from '../tensor-files/tensor-source.ts';
import { headerLengthOf, PREFIX_BYTES, parseHeader, refuseFor } from './header.ts';

/** Options of {@link openSafetensors}. */
export interface OpenSafetensorsOptions {
  /** What errors call the file, such as its path or address. */
  readonly source?: string;
}

/**
 * Opens a safetensors file of any size: its header is read and checked now, a tensor, or a part of one, when it is asked for.
 *
 * @throws {RangeError} naming the source, the byte and the tensor, if the file is not exactly as the format says
 * @example
 * const source = await openSafetensors(input.files[0]);
 * const rows = await source.read('wte.weight', [[0, 100]]); // no other byte is read
 */
export async function openSafetensors(
  bytes: FileBytes,
  { source = 'safetensors' }: OpenSafetensorsOptions = {},
): Promise<TensorSource> {
  const file = byteSource(bytes, `openSafetensors: ${source}`);
  const refuse = refuseFor('openSafetensors', source);
  const prefix = await file.read(0, Math.min(PREFIX_BYTES, file.size));
  const dataStart = PREFIX_BYTES + headerLengthOf(prefix, file.size, refuse);
  const header = await file.read(PREFIX_BYTES, dataStart);
  const { entries, metadata } = parseHeader(header, file.size, refuse);
  const views = new Map(entries.map((entry) => [entry.name, fileView(file, entry)]));
  return viewsAsSource(views, { source, metadata });
}
