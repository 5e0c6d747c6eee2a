import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileLines } from '../src/node.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-lines-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

test('lines of files, packed or not, are read in order, as often as asked', async () => {
  const long = '长'.repeat(100_000); // characters across the ends of what is read at once
  await writeFile(join(folder, 'a.txt'), `one\n\n${long}\nlast`);
  await writeFile(join(folder, 'b.txt.gz'), gzipSync('two\nthree\n'));
  const lines = fileLines([join(folder, 'a.txt'), join(folder, 'b.txt.gz')]);
  for (let reading = 0; reading < 2; reading++) {
    expect(await collect(lines)).toEqual(['one', '', long, 'last', 'two', 'three']);
  }
});

test('a file that is not there, or is not whole, is an error', async () => {
  for (const name of ['none.txt', 'none.txt.gz']) {
    await expect(collect(fileLines(join(folder, name)))).rejects.toThrow('ENOENT');
  }
  await writeFile(join(folder, 'cut.gz'), gzipSync('some text that is cut').subarray(0, 20));
  await expect(collect(fileLines(join(folder, 'cut.gz')))).rejects.toThrow('unexpected end of file');
});
