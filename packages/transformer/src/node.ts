import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAllAtomically } from '@wordloom/nn-core/node';
import { decodeGptCheckpoint, encodeGptCheckpoint } from './checkpoint/gpt-checkpoint.ts';
import type { Gpt } from './gpt/gpt.ts';

/**
 * Writes `config.json` and `model.safetensors` into a folder, in the Hugging Face layout. The folder is made if
 * needed. Both files are complete under temporary names before either takes its place.
 *
 * @example
 * await saveGpt('my-model', model);
 */
export async function saveGpt(folder: string, model: Gpt): Promise<void> {
  const { config, weights } = encodeGptCheckpoint(model);
  await mkdir(folder, { recursive: true });
  await writeAllAtomically([
    { path: join(folder, 'config.json'), write: (file) => file.writeFile(config) },
    { path: join(folder, 'model.safetensors'), write: (file) => file.writeFile(weights) },
  ]);
}

/**
 * Reads a folder with `config.json` and `model.safetensors` of a GPT-2: one of ours, or Hugging Face's.
 *
 * @throws {Error} with the system's code, such as ENOENT, if a file cannot be read
 * @throws {RangeError | SyntaxError} naming the file and the field, byte or tensor that is not as expected
 */
export async function loadGpt(folder: string): Promise<Gpt> {
  const [config, weights] = await Promise.all([
    readFile(join(folder, 'config.json'), 'utf8'),
    readFile(join(folder, 'model.safetensors')),
  ]);
  return decodeGptCheckpoint({ config, weights }, folder);
}
