import { countMatches, countNgrams, type NgramCounts } from './ngrams.ts';
import { eachSegment, type References, referenceList } from './references.ts';
import { ReferenceCount, signatureOf } from './signature.ts';
import { splitWords, withoutSpace } from './words.ts';

/** Options of {@link chrf}. */
export interface ChrfOptions {
  /** Longest n-gram of characters; default 6. */
  readonly characterOrder?: number;
  /** Longest n-gram of words; default 0 (chrF). 2 makes it chrF++. */
  readonly wordOrder?: number;
  /** How much more recall counts than precision; default 2. */
  readonly beta?: number;
  /** Whether case is ignored; default false. */
  readonly lowercase?: boolean;
  /** Whether white space counts as characters; default false. */
  readonly whitespace?: boolean;
  /** Means over all orders, as chrF++.py and NLTK do, instead of over those that occur; default false. */
  readonly epsilonSmoothing?: boolean;
}

/** A chrF score. */
export interface ChrfScore {
  /** From 0 to 100. */
  readonly score: number;
  /** sacreBLEU's: `nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:…`. */
  readonly signature: string;
}

/**
 * chrF of a corpus, or chrF++ with `wordOrder: 2`, equal to sacreBLEU's: the F-score of character (and word) n-grams.
 * Segments are added one by one and only their counts are kept.
 *
 * @see Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation"; 2017, "chrF++"
 */
export class CorpusChrf {
  readonly #options: Required<ChrfOptions>;
  readonly #sums: Overlap[];
  readonly #references = new ReferenceCount();

  /** @throws {RangeError} if an option is out of range */
  constructor({
    characterOrder = 6,
    wordOrder = 0,
    beta = 2,
    lowercase = false,
    whitespace = false,
    epsilonSmoothing = false,
  }: ChrfOptions = {}) {
    for (const [name, order] of Object.entries({ characterOrder, wordOrder })) {
      if (!Number.isInteger(order) || order < 0) {
        throw new RangeError(`chrf: ${name} must be a non-negative integer, got ${order}.`);
      }
    }
    if (!(beta >= 0)) throw new RangeError(`chrf: beta must not be negative, got ${beta}.`);
    this.#options = { characterOrder, wordOrder, beta, lowercase, whitespace, epsilonSmoothing };
    this.#sums = Array.from({ length: characterOrder + wordOrder }, () => ({
      hypothesis: 0,
      reference: 0,
      matches: 0,
    }));
  }

  /**
   * Adds a segment; of several references the one with the best score counts.
   *
   * @throws {RangeError} if there is no reference
   */
  add(hypothesis: string, references: References): this {
    const texts = referenceList('CorpusChrf.add', references);
    const own = this.#ngrams(hypothesis);
    const candidates = texts.map((text) =>
      this.#ngrams(text).map((counts, order) => overlapOf(own[order]!, counts)),
    );
    let best = candidates[0]!;
    for (const candidate of candidates) if (this.#fScore(candidate) > this.#fScore(best)) best = candidate;
    for (const [order, { hypothesis, reference, matches }] of best.entries()) {
      const sum = this.#sums[order]!;
      sum.hypothesis += hypothesis;
      sum.reference += reference;
      sum.matches += matches;
    }
    this.#references.add(texts.length);
    return this;
  }

  /** The score of what was added so far. */
  score(): ChrfScore {
    const { lowercase, epsilonSmoothing, characterOrder, wordOrder, whitespace } = this.#options;
    return {
      score: this.#fScore(this.#sums),
      signature: signatureOf({
        nrefs: `${this.#references}`,
        case: lowercase ? 'lc' : 'mixed',
        eff: !epsilonSmoothing,
        nc: characterOrder,
        nw: wordOrder,
        space: whitespace,
      }),
    };
  }

  /** The n-grams of each order: those of characters, then those of words. */
  #ngrams(text: string): NgramCounts[] {
    const { characterOrder, wordOrder, lowercase, whitespace } = this.#options;
    const cased = lowercase ? text.toLowerCase() : text;
    const characters = [...(whitespace ? cased : withoutSpace(cased))];
    const words = wordOrder > 0 ? splitWords(cased).flatMap(separatePunctuation) : [];
    return [
      ...Array.from({ length: characterOrder }, (_, index) => countNgrams(characters, index + 1)),
      ...Array.from({ length: wordOrder }, (_, index) => countNgrams(words, index + 1)),
    ];
  }

  #fScore(overlaps: readonly Overlap[]): number {
    const factor = this.#options.beta ** 2;
    const combine = (precision: number, recall: number): number => {
      const weighted = factor * precision + recall;
      return weighted > 0 ? ((1 + factor) * precision * recall) / weighted : 0;
    };
    if (this.#options.epsilonSmoothing) {
      // An order without n-grams gives 0 here, where chrF++.py gives 10⁻¹⁶.
      const scores = overlaps.map(({ hypothesis, reference, matches }) =>
        combine(hypothesis && matches / hypothesis, reference && matches / reference),
      );
      return (100 * sum(scores)) / overlaps.length;
    }
    const effective = overlaps.filter(({ hypothesis, reference }) => hypothesis > 0 && reference > 0);
    if (effective.length === 0) return 0;
    const precision = sum(effective.map(({ matches, hypothesis }) => matches / hypothesis));
    const recall = sum(effective.map(({ matches, reference }) => matches / reference));
    return 100 * combine(precision / effective.length, recall / effective.length);
  }
}

/**
 * chrF of a corpus in memory, equal to sacreBLEU's `corpus_chrf`.
 *
 * @param hypotheses one text a segment
 * @param references for each segment its reference, or references
 * @throws {RangeError} if there are not as many references as hypotheses, or a segment has none
 * @example chrf(outputs, references, { wordOrder: 2 }).score; // chrF++
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrfOptions = {},
): ChrfScore {
  const corpus = new CorpusChrf(options);
  eachSegment('chrf', hypotheses, references, (hypothesis, own) => corpus.add(hypothesis, own));
  return corpus.score();
}

/** N-grams of one order in hypothesis and reference, and how many match. */
interface Overlap {
  hypothesis: number;
  reference: number;
  matches: number;
}

function overlapOf(hypothesis: NgramCounts, reference: NgramCounts): Overlap {
  return {
    hypothesis: reference.size > 0 ? sum([...hypothesis.values()]) : 0, // no reference, no miss
    reference: sum([...reference.values()]),
    matches: countMatches(hypothesis, reference),
  };
}

/** Cuts one ASCII punctuation mark off the end of a word, or else off its start. */
function separatePunctuation(word: string): string[] {
  if (word.length === 1) return [word];
  if (PUNCTUATION.test(word.at(-1)!)) return [word.slice(0, -1), word.slice(-1)];
  if (PUNCTUATION.test(word[0]!)) return [word[0]!, word.slice(1)];
  return [word];
}

const PUNCTUATION = /[!-/:-@[-`{-~]/;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
