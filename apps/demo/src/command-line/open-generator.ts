import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeRuntime } from '@wordloom/compile/node';
import type { TokenGenerator } from '@wordloom/nn-core';
import { languageModelGenerator } from '@wordloom/rnn';
import type { Tokenizer } from '@wordloom/tokenizer';
import { createGenerator } from '@wordloom/transformer';
import { Failure } from './failure.ts';
import { readModel } from './model-folder.ts';
import { readRecurrentModel } from './recurrent-model.ts';

/** A language model that continues texts. */
export interface OpenGenerator {
  readonly generator: TokenGenerator;
  readonly tokenizer: Tokenizer;
}

/**
 * Opens the folder of a language model, a GPT or a recurrent one.
 *
 * @throws {Failure} naming the file that is missing, broken or of another kind
 */
export async function openGenerator(folder: string, threads: number): Promise<OpenGenerator> {
  if (!(await isRecurrent(folder))) {
    const { model, tokenizer } = await readModel(folder);
    return { generator: createGenerator(model, { runtime: await nodeRuntime({ threads }) }), tokenizer };
  }
  const { type, model, tokenizer } = await readRecurrentModel(folder);
  if (type !== 'recurrent-language-model') {
    throw new Failure(`${folder} holds a ${type}, which continues no text.`);
  }
  return { generator: languageModelGenerator(model, { runtime: await nodeRuntime({ threads }) }), tokenizer };
}

/** What is missing or broken is said when the model is read. */
async function isRecurrent(folder: string): Promise<boolean> {
  try {
    const { model_type: type } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as {
      readonly model_type?: string;
    };
    return ['recurrent-language-model', 'sequence-classifier', 'seq2seq'].includes(type ?? '');
  } catch {
    return false;
  }
}
