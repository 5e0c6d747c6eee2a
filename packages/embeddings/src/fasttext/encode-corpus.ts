import type { DictionaryEntries } from './dictionary.ts';
import { type SubwordOptions, subwordBuckets } from './subwords.ts';
import type { TokenCorpus } from './token-corpus.ts';
import { TokenTable } from './token-table.ts';
import { wordNgramBuckets } from './word-ngrams.ts';

/** Examples as training wants them: lists of rows and of labels. */
export interface EncodedCorpus {
  /** Where the rows of each example begin in {@link rows}, and at last the end. */
  readonly rowStarts: Uint32Array;
  /** Words as they are numbered; n-grams after them, as they were met. */
  readonly rows: Uint32Array;
  readonly labelStarts: Uint32Array;
  readonly labels: Uint32Array;
  /** Which row of the model each row of an n-gram is, counted from that of the first n-gram. */
  readonly buckets: Uint32Array;
  readonly tokenCount: number;
}

/** The same rows that the dictionary gives for the lines; n-grams that no example has take no room. Examples without a word or a label are left out. */
export function encodeCorpus(
  corpus: TokenCorpus,
  entries: DictionaryEntries,
  options: SubwordOptions & { readonly wordNgrams: number },
): EncodedCorpus {
  const { table, tokens, lineStarts, endOfLine } = corpus;
  const { wordCount, keptBuckets } = entries;
  const entryOf = entriesByToken(table, entries);
  const buckets = new Numbers();
  const compact = new Map<number, number>();
  const rowOfBucket = (bucket: number): number => {
    const kept = keptBuckets ? keptBuckets.get(bucket) : bucket;
    if (kept === undefined) return -1;
    let row = compact.get(kept);
    if (row === undefined) {
      row = wordCount + compact.size;
      compact.set(kept, row);
      buckets.push(kept);
    }
    return row;
  };
  const usesBuckets = options.bucket > 0;
  const subwordRows: (readonly number[] | undefined)[] = [];
  const rowsOfToken = (token: number): readonly number[] => {
    const entry = entryOf[token]!;
    const rows = entry >= 0 ? [entry] : [];
    if (options.maxn > 0 && usesBuckets && token !== endOfLine) {
      for (const bucket of subwordBuckets(table.bytesOf(token), options)) {
        const row = rowOfBucket(bucket);
        if (row >= 0) rows.push(row);
      }
    }
    subwordRows[token] = rows;
    return rows;
  };
  const rows = new Numbers();
  const labels = new Numbers();
  const rowStarts = new Numbers();
  const labelStarts = new Numbers();
  for (let line = 0; line + 1 < lineStarts.length; line++) {
    const [firstRow, firstLabel] = [rows.length, labels.length];
    const hashes: number[] = [];
    for (let at = lineStarts[line]!; at < lineStarts[line + 1]!; at++) {
      const token = tokens[at]!;
      const entry = entryOf[token]!;
      if (corpus.isLabel(token)) {
        if (entry >= wordCount) labels.push(entry - wordCount);
        continue;
      }
      hashes.push(table.hashOf(token));
      for (const row of subwordRows[token] ?? rowsOfToken(token)) rows.push(row);
    }
    if (options.wordNgrams > 1 && usesBuckets) {
      for (const bucket of wordNgramBuckets(hashes, options.wordNgrams, options.bucket)) {
        const row = rowOfBucket(bucket);
        if (row >= 0) rows.push(row);
      }
    }
    if (rows.length === firstRow || labels.length === firstLabel) {
      rows.length = firstRow;
      labels.length = firstLabel;
      continue;
    }
    rowStarts.push(firstRow);
    labelStarts.push(firstLabel);
  }
  rowStarts.push(rows.length);
  labelStarts.push(labels.length);
  return {
    rowStarts: rowStarts.take(),
    rows: rows.take(),
    labelStarts: labelStarts.take(),
    labels: labels.take(),
    buckets: buckets.take(),
    tokenCount: tokens.length,
  };
}

/** For each token its entry, −1 if it has none. */
function entriesByToken(table: TokenTable, entries: DictionaryEntries): Int32Array {
  const known = new TokenTable();
  for (let entry = 0; entry + 1 < entries.offsets.length; entry++) {
    known.add(entries.bytes, entries.offsets[entry]!, entries.offsets[entry + 1]!);
  }
  return Int32Array.from({ length: table.size }, (_, token) => {
    const bytes = table.bytesOf(token);
    return known.find(bytes, 0, bytes.length, table.hashOf(token));
  });
}

/** A list of unsigned numbers of 32 bits that grows. */
class Numbers {
  #values = new Uint32Array(1 << 12);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const longer = new Uint32Array(2 * this.length);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.length++] = value;
  }

  take(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }
}
