import { type OpenOptions, openSafetensors } from '../safetensors/open.ts';
import type { FileBytes } from './byte-source.ts';
import type { TensorSource } from './tensor-source.ts';

export type OpenTensorsOptions = OpenOptions;
export async function openTensors(bytes: FileBytes, options: OpenTensorsOptions = {}): Promise<TensorSource> {
  return openSafetensors(bytes, options);
}
