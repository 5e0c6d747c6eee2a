import { describeValue } from '../describe-value.ts';

/** Where the words are, for {@link ngramCountSql} and {@link vocabularySql}. */
export interface TokenTable {
  /**
   * The table, as it stands in a query (default `tokens`): a row for each word of a corpus, with the columns `sentence` and `place`, numbers that put
   * sentences and their words in order, and `word`, a text.
   */
  readonly table?: string;
}

/** Options of {@link ngramCountSql}. */
export interface NgramCountSqlOptions extends TokenTable {
  /** Words of the n-grams, at least 1. */
  readonly order: number;
  /** Whether each sentence begins with `<s>` and ends with `</s>` (default true). */
  readonly boundaries?: boolean;
  /** N-grams that occur less often are left out (default 1: none). */
  readonly minCount?: number;
}

/**
 * A query for the n-grams of one order and how often each occurs: columns `w1`, `w2`, … and `occurrences`, no order of rows. It is standard SQL with
 * window functions (SQL:2003), so that what counts may be DuckDB, PostgreSQL, Spark, Trino or BigQuery.
 *
 * @throws {RangeError} if an option is out of range
 * @example
 * ngramCountSql({ order: 2, boundaries: false });
 * // SELECT w1, w2, COUNT(*) AS occurrences FROM (
 * //   SELECT word AS w1, LEAD(word, 1) OVER (PARTITION BY sentence ORDER BY place) AS w2 FROM tokens
 * // ) AS ngrams WHERE w2 IS NOT NULL GROUP BY w1, w2
 */
export function ngramCountSql({
  order,
  table = 'tokens',
  boundaries = true,
  minCount = 1,
}: NgramCountSqlOptions): string {
  for (const [name, value] of Object.entries({ order, minCount })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(
      `ngramCountSql: ${name} must be an integer of at least 1, got ${describeValue(value)}.`,
    );
  }
  const columns = Array.from({ length: order }, (_, index) => `w${index + 1}`);
  const words = columns.map((column, index) =>
    index === 0
      ? `word AS ${column}`
      : `LEAD(word, ${index}) OVER (PARTITION BY sentence ORDER BY place) AS ${column}`,
  );
  const source = boundaries ? `(\n${bounded(table)}\n  ) AS bounded` : table;
  return [
    `SELECT ${columns.join(', ')}, COUNT(*) AS occurrences FROM (`,
    `  SELECT ${words.join(', ')} FROM ${source}`,
    `) AS ngrams WHERE ${columns.at(-1)} IS NOT NULL GROUP BY ${columns.join(', ')}`,
    ...(minCount > 1 ? [`HAVING COUNT(*) >= ${minCount}`] : []),
  ].join('\n');
}

/** A query for the different words, in the order of their first occurrence: one column, `word`. */
export function vocabularySql({ table = 'tokens' }: TokenTable = {}): string {
  return [
    'SELECT word FROM (',
    '  SELECT word, sentence, place, ROW_NUMBER() OVER (PARTITION BY word ORDER BY sentence, place) AS occurrence',
    `  FROM ${table}`,
    ') AS occurrences WHERE occurrence = 1 ORDER BY sentence, place',
  ].join('\n');
}

/** The words with those that stand before and after each sentence. */
function bounded(table: string): string {
  return [
    `    SELECT sentence, place, word FROM ${table}`,
    `    UNION ALL SELECT sentence, MIN(place) - 1, '<s>' FROM ${table} GROUP BY sentence`,
    `    UNION ALL SELECT sentence, MAX(place) + 1, '</s>' FROM ${table} GROUP BY sentence`,
  ].join('\n');
}
