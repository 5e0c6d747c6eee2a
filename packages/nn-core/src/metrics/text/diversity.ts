import { type BleuOptions, bleuOfCounts, bleuSettings, nearestLength, tokensOf } from './bleu-statistics.ts';
import { countNgrams, type NgramCounts } from './ngrams.ts';

/**
 * distinct-n: the share of n-grams that are different ones, over all texts together. Low values mean repetition.
 *
 * @param texts words or characters, such as `text.split(' ')` or `[...text]`
 * @param size  n
 * @returns a number in (0, 1], or 0 if no text has n items
 * @see Li et al. 2016, "A diversity-promoting objective function for neural conversation models", §5
 */
export function distinctNgrams(texts: readonly (readonly string[])[], size: number): number {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`distinctNgrams: size must be a positive integer, got ${size}.`);
  }
  const distinct = new Set<string>();
  let total = 0;
  for (const text of texts) {
    for (const [ngram, count] of countNgrams(text, size)) {
      distinct.add(ngram);
      total += count;
    }
  }
  return total === 0 ? 0 : distinct.size / total;
}

/**
 * Self-BLEU: the mean of {@link sentenceBleu} of each text with all the others as its references. High values mean that
 * samples of a generator are alike. Takes time proportional to the texts' length together, not to its square.
 *
 * @param texts two or more, not tokenized
 * @returns a number from 0 to 100
 * @throws {RangeError} if there are fewer than two texts
 * @see Zhu et al. 2018, "Texygen: a benchmarking platform for text generation models", §3.2
 */
export function selfBleu(texts: readonly string[], options: BleuOptions = {}): number {
  if (texts.length < 2) throw new RangeError(`selfBleu: texts must be at least 2, got ${texts.length}.`);
  const settings = bleuSettings({ effectiveOrder: true, ...options });
  const tokens = texts.map((text) => tokensOf(text, settings));
  const otherLength = nearestOtherLength(tokens.map(({ length }) => length));
  const matches = texts.map(() => new Array<number>(settings.maxOrder).fill(0));
  for (let order = 1; order <= settings.maxOrder; order++) {
    const ngrams = tokens.map((words) => countNgrams(words, order));
    const most = mostOften(ngrams);
    for (const [index, counts] of ngrams.entries()) {
      for (const [ngram, count] of counts) {
        const { first, owner, second } = most.get(ngram)!;
        matches[index]![order - 1]! += Math.min(count, owner === index ? second : first);
      }
    }
  }
  let sum = 0;
  for (const [index, counts] of matches.entries()) {
    const { length } = tokens[index]!;
    const statistics = {
      counts,
      totals: counts.map((_, order) => Math.max(0, length - order)),
      hypothesisLength: length,
      referenceLength: otherLength(length),
    };
    sum += bleuOfCounts(statistics, settings).score;
  }
  return sum / texts.length;
}

/** For each n-gram the text that has it most often, and how often; and how often the runner-up has it. */
function mostOften(
  ngrams: readonly NgramCounts[],
): Map<string, { first: number; owner: number; second: number }> {
  const most = new Map<string, { first: number; owner: number; second: number }>();
  for (const [index, counts] of ngrams.entries()) {
    for (const [ngram, count] of counts) {
      const known = most.get(ngram);
      if (!known) most.set(ngram, { first: count, owner: index, second: 0 });
      else if (count > known.first) {
        known.second = known.first;
        known.first = count;
        known.owner = index;
      } else known.second = Math.max(known.second, count);
    }
  }
  return most;
}

/** For the length of one text, the nearest length of another. */
function nearestOtherLength(lengths: readonly number[]): (length: number) => number {
  const sorted = [...lengths].sort((a, b) => a - b);
  const places = new Map(sorted.map((length, place) => [length, place])); // the last place of each length
  return (length) => {
    const place = places.get(length)!;
    // Its neighbors hold the nearest ones, equals first: they stand before the last of them.
    return nearestLength(
      length,
      sorted.slice(Math.max(0, place - 1), place + 2).toSpliced(place === 0 ? 0 : 1, 1),
    );
  };
}
