import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ShapeError } from '@wordloom/compile';
import { loadModel } from '@wordloom/rnn/node';
import type { Tokenizer } from '@wordloom/tokenizer';
import { readTokenizer } from '@wordloom/tokenizer/node';
import { describeFileError, Failure } from './failure.ts';

/** A recurrent model of a folder, and its tokenizer. */
export type RecurrentModel = Awaited<ReturnType<typeof loadModel>> & { readonly tokenizer: Tokenizer };

/** What the packages throw for files that are not as expected. */
const LOAD_ERRORS = [RangeError, SyntaxError, TypeError, ShapeError];

/**
 * Reads what `train` left for a recipe of a recurrent model.
 *
 * @throws {Failure} naming the file that is missing, broken or of another kind
 */
export async function readRecurrentModel(folder: string): Promise<RecurrentModel> {
  const info = await stat(folder).catch((error: unknown) => {
    throw describeFileError(error, folder);
  });
  if (!info.isDirectory()) throw new Failure(`${folder} is a file, not the folder of a model.`);
  try {
    const [model, tokenizer] = [await loadModel(folder), await readTokenizer(join(folder, 'tokenizer.json'))];
    return { ...model, tokenizer };
  } catch (error) {
    const { path = folder } = error as { readonly path?: string };
    const described = describeFileError(error, path);
    if (described !== error || !LOAD_ERRORS.some((kind) => error instanceof kind)) throw described;
    throw new Failure((error as Error).message);
  }
}
