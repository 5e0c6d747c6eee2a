import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAllAtomically } from '@wordloom/nn-core/node';
import { decodeModelCheckpoint, encodeModelCheckpoint } from './checkpoint/model-checkpoint.ts';

/**
 * Writes `config.json` and `model.safetensors` of a model into a folder, which is made if needed. Both are complete under temporary names before
 * either takes its place.
 *
 * @param extra what to keep in `config.json` along with the model, as JSON can say it
 * @example
 * await saveModel('my-model', model, { labels: ['negative', 'positive'] });
 */
export async function saveModel(
  folder: string,
  model: Parameters<typeof encodeModelCheckpoint>[0],
  extra: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { config, weights } = encodeModelCheckpoint(model, extra);
  await mkdir(folder, { recursive: true });
  await writeAllAtomically([
    { path: join(folder, 'config.json'), write: (file) => file.writeFile(config) },
    { path: join(folder, 'model.safetensors'), write: (file) => file.writeFile(weights) },
  ]);
}

/**
 * Reads what {@link saveModel} wrote.
 *
 * @throws {Error} with the system's code, such as ENOENT, if a file cannot be read
 * @throws {RangeError | SyntaxError | ShapeError} naming the file, and the field or tensor that is not as expected
 */
export async function loadModel(folder: string): Promise<ReturnType<typeof decodeModelCheckpoint>> {
  const [config, weights] = await Promise.all([
    readFile(join(folder, 'config.json'), 'utf8'),
    readFile(join(folder, 'model.safetensors')),
  ]);
  return decodeModelCheckpoint({ config, weights }, folder);
}
