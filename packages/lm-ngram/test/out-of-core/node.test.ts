import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NgramVocabulary, trainNgramModel, writeArpa } from '../../src/index.ts';
import {
  corpusOfIdFiles,
  type TrainNgramFilesOptions,
  trainNgramFiles,
  writeArpaFile,
} from '../../src/node.ts';
import { arpaOf } from './last-of.ts';
import { startLocalWorker } from './start-local-worker.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-out-of-core-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const lines = ['我 爱 北京', '', '北京\t很 大\r', '  the cat  sat', '我 爱 the cat'];
const sentences = lines.filter(Boolean).map((line) => line.trim().split(/\s+/));

async function arpaOfFiles(
  corpus: Parameters<typeof trainNgramFiles>[0],
  options: TrainNgramFilesOptions,
): Promise<string> {
  for await (const event of trainNgramFiles(corpus, options)) {
    if (event.type === 'training-end' && event.reason === 'finished') return arpaOf(event.ngrams);
  }
  throw new Error('aborted');
}

test('files of text and of ids give the model of their sentences, and leave nothing in the temporary folder', async () => {
  const path = join(folder, 'text.txt');
  await writeFile(path, lines.join('\n'));
  const temporaryDirectory = join(folder, 'temporary');
  const options = { order: 3, temporaryDirectory, workers: 2, startWorker: startLocalWorker };
  const expected = [...writeArpa(trainNgramModel(sentences, { order: 3 }))].join('');
  expect(await arpaOfFiles([path], options)).toBe(expected);
  const characters = [
    ...writeArpa(
      trainNgramModel(
        lines.filter(Boolean).map((line) => [...line.replace('\r', '')]),
        { order: 3 },
      ),
    ),
  ];
  expect(await arpaOfFiles([path], { ...options, unit: 'character' })).toBe(characters.join(''));

  const vocabulary = NgramVocabulary.of(sentences.flat());
  const ids = sentences.flatMap((sentence) => [...vocabulary.encode(sentence), 2]);
  await writeFile(join(folder, 'text.u16'), new Uint8Array(Uint16Array.from(ids).buffer));
  const idFile = await corpusOfIdFiles([join(folder, 'text.u16')], { vocabulary, idBytes: 2 });
  expect(await arpaOfFiles(idFile, options)).toBe(expected);
  expect(await readdir(temporaryDirectory)).toEqual([]);
});

test('a folder keeps the progress; the ARPA file gets its name when it is whole', async () => {
  const path = join(folder, 'again.txt');
  await writeFile(path, lines.join('\n'));
  const directory = join(folder, 'kept');
  const aborted = AbortSignal.abort();
  for await (const event of trainNgramFiles([path], { order: 2, directory, signal: aborted })) {
    expect(event).toEqual({ type: 'training-end', reason: 'aborted' });
  }
  const target = join(folder, 'model.arpa');
  for await (const event of trainNgramFiles([path], { order: 2, directory })) {
    if (event.type === 'training-end' && event.reason === 'finished')
      await writeArpaFile(target, event.ngrams);
  }
  const expected = [...writeArpa(trainNgramModel(sentences, { order: 2 }))].join('');
  expect(await readFile(target, 'utf8')).toBe(expected);
  expect(await arpaOfFiles([path], { order: 2, directory })).toBe(expected);
  await writeFile(path, 'another text');
  await expect(arpaOfFiles([path], { order: 2, directory })).rejects.toThrow(
    'must be of the same corpus and options',
  );
});

test('files that cannot be read are named', async () => {
  await expect(arpaOfFiles([join(folder, 'missing.txt')], { order: 2 })).rejects.toThrow('missing.txt');
  const path = join(folder, 'latin1.txt');
  await writeFile(path, Uint8Array.of(0x61, 0x0a, 0xe9, 0x0a));
  await expect(arpaOfFiles([path], { order: 2 })).rejects.toThrow(
    `${path}, after line 0: the text must be UTF-8.`,
  );
  await writeFile(path, Uint8Array.of(1, 2, 3));
  const vocabulary = NgramVocabulary.of([]);
  await expect(corpusOfIdFiles([path], { vocabulary })).rejects.toThrow(
    'must hold ids of 4 bytes, got 3 bytes.',
  );
});
