import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countNgramsInDuckdb, loadTokens } from '../src/duckdb.ts';
import { countNgrams, NgramVocabulary, ngramCountSql } from '../src/index.ts';

let folder: string;
let instance: DuckDBInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-duckdb-'));
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
});
afterAll(async () => {
  instance.closeSync();
  await rm(folder, { recursive: true, force: true });
});

test('DuckDB counts what countNgrams counts, of files of text', async () => {
  const connection = await instance.connect();
  const path = join(folder, "it's.txt");
  const word = fc.constantFrom('a', 'b', '"', "'", 'c,d', '\\', '北京', '<unk>', '#');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(word, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      fc.boolean(),
      async (sentences, order, boundaries, isClosed) => {
        await writeFile(path, sentences.map((words) => ` ${words.join('\t ')}\r\n\n`).join(''));
        await connection.run('DROP TABLE IF EXISTS tokens');
        await loadTokens(connection, [path]);
        const vocabulary = NgramVocabulary.of(isClosed ? ['b', '北京'] : sentences.flat());
        const expected = countNgrams(
          sentences.map((words) => vocabulary.encode(words)),
          { order, vocabSize: vocabulary.size, boundaries },
        );
        const counted = await countNgramsInDuckdb(connection, {
          order,
          boundaries,
          ...(isClosed && { vocabulary }),
        });
        expect(counted.vocabulary.words).toEqual(vocabulary.words);
        expect(counted.counts.counts).toEqual(expected.counts);
        expect(counted.counts.trie.words).toEqual(expected.trie.words);
        expect(counted.counts.trie.firstChildren).toEqual(expected.trie.firstChildren);
      },
    ),
    { numRuns: 15 },
  );
});

test('the query leaves out what is rare, and refuses what makes no sense', async () => {
  const connection = await instance.connect();
  await connection.run(
    "CREATE TABLE words AS SELECT 1 AS sentence, * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'a'), (4, 'b')) t(place, word)",
  );
  const sql = ngramCountSql({ order: 2, table: 'words', minCount: 2 });
  const rows = (await connection.runAndReadAll(sql)).getRows();
  expect(rows).toEqual([['a', 'b', 2n]]);
  expect(() => ngramCountSql({ order: 0 })).toThrow('order must be an integer of at least 1, got 0');
  await connection.run("INSERT INTO words VALUES (1, 5, '</s>')");
  await expect(countNgramsInDuckdb(connection, { order: 2, table: 'words' })).rejects.toThrow(
    'words must hold words other than <s> and </s>, got "</s>"',
  );
});
