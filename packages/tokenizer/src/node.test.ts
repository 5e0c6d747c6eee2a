import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trainBytePair } from './index.ts';
import { readTokenizer, readVocabAndMerges, writeTokenizer } from './node.ts';

const tokenizer = trainBytePair('low lower lowest', { vocabSize: 260 });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-tokenizer-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a tokenizer is read as it was written, in a folder made for it, and nothing else is left there', async () => {
  const path = join(folder, 'model', 'tokenizer.json');
  await writeTokenizer(path, tokenizer);
  await writeTokenizer(path, tokenizer);
  expect((await readTokenizer(path)).toJSON()).toEqual(tokenizer.toJSON());
  expect(await readdir(join(folder, 'model'))).toEqual(['tokenizer.json']);
});

test('a write that fails leaves no file behind', async () => {
  await expect(writeTokenizer(folder, tokenizer)).rejects.toThrow('EISDIR');
  expect(await readdir(folder)).toEqual([]);
  expect((await readdir(join(folder, '..'))).filter((name) => name.startsWith(`${folder}.`))).toEqual([]);
});

test('a broken file is named', async () => {
  const path = join(folder, 'tokenizer.json');
  await writeFile(path, '{"model": {}}');
  await expect(readTokenizer(path)).rejects.toThrow(
    `loadTokenizer: ${path}: model must be one that is supported`,
  );
  await expect(readTokenizer(join(folder, 'none.json'))).rejects.toThrow('ENOENT');
});

test('vocab.json and merges.txt are read', async () => {
  const { vocab, merges } = tokenizer.toJSON().model as unknown as { vocab: object; merges: string[][] };
  const [vocabPath, mergesPath] = [join(folder, 'vocab.json'), join(folder, 'merges.txt')];
  await writeFile(vocabPath, JSON.stringify(vocab));
  await writeFile(mergesPath, merges.map((merge) => merge.join(' ')).join('\n'));
  expect((await readVocabAndMerges(vocabPath, mergesPath)).toJSON()).toEqual(tokenizer.toJSON());
  await writeFile(mergesPath, 'x');
  await expect(readVocabAndMerges(vocabPath, mergesPath)).rejects.toThrow(
    `${mergesPath}: line 1 must be two tokens`,
  );
  expect(await readFile(vocabPath, 'utf8')).toContain('"low"');
});
