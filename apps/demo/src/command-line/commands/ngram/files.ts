import { stat } from 'node:fs/promises';
import type { NgramModel, StoredNgrams } from '@wordloom/lm-ngram';
import { readModelFile, writeModelFile } from '@wordloom/lm-ngram/node';
import { describeFileError, Failure } from '../../failure.ts';
import { readTexts } from '../../read-texts.ts';

/** What the words of a text are. */
export const unitOption = {
  kind: 'choice',
  choices: ['word', 'character'],
  description: 'what stands between blanks, or every character (default: word)',
} as const;

export type Unit = (typeof unitOption.choices)[number];

/** Sentences are the lines that are not empty. */
export function sentencesOf(text: string, unit: Unit = 'word'): string[][] {
  return text
    .split(/\r?\n/)
    .map((line) => (unit === 'word' ? line.split(/[ \t]+/).filter(Boolean) : [...line]))
    .filter((words) => words.length > 0);
}

/** @throws {Failure} naming the file, if one cannot be read, is empty or is not UTF-8 */
export async function readSentences(paths: readonly string[], unit: Unit = 'word'): Promise<string[][]> {
  return sentencesOf(await readTexts(paths), unit);
}

/** @throws {Failure} naming the file, if it cannot be read or is no model */
export async function readNgramModel(path: string): Promise<NgramModel> {
  try {
    return await readModelFile(path);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(error.message.replace(/^\w+: /, ''));
    throw describeFileError(error, path);
  }
}

/**
 * Writes a model and says how large it is.
 *
 * @returns bytes
 * @throws {Failure} naming the file, if it cannot be written
 */
export async function writeNgramModel(path: string, model: NgramModel | StoredNgrams): Promise<number> {
  try {
    await writeModelFile(path, model);
    return (await stat(path)).size;
  } catch (error) {
    throw describeFileError(error, path);
  }
}

/** `12 345`, and bytes as `1.2 MB`. */
export const formatNumber = (value: number): string => value.toLocaleString('en');

export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
