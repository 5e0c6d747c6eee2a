import type { NgramCounts } from '../count-ngrams.ts';

/** How often each class follows each other, kept up to date while words move between them. */
export class ClassBigrams {
  /** By word, −1 for words that do not occur. */
  readonly classOf: Int32Array;
  readonly #classCount: number;
  /** Bigrams by their first word, and by their second. */
  readonly #after: Neighbors;
  readonly #before: Neighbors;
  /** N(c, d), row by row. */
  readonly #pairs: Float64Array;
  /** N(c, ·) and N(·, c). */
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  /** Words of each class. */
  readonly #sizes: Int32Array;
  /** Σ N(w) ln N(w) over words as the second of a bigram; the same for all classes. */
  readonly #wordSum: number;
  readonly #total: number;
  // Of the word at hand, by class, without its pairs with itself; and the classes that are not 0.
  readonly #afterCounts: Float64Array;
  readonly #beforeCounts: Float64Array;

  constructor({ trie, counts }: NgramCounts, classOf: Int32Array, classCount: number) {
    this.classOf = classOf;
    this.#classCount = classCount;
    const first: number[] = [];
    const second: number[] = [];
    const times: number[] = [];
    for (let word = 0; word < trie.vocabSize; word++) {
      for (let node = trie.firstChildren[word + 1]!; node < trie.firstChildren[word + 2]!; node++) {
        first.push(word);
        second.push(trie.words[node]!);
        times.push(counts[node]!);
      }
    }
    this.#after = neighborsOf(first, second, times, trie.vocabSize);
    this.#before = neighborsOf(second, first, times, trie.vocabSize);
    this.#pairs = new Float64Array(classCount * classCount);
    this.#left = new Float64Array(classCount);
    this.#right = new Float64Array(classCount);
    this.#sizes = new Int32Array(classCount);
    for (const own of classOf) if (own >= 0) this.#sizes[own]!++;
    const asSecond = new Float64Array(trie.vocabSize);
    let total = 0;
    for (const [index, count] of times.entries()) {
      const [a, b] = [classOf[first[index]!]!, classOf[second[index]!]!];
      this.#pairs[a * classCount + b]! += count;
      this.#left[a]! += count;
      this.#right[b]! += count;
      asSecond[second[index]!]! += count;
      total += count;
    }
    this.#total = total;
    this.#wordSum = asSecond.reduce((sum, count) => sum + entropyTerm(count), 0);
    this.#afterCounts = new Float64Array(classCount);
    this.#beforeCounts = new Float64Array(classCount);
  }

  /** Of the second words of all bigrams, by p(c(w) | c(v)) · p(w | c(w)). */
  get perplexity(): number {
    let sum = this.#wordSum;
    for (const count of this.#pairs) sum += entropyTerm(count);
    for (const count of this.#left) sum -= entropyTerm(count);
    for (const count of this.#right) sum -= entropyTerm(count);
    return Math.exp(-sum / this.#total);
  }

  /**
   * Moves a word to the class where the text becomes most likely; of equals, it stays, or goes to the first. The last word of a class stays.
   *
   * @param firstClass classes before it take no words
   * @returns whether it moved
   */
  moveToBest(word: number, firstClass: number): boolean {
    const from = this.classOf[word]!;
    if (this.#sizes[from] === 1) return false;
    const own = this.#gather(word);
    this.#add(from, own, -1);
    let best = from;
    let bestGain = this.#gain(from, own) + SAME;
    for (let to = firstClass; to < this.#classCount; to++) {
      if (to === from) continue;
      const gain = this.#gain(to, own);
      if (gain > bestGain) [best, bestGain] = [to, gain];
    }
    this.#add(best, own, 1);
    this.classOf[word] = best;
    this.#sizes[from]!--;
    this.#sizes[best]!++;
    this.#clear(own);
    return best !== from;
  }

  /** How often each class stands after and before a word. */
  #gather(word: number): WordBigrams {
    let self = 0;
    const collect = ({ starts, words, counts }: Neighbors, byClass: Float64Array) => {
      const classes: number[] = [];
      let total = 0;
      for (let at = starts[word]!; at < starts[word + 1]!; at++) {
        total += counts[at]!;
        if (words[at] === word) {
          self = counts[at]!;
          continue;
        }
        const other = this.classOf[words[at]!]!;
        if (byClass[other] === 0) classes.push(other);
        byClass[other]! += counts[at]!;
      }
      return { classes, total };
    };
    const after = collect(this.#after, this.#afterCounts);
    const before = collect(this.#before, this.#beforeCounts);
    return { after: after.classes, before: before.classes, left: after.total, right: before.total, self };
  }

  #clear({ after, before }: WordBigrams): void {
    for (const other of after) this.#afterCounts[other] = 0;
    for (const other of before) this.#beforeCounts[other] = 0;
  }

  /** Puts a word's bigrams into a class, or takes them out of it. */
  #add(own: number, { after, before, left, right, self }: WordBigrams, sign: 1 | -1): void {
    const row = own * this.#classCount;
    for (const other of after) this.#pairs[row + other]! += sign * this.#afterCounts[other]!;
    for (const other of before)
      this.#pairs[other * this.#classCount + own]! += sign * this.#beforeCounts[other]!;
    this.#pairs[row + own]! += sign * self;
    this.#left[own]! += sign * left;
    this.#right[own]! += sign * right;
  }

  /** By what the logarithm of the text's probability rises when a word that is in no class is put into one. */
  #gain(own: number, { after, before, left, right, self }: WordBigrams): number {
    const row = own * this.#classCount;
    const pairs = this.#pairs;
    let gain = 0;
    for (let index = 0; index < after.length; index++) {
      const other = after[index]!;
      if (other === own) continue;
      const count = pairs[row + other]!;
      gain += entropyTerm(count + this.#afterCounts[other]!) - entropyTerm(count);
    }
    for (let index = 0; index < before.length; index++) {
      const other = before[index]!;
      if (other === own) continue;
      const count = pairs[other * this.#classCount + own]!;
      gain += entropyTerm(count + this.#beforeCounts[other]!) - entropyTerm(count);
    }
    const inside = self + this.#afterCounts[own]! + this.#beforeCounts[own]!;
    const count = pairs[row + own]!;
    gain += entropyTerm(count + inside) - entropyTerm(count);
    gain -= entropyTerm(this.#left[own]! + left) - entropyTerm(this.#left[own]!);
    gain -= entropyTerm(this.#right[own]! + right) - entropyTerm(this.#right[own]!);
    return gain;
  }
}

/** Bigrams of the word at hand. */
interface WordBigrams {
  /** Classes that stand after it, and before it. */
  readonly after: readonly number[];
  readonly before: readonly number[];
  /** How often it is the first of a bigram, and the second. */
  readonly left: number;
  readonly right: number;
  /** How often it follows itself. */
  readonly self: number;
}

/** The words beside each word. */
interface Neighbors {
  readonly starts: Int32Array;
  readonly words: Int32Array;
  readonly counts: Float64Array;
}

function neighborsOf(
  own: readonly number[],
  other: readonly number[],
  times: readonly number[],
  vocabSize: number,
): Neighbors {
  const starts = new Int32Array(vocabSize + 1);
  for (const word of own) starts[word + 1]!++;
  for (let word = 0; word < vocabSize; word++) starts[word + 1]! += starts[word]!;
  const next = starts.slice();
  const words = new Int32Array(own.length);
  const counts = new Float64Array(own.length);
  for (const [index, word] of own.entries()) {
    const at = next[word]!++;
    words[at] = other[index]!;
    counts[at] = times[index]!;
  }
  return { starts, words, counts };
}

/** What rounding may make of two equal gains. */
const SAME = 1e-9;

/** x ln x of the first numbers: most counts are small. */
const TERMS = Float64Array.from({ length: 1 << 14 }, (_, count) => xLogX(count));

function entropyTerm(count: number): number {
  // Counts that are weighed need not be whole.
  return count < TERMS.length && (count | 0) === count ? TERMS[count]! : xLogX(count);
}

function xLogX(count: number): number {
  return count > 0 ? count * Math.log(count) : 0;
}
