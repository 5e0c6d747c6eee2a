import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LoadVocabAndMergesOptions, loadVocabAndMerges } from './byte-pair/load-vocab-and-merges.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { loadPretrainedTokenizer } from './pretrained/load-pretrained-tokenizer.ts';
import type { PretrainedTokenizer } from './pretrained/pretrained-tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';

export {
  type CountWordsInFilesOptions,
  countWordsInFiles,
  countWordsInFilesSteps,
} from './word-counts/node/count-words-in-files.ts';
export { FileRunStorage } from './word-counts/node/file-run-storage.ts';
export { fileSource } from './word-counts/node/file-source.ts';

/**
 * Reads a tokenizer.json file.
 *
 * @throws as {@link loadTokenizer}, with the path named; errors of the file system as they are
 */
export async function readTokenizer<V extends string = string>(path: string): Promise<Tokenizer<V>> {
  return loadTokenizer(await readFile(path, 'utf8'), { source: path });
}

/**
 * Writes a tokenizer as a tokenizer.json file; makes the folder if it is missing.
 *
 * The file is written under another name and then renamed, so a reader never sees half of it and a failure leaves what was
 * there before.
 */
export async function writeTokenizer(path: string, tokenizer: Tokenizer): Promise<void> {
  const text = `${JSON.stringify(tokenizer, null, 2)}\n`;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Reads the pair of files GPT-2's tokenizer came in.
 *
 * @throws as {@link loadVocabAndMerges}, with the paths named; errors of the file system as they are
 */
export async function readVocabAndMerges<V extends string = string>(
  vocabPath: string,
  mergesPath: string,
  options: Pick<LoadVocabAndMergesOptions, 'specialTokens'> = {},
): Promise<Tokenizer<V>> {
  const [vocab, merges] = await Promise.all([readFile(vocabPath, 'utf8'), readFile(mergesPath, 'utf8')]);
  return loadVocabAndMerges(vocab, merges, { ...options, sources: [vocabPath, mergesPath] });
}

/**
 * Reads the tokenizer of a folder that a model came in, whichever files it has, with its special tokens and chat templates.
 *
 * @throws as {@link loadPretrainedTokenizer}, with the folder named; errors of the file system other than that a file is missing as they are
 */
export async function readPretrainedTokenizer(directory: string): Promise<PretrainedTokenizer> {
  const readIfThere = async (name: string): Promise<Uint8Array | undefined> => {
    try {
      return await readFile(join(directory, name));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return loadPretrainedTokenizer(readIfThere, { source: directory });
}
