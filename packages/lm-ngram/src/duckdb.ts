/** N-grams counted by DuckDB, which needs no more memory than it is given: `@duckdb/node-api`, or anything that answers alike. */
import { buildTrie } from './build-trie.ts';
import type { NgramCounts } from './count-ngrams.ts';
import { GrowingArray } from './growing-array.ts';
import { ngramCountSql, type TokenTable, vocabularySql } from './sql/ngram-sql.ts';
import { NgramVocabulary } from './vocabulary.ts';

export { ngramCountSql, vocabularySql } from './sql/ngram-sql.ts';

/** What is needed of a connection of `@duckdb/node-api`. */
export interface DuckdbConnection {
  run(sql: string): Promise<unknown>;
  /** Rows in chunks, while the query goes on. */
  stream(sql: string): Promise<{ fetchChunk(): Promise<DuckdbChunk | null> }>;
}

/** Some rows. */
export interface DuckdbChunk {
  readonly rowCount: number;
  readonly columnCount: number;
  getColumnValues(column: number): readonly unknown[];
}

/** Options of {@link countNgramsInDuckdb}. */
export interface CountNgramsInDuckdbOptions extends TokenTable {
  /** Words of the longest n-grams, at least 1. */
  readonly order: number;
  /** Whether each sentence begins with `<s>` and ends with `</s>` (default true). */
  readonly boundaries?: boolean;
  /** Ids of the words (default: those of the table, in the order of their first occurrence); all others become `<unk>`. */
  readonly vocabulary?: NgramVocabulary;
}

/**
 * Makes a table of words of text files: UTF-8, a line a sentence, words between blanks. Lines without words are left out.
 *
 * @param paths names of files; DuckDB's patterns with `*` are understood
 * @throws what DuckDB throws
 */
export async function loadTokens(
  connection: DuckdbConnection,
  paths: readonly string[],
  { table = 'tokens' }: TokenTable = {},
): Promise<void> {
  const files = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
  await connection.run(`CREATE TABLE ${table} AS
SELECT sentence, UNNEST(RANGE(LEN(words))) AS place, UNNEST(words) AS word FROM (
  SELECT ROW_NUMBER() OVER () AS sentence, REGEXP_SPLIT_TO_ARRAY(TRIM(line, e' \\t\\r'), '[ \\t]+') AS words
  FROM READ_CSV([${files}], columns = {line: 'VARCHAR'}, header = false, delim = e'\\x01', quote = '', escape = '',
    strict_mode = false, auto_detect = false)
  WHERE TRIM(line, e' \\t\\r') <> ''
)`);
}

/**
 * Counts n-grams of all orders in DuckDB, a query for each. The result is that of `countNgrams`; sentences without words are not in the table, and
 * not in the counts.
 *
 * @throws {RangeError} if there is no word, or `<s>` or `</s>` is one; what DuckDB throws
 * @example
 * const connection = await (await DuckDBInstance.create('words.duckdb', { memory_limit: '1GB' })).connect();
 * await loadTokens(connection, ['corpus.txt']);
 * const { counts, vocabulary } = await countNgramsInDuckdb(connection, { order: 3 });
 * const model = estimateModel(counts, vocabulary);
 */
export async function countNgramsInDuckdb(
  connection: DuckdbConnection,
  { order, table = 'tokens', boundaries = true, vocabulary: given }: CountNgramsInDuckdbOptions,
): Promise<{ counts: NgramCounts; vocabulary: NgramVocabulary }> {
  const words: string[] = [];
  await forEachRow(connection, vocabularySql({ table }), ([word]) => words.push(word as string));
  if (words.length === 0) {
    throw new RangeError(`countNgramsInDuckdb: ${table} must hold at least one word, got none.`);
  }
  const reserved = boundaries && words.find((word) => word === '<s>' || word === '</s>');
  if (reserved) {
    throw new RangeError(
      `countNgramsInDuckdb: ${table} must hold words other than <s> and </s>, got ${JSON.stringify(reserved)}.`,
    );
  }
  const vocabulary = given ?? NgramVocabulary.of(words);
  const lists: Int32Array[] = [];
  const listCounts: Float64Array[] = [];
  for (let length = 1; length <= order; length++) {
    // Words outside the vocabulary are one word, so different rows may be one n-gram.
    const places = new Map<string, number>();
    const ngrams = new GrowingArray(new Int32Array(16));
    const counts = new GrowingArray(new Float64Array(16));
    await forEachRow(connection, ngramCountSql({ order: length, table, boundaries }), (row) => {
      const ids = row.slice(0, length).map((word) => vocabulary.idOf(word as string));
      const occurrences = Number(row[length]);
      if (given) {
        const key = ids.join(' ');
        const place = places.get(key);
        if (place !== undefined) {
          counts.numbers[place]! += occurrences;
          return;
        }
        places.set(key, counts.length);
      }
      for (const id of ids) ngrams.push(id);
      counts.push(occurrences);
    });
    lists.push(ngrams.numbers);
    listCounts.push(counts.numbers);
  }
  const { trie, entries } = buildTrie(vocabulary.size, lists.slice(1));
  const counts = new Float64Array(trie.nodeCount);
  for (const [index, id] of lists[0]!.entries()) counts[id + 1] = listCounts[0]![index]!;
  for (let level = 2; level <= order; level++) {
    for (let node = trie.levelStart(level); node < trie.levelEnd(level); node++) {
      counts[node] = listCounts[level - 1]![entries[node]!]!;
    }
  }
  counts[0] = listCounts[0]!.reduce((sum, count) => sum + count, 0);
  return { counts: { trie, counts }, vocabulary };
}

async function forEachRow(
  connection: DuckdbConnection,
  sql: string,
  visit: (row: readonly unknown[]) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const columns: (readonly unknown[])[] = [];
    for (let column = 0; column < chunk.columnCount; column++) columns.push(chunk.getColumnValues(column));
    for (let row = 0; row < chunk.rowCount; row++) visit(columns.map((values) => values[row]));
  }
}
