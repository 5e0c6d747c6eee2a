/** A measure of how wrong answers are that is made of numbers which add up over answers. */
export interface ErrorMeasure {
  /** What one answer adds. */
  count(words: readonly string[], reference: readonly string[]): readonly number[];
  /** Of the sums over all answers; less is better. */
  error(sums: readonly number[]): number;
}

/** Word error rate: words to be put in, taken out and replaced, divided by the words of the references. */
export const wordErrorRate: ErrorMeasure = {
  count: (words, reference) => [editDistance(words, reference), reference.length],
  error: ([errors, length]) => (length === 0 ? Math.min(1, errors!) : errors! / length!),
};

const LONGEST_MATCH = 4;

/**
 * 1 − BLEU of the whole, with one reference, n-grams of one to four words, and no smoothing.
 *
 * @see Papineni et al. 2002
 */
export const bleuLoss: ErrorMeasure = {
  count(words, reference) {
    const counts = [words.length, reference.length];
    for (let length = 1; length <= LONGEST_MATCH; length++) {
      const own = ngramCounts(words, length);
      const other = ngramCounts(reference, length);
      let matches = 0;
      for (const [ngram, times] of own) matches += Math.min(times, other.get(ngram) ?? 0);
      counts.push(matches, Math.max(0, words.length - length + 1));
    }
    return counts;
  },
  error([length, referenceLength, ...matches]) {
    let logs = 0;
    for (let at = 0; at < matches.length; at += 2) {
      if (matches[at] === 0) return 1;
      logs += Math.log(matches[at]! / matches[at + 1]!) / LONGEST_MATCH;
    }
    return 1 - Math.exp(logs + Math.min(0, 1 - referenceLength! / length!));
  },
};

/** The least number of words to be put in, taken out or replaced. */
export function editDistance(words: readonly string[], reference: readonly string[]): number {
  let row = reference.map((_, index) => index + 1);
  for (const [index, word] of words.entries()) {
    let diagonal = index;
    let left = index + 1;
    const next: number[] = [];
    for (const [at, other] of reference.entries()) {
      left = Math.min(left + 1, row[at]! + 1, diagonal + (word === other ? 0 : 1));
      diagonal = row[at]!;
      next.push(left);
    }
    row = next;
  }
  return row.at(-1) ?? words.length;
}

function ngramCounts(words: readonly string[], length: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + length <= words.length; start++) {
    const ngram = JSON.stringify(words.slice(start, start + length));
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}
