import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesAccess, ExactIndex, VectorFile, WordVectors, writeWordVectors } from '../src/index.ts';
import { openVectorFile, writeWordVectorsFile } from '../src/node.ts';
import { createRandomSource, normalFrom } from '../src/random-source.ts';

const normal = normalFrom(createRandomSource(11));
const vectors = new WordVectors(
  Array.from({ length: 3000 }, (_, row) => `词${row}`),
  Float32Array.from({ length: 3000 * 30 }, normal),
  30,
);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-vector-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(['a.safetensors', 'a.bin'])(
  'words of %s are found, and vectors read when they are asked for',
  async (name) => {
    await writeWordVectorsFile(join(folder, name), vectors);
    const file = await openVectorFile(join(folder, name));
    try {
      expect([file.words, file.size]).toEqual([vectors.words, 30]);
      const some = await file.vectorsOf(['词2999', '词0', 'none', '词1500', '词1501']);
      expect(some.words).toEqual(['词2999', '词0', '词1500', '词1501']);
      for (const word of some.words) expect(some.vectorOf(word)).toEqual(vectors.vectorOf(word));
      const queries = [vectors.vectorOf('词5'), vectors.vectorOf('词77')];
      const found = await file.searchAll(queries, 8);
      for (const [at, { rows, similarities }] of new ExactIndex(vectors).searchAll(queries, 8).entries()) {
        expect(found[at]!.rows).toEqual(rows);
        for (const [rank, cosine] of similarities.entries())
          expect(found[at]!.similarities[rank]).toBeCloseTo(cosine, 6);
      }
    } finally {
      await file.close();
    }
  },
);

test.each(['safetensors', 'word2vec-binary'] as const)('a %s file that is cut is refused', async (format) => {
  const few = new WordVectors(['a', '皇帝'], Float32Array.of(1, 2, 3, 4), 2);
  const bytes = new Uint8Array(Buffer.concat([...writeWordVectors(few, { format })]));
  for (let end = 0; end < bytes.length - 1; end++) {
    const error = await VectorFile.open(bytesAccess(bytes.subarray(0, end))).catch(
      (refused: unknown) => refused,
    );
    expect(String(error)).toMatch(/^SyntaxError: VectorFile: the file, byte \d+: /);
  }
  const file = await VectorFile.open(bytesAccess(bytes));
  expect((await file.vectorsOf(['皇帝'])).table).toEqual(Float32Array.of(3, 4));
});
