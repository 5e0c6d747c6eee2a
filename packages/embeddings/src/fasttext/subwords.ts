import { fnvHash } from './fnv-hash.ts';

/** Which character n-grams of a word have rows of their own. */
export interface SubwordOptions {
  /** Characters of the shortest. */
  readonly minn: number;
  /** Characters of the longest; 0 for none. */
  readonly maxn: number;
  /** Rows that they share by their hashes. */
  readonly bucket: number;
}

const [BEGIN_OF_WORD, END_OF_WORD] = [0x3c, 0x3e]; // < and >

/**
 * The character n-grams of a word, as numbers below `bucket`: of the word between `<` and `>`, by characters of UTF-8, without the marks alone.
 *
 * @param word UTF-8
 * @see Bojanowski et al. 2017, "Enriching word vectors with subword information", §3.2
 */
export function subwordBuckets(word: Uint8Array, { minn, maxn, bucket }: SubwordOptions): number[] {
  const marked = new Uint8Array(word.length + 2);
  marked[0] = BEGIN_OF_WORD;
  marked.set(word, 1);
  marked[word.length + 1] = END_OF_WORD;
  const { length } = marked;
  const buckets: number[] = [];
  for (let begin = 0; begin < length; begin++) {
    if (isContinuation(marked[begin]!)) continue;
    let end = begin;
    for (let count = 1; end < length && count <= maxn; count++) {
      end++;
      while (end < length && isContinuation(marked[end]!)) end++;
      const isMark = count === 1 && (begin === 0 || end === length);
      if (count >= minn && !isMark) buckets.push(fnvHash(marked, begin, end) % bucket);
    }
  }
  return buckets;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
