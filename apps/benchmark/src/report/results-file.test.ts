import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordOf } from './record.ts';
import { type ResultsDocument, writeResults } from './results-file.ts';

const machine = {
  processor: 'p',
  vectors: null,
  cores: 2,
  memoryGibibytes: 8,
  system: 's',
  loadAverage: 1 / 3,
};
const record = recordOf({ suite: 's', case: 'c', metric: 'm', unit: 'ms' }, 12.34567891);
const document: ResultsDocument = {
  machine,
  versions: { Node: '20.20.2' },
  commit: null,
  date: '2026-01-01T00:00:00.000Z',
  notes: [],
  records: [record],
};

describe('writeResults', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'results-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes the folder, replaces an older file, rounds to six digits and leaves nothing else behind', async () => {
    const path = join(folder, 'results', 'train-gpt.json');
    await writeResults(path, { ...document, notes: ['older'] });
    await writeResults(path, document);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      ...document,
      machine: { ...machine, loadAverage: 0.333333 },
      records: [{ ...record, value: 12.3457 }],
    });
    expect(await readdir(join(folder, 'results'))).toEqual(['train-gpt.json']);
  });

  it('removes its temporary file when it fails', async () => {
    const path = join(folder, 'taken');
    await writeResults(join(path, 'x.json'), document); // "taken" is a folder now, no file can replace it
    await expect(writeResults(path, document)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });
});
