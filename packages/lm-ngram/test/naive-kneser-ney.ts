/**
 * Modified Kneser-Ney straight from its definition, on maps of strings; slow, and nothing shared with the package.
 */
export interface NaiveOptions {
  readonly order: number;
  readonly discounts: (order: number, n: readonly number[]) => readonly number[];
  /** N-grams with a raw count up to this one are pruned, by order. */
  readonly prune?: readonly number[];
}

export interface NaiveModel {
  /** Of a word after the words before it, the latest last. */
  probability(context: readonly string[], word: string): number;
  readonly words: readonly string[];
  /** N-grams that are kept, by order. */
  readonly kept: ReadonlyMap<string, number>[];
}

const SEPARATOR = ' ';

export function naiveKneserNey(
  sentences: readonly (readonly string[])[],
  { order, discounts, prune = [] }: NaiveOptions,
): NaiveModel {
  const raw = Array.from({ length: order + 1 }, () => new Map<string, number>());
  for (const sentence of sentences) {
    const words = ['<s>', ...sentence, '</s>'];
    for (let length = 1; length <= order; length++) {
      for (let start = 0; start + length <= words.length; start++) {
        const key = words.slice(start, start + length).join(SEPARATOR);
        raw[length]!.set(key, (raw[length]!.get(key) ?? 0) + 1);
      }
    }
  }
  const adjusted = raw.map((counts, length) => {
    if (length === 0 || length === order) return new Map(counts);
    const result = new Map<string, number>();
    for (const [key, count] of counts) {
      const left = [...raw[length + 1]!.keys()].filter((longer) => longer.endsWith(SEPARATOR + key));
      const leftWords = left.filter((longer) => longer.split(SEPARATOR).length === length + 1);
      result.set(key, key.split(SEPARATOR)[0] === '<s>' ? count : leftWords.length);
    }
    return result;
  });
  adjusted[1]!.delete('<s>');
  const amounts = adjusted.map((counts, length) => {
    const n = [0, 1, 2, 3, 4].map((value) => [...counts.values()].filter((count) => count === value).length);
    return length === 0 ? [] : discounts(length, n);
  });
  const words = ['<unk>', ...new Set([...sentences.flat(), '</s>'])].filter(
    (word, index, all) => all.indexOf(word) === index,
  );
  const isPruned = (length: number, key: string) =>
    length > 1 && raw[length]!.get(key)! <= (prune[Math.min(length, prune.length) - 1] ?? 0);

  const follow = (context: string, length: number) =>
    [...adjusted[length]!].filter(([key]) => key.split(SEPARATOR).slice(0, -1).join(SEPARATOR) === context);

  function probability(context: readonly string[], word: string): number {
    const h = context.slice(Math.max(0, context.length - order + 1));
    const length = h.length + 1;
    const lower = () => (h.length === 0 ? 1 / words.length : probability(h.slice(1), word));
    const list = follow(h.join(SEPARATOR), length);
    const total = list.reduce((sum, [, count]) => sum + count, 0);
    if (total === 0) return lower();
    const d = (count: number) => amounts[length]![Math.min(count, 3) - 1]!;
    let weight = 0;
    for (const [key, count] of list) weight += isPruned(length, key) ? count : d(count);
    const own = [...h, word].join(SEPARATOR);
    const count = adjusted[length]!.get(own) ?? 0;
    const direct = count > 0 && !isPruned(length, own) ? (count - d(count)) / total : 0;
    return direct + (weight / total) * lower();
  }
  const kept = raw.map(
    (counts, length) => new Map([...counts].filter(([key]) => length > 0 && !isPruned(length, key))),
  );
  return { probability, words, kept };
}
