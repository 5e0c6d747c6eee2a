import type { WordVectors } from '../vectors/word-vectors.ts';
import type { DictionaryEntries } from './dictionary.ts';
import type { TokenCorpus } from './token-corpus.ts';

/** Which words and labels are kept. */
export interface EntryLimits {
  readonly minCount: number;
  readonly minCountLabel: number;
  /** Their words are kept, whatever their counts. */
  readonly pretrained: WordVectors | undefined;
}

/** Words and labels of a corpus, the frequent ones first; of the same count the one that came first. */
export function buildEntries(
  corpus: TokenCorpus,
  { minCount, minCountLabel, pretrained }: EntryLimits,
): DictionaryEntries {
  const { table, isLabel } = corpus;
  for (const word of pretrained?.words ?? []) {
    const bytes = new TextEncoder().encode(word);
    table.add(bytes, 0, bytes.length, 0);
  }
  const words: number[] = [];
  const labels: number[] = [];
  for (let token = 0; token < table.size; token++) {
    const count = table.countOf(token);
    if (isLabel(token)) {
      if (count >= Math.max(1, minCountLabel)) labels.push(token);
    } else if (count >= minCount) words.push(token);
    else if (pretrained?.has(new TextDecoder().decode(table.bytesOf(token)))) words.push(token);
  }
  const byCount = (left: number, right: number): number => table.countOf(right) - table.countOf(left);
  const kept = [...words.sort(byCount), ...labels.sort(byCount)];
  const offsets = new Int32Array(kept.length + 1);
  for (const [entry, token] of kept.entries()) {
    offsets[entry + 1] = offsets[entry]! + table.bytesOf(token).length;
  }
  const bytes = new Uint8Array(offsets[kept.length]!);
  for (const [entry, token] of kept.entries()) bytes.set(table.bytesOf(token), offsets[entry]!);
  return {
    bytes,
    offsets,
    counts: Float64Array.from(kept, (token) => table.countOf(token)),
    wordCount: words.length,
    tokenCount: corpus.tokens.length,
    keptBuckets: undefined,
  };
}
