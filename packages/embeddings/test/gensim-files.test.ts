import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readGensim, WordVectors } from '../src/index.ts';
import { readWordVectorsFile } from '../src/node.ts';

// Saved by gensim 4.2: fixtures/save-gensim.py.
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/gensim/${name}`, import.meta.url));

test.each(['small.kv', 'small-separate.kv'])('%s is read, words with spaces too', async (name) => {
  const vectors = await readWordVectorsFile(fixture(name));
  expect(vectors.words).toEqual(['king', '皇帝', 'New York']);
  expect(vectors.table).toEqual(Float32Array.of(1, -2.5, 3, 0.1, 1e-9, 5, 7, 8, 9));
  const chosen = await readWordVectorsFile(fixture(name), { words: ['皇帝'] });
  expect(chosen.vectorOf('皇帝')).toEqual(Float32Array.of(0.1, 1e-9, 5));
});

test('float64 in the order of Fortran becomes float32 in that of C', async () => {
  const vectors = await readWordVectorsFile(fixture('double.kv'));
  expect(vectors.table).toEqual(Float32Array.of(0.1, 0.2, 0.3, 0.4));
});

test.each(['word2vec.model', 'word2vec-separate.model'])(
  'the vectors of %s, a whole model, are read',
  async (name) => {
    const vectors = await readWordVectorsFile(fixture(name));
    const expected = JSON.parse(await readFile(fixture('word2vec.json'), 'utf8')) as Record<string, number[]>;
    expect(vectors.words).toEqual(Object.keys(expected));
    expect(vectors.table).toEqual(Float32Array.from(Object.values(expected).flat()));
  },
);

test.each(['fasttext.model', 'fasttext-separate.model'])(
  'the vectors of whole words of %s are made as gensim makes them',
  async (name) => {
    const vectors = await readWordVectorsFile(fixture(name));
    const expected = JSON.parse(await readFile(fixture('fasttext.json'), 'utf8')) as Record<string, number[]>;
    expect(vectors.words).toEqual(Object.keys(expected));
    for (const [at, value] of Object.values(expected).flat().entries())
      expect(vectors.table[at]).toBeCloseTo(value, 7);
  },
);

test('a file without those beside it says which it needs', async () => {
  const file = await readFile(fixture('small-separate.kv'));
  await expect(readGensim(file, { source: 'a.kv' })).rejects.toThrow('the vectors are in a.kv.vectors.npy');
  const npy = await readFile(fixture('small-separate.kv.vectors.npy'));
  const cut = readGensim(file, { sibling: async () => npy.subarray(0, -1) });
  await expect(cut).rejects.toThrow('the file.vectors.npy, byte 163: 3 × 3 numbers must take 36 bytes');
});

test('a pickle is never run', async () => {
  const evil = Buffer.from('\x80\x04cos\nsystem\n\x8c\x04true\x85R.', 'latin1');
  await expect(readGensim(evil)).rejects.toThrow('the pickle must hold an object of gensim');
});

test('a pickle that is cut, or has a byte changed, is refused or read', async () => {
  const file = await readFile(fixture('small.kv'));
  const read = (bytes: Uint8Array) => readGensim(bytes).catch((error: unknown) => error);
  for (let end = 0; end < file.length; end++) {
    expect(String(await read(file.subarray(0, end)))).toMatch(
      /^SyntaxError: readGensim: the file, byte \d+: /,
    );
  }
  for (let at = 0; at < file.length; at++) {
    for (const value of [0, 0x52, 0x81, 0xff]) {
      const result = await read(Uint8Array.from(file).fill(value, at, at + 1));
      if (!(result instanceof WordVectors))
        expect(String(result)).toMatch(/^SyntaxError: readGensim: the file, byte/);
    }
  }
});
