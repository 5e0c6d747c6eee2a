import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ShapeError } from '@wordloom/compile';
import { loadTrainingState, readSafetensors, saveTrainingState } from '@wordloom/nn-core/node';
import type { Tokenizer } from '@wordloom/tokenizer';
import { readTokenizer, writeTokenizer } from '@wordloom/tokenizer/node';
import type { Gpt, GptRecipe } from '@wordloom/transformer';
import { loadGpt, saveGpt } from '@wordloom/transformer/node';
import type { TrainingSetup } from '../prepare-training.ts';
import { describeFileError, Failure } from './failure.ts';

const TOKENIZER = 'tokenizer.json';
const STATE = 'training-state.safetensors';
const MODEL_FILES = ['config.json', 'model.safetensors', TOKENIZER, STATE];

/** What the packages throw for files that are not as expected. */
const LOAD_ERRORS = [RangeError, SyntaxError, TypeError, ShapeError];

/** What a training state says about the run it belongs to. */
export interface RunDescription {
  readonly recipe: GptRecipe;
  readonly seed: number;
  /** SHA-256 of the text, in hexadecimal. */
  readonly textHash: string;
}

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A run that stopped, or ended, in a folder. */
export interface SavedRun extends RunDescription {
  readonly step: number;
}

/**
 * Makes the folder, so that a run does not find at its end that it has nowhere to write.
 *
 * @throws {Failure} if it cannot be a folder
 */
export async function makeModelFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw describeFileError(error, folder);
  }
}

export function holdsModel(folder: string): boolean {
  return MODEL_FILES.some((name) => existsSync(join(folder, name)));
}

/**
 * Writes the model, its tokenizer and the state that training goes on from, each file whole or not at all.
 *
 * The state comes first: it holds the weights too, so a run never goes on from files of two different steps.
 */
export async function saveRun(
  folder: string,
  { model, optimizer, tokenizer }: Pick<TrainingSetup, 'model' | 'optimizer' | 'tokenizer'>,
  description: RunDescription,
): Promise<void> {
  try {
    await saveTrainingState(join(folder, STATE), model, optimizer, { run: JSON.stringify(description) });
    await writeTokenizer(join(folder, TOKENIZER), tokenizer);
    await saveGpt(folder, model);
  } catch (error) {
    throw describeFileError(error, folder);
  }
}

/**
 * What the folder's training state says.
 *
 * @throws {Failure} if there is none or it is broken
 */
export async function readSavedRun(folder: string): Promise<SavedRun> {
  const path = join(folder, STATE);
  const { metadata } = await reading(path, () => readSafetensors(path));
  const step = Number(metadata.stepCount);
  try {
    const run = JSON.parse(metadata.run!) as RunDescription;
    if (Number.isInteger(step) && typeof run.textHash === 'string') return { ...run, step };
  } catch {
    // Said below.
  }
  throw new Failure(`${path} is not a training state of the wordloom command.`);
}

/** Loads weights and optimizer of the folder's run. */
export async function restoreRun(
  folder: string,
  { model, optimizer }: Pick<TrainingSetup, 'model' | 'optimizer'>,
): Promise<void> {
  const path = join(folder, STATE);
  await reading(path, () => loadTrainingState(path, model, optimizer));
}

/**
 * Reads a trained model and its tokenizer.
 *
 * @throws {Failure} naming the file that is missing or broken
 */
export async function readModel(folder: string): Promise<{ model: Gpt; tokenizer: Tokenizer }> {
  const info = await stat(folder).catch((error: unknown) => {
    throw describeFileError(error, folder);
  });
  if (!info.isDirectory()) throw new Failure(`${folder} is a file, not the folder of a model.`);
  for (const name of MODEL_FILES.slice(0, 3)) {
    if (!existsSync(join(folder, name))) throw new Failure(`${folder} holds no model: it has no ${name}.`);
  }
  const model = await reading(folder, () => loadGpt(folder));
  const path = join(folder, TOKENIZER);
  const tokenizer = await reading(path, () => readTokenizer(path));
  if (tokenizer.vocabSize > model.config.vocabSize) {
    throw new Failure(
      `${path} has ${tokenizer.vocabSize} tokens, but the model beside it knows ${model.config.vocabSize}.`,
    );
  }
  return { model, tokenizer };
}

/** Errors of files, and of what is in them, are the user's to know. */
async function reading<Value>(path: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    const described = describeFileError(error, path);
    if (described !== error || !LOAD_ERRORS.some((kind) => error instanceof kind)) throw described;
    throw new Failure((error as Error).message);
  }
}
