import { isZip, type OpenTorchFileOptions, openTorchFile } from '../pytorch/open-torch-file.ts';
import { openSafetensors } from '../safetensors/open.ts';
import { byteSource, type FileBytes } from './byte-source.ts';
import type { TensorSource } from './tensor-source.ts';

/** Options of {@link openTensors}: those for PyTorch files count for those alone. */
export type OpenTensorsOptions = OpenTorchFileOptions;

/**
 * Opens a safetensors or a PyTorch file, whichever it is: see {@link openSafetensors} and {@link openTorchFile}.
 *
 * @throws {RangeError} naming the source, the byte and what was expected, if the file is not exactly as its format says
 * @example
 * const source = await openTensors(input.files[0]);
 * await loadParametersFrom(model, source);
 */
export async function openTensors(bytes: FileBytes, options: OpenTensorsOptions = {}): Promise<TensorSource> {
  const file = byteSource(bytes, `openTensors: ${options.source ?? 'file'}`);
  const beginning = await file.read(0, Math.min(8, file.size));
  // A safetensors file begins with a length below 2³², in eight bytes.
  const isPyTorch =
    isZip(beginning) || (beginning[0] === 0x80 && beginning.subarray(4).some((byte) => byte !== 0));
  return isPyTorch ? openTorchFile(bytes, options) : openSafetensors(bytes, options);
}
