import { commonSubsequence } from './common-subsequence.ts';
import { countMatches, countNgrams } from './ngrams.ts';
import { porterStem } from './porter-stemmer.ts';
import { eachSegment, type References } from './references.ts';

/** The variants of ROUGE: n-grams, longest common subsequence, and that of summaries of several sentences. */
export type RougeKind = 'rouge1' | 'rouge2' | 'rougeL' | 'rougeLsum';

/** One ROUGE score, from 0 to 1. */
export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** ROUGE scores by variant. */
export type RougeScores = Readonly<Record<RougeKind, RougeScore>>;

/** Options of {@link rouge}. */
export interface RougeOptions {
  /** Whether words of more than three letters are stemmed; default false. */
  readonly stem?: boolean;
  /** Cuts a text into words; default runs of a–z and 0–9 in lower case, which leaves nothing of Chinese. */
  readonly tokenize?: (text: string) => string[];
}

/**
 * ROUGE of one text, equal to Google's `rouge_score`. For rougeLsum, sentences stand on lines of their own.
 *
 * @param hypothesis the text to judge
 * @param references one or more; of several, each variant takes the one with the best F1
 * @throws {RangeError} if there is no reference
 * @see Lin 2004, "ROUGE: a package for automatic evaluation of summaries"
 * @example rougeScores('the cat sat', 'the cat sat down').rouge1.recall; // 0.75
 */
export function rougeScores(
  hypothesis: string,
  references: References,
  options: RougeOptions = {},
): RougeScores {
  const texts = typeof references === 'string' ? [references] : references;
  if (texts.length === 0) throw new RangeError('rougeScores: references must hold a text, got none.');
  const [first, ...others] = texts.map((text) => scoresAgainst(hypothesis, text, options));
  return others.reduce<RougeScores>(
    (best, scores) => byKind((kind) => (scores[kind].f1 > best[kind].f1 ? scores[kind] : best[kind])),
    first!,
  );
}

/**
 * Mean ROUGE over texts: those are added one by one and only sums are kept.
 *
 * @example
 * const corpus = new CorpusRouge({ stem: true });
 * for await (const { summary, references } of summaries) corpus.add(summary, references);
 * corpus.score().rougeLsum.f1;
 */
export class CorpusRouge {
  readonly #options: RougeOptions;
  #count = 0;
  #sums: RougeScores = byKind(() => ({ precision: 0, recall: 0, f1: 0 }));

  constructor(options: RougeOptions = {}) {
    this.#options = options;
  }

  /** @throws {RangeError} if there is no reference */
  add(hypothesis: string, references: References): this {
    const scores = rougeScores(hypothesis, references, this.#options);
    const sums = this.#sums;
    this.#sums = byKind((kind) => ({
      precision: sums[kind].precision + scores[kind].precision,
      recall: sums[kind].recall + scores[kind].recall,
      f1: sums[kind].f1 + scores[kind].f1,
    }));
    this.#count++;
    return this;
  }

  /** The means of what was added so far. @throws {RangeError} if that is nothing */
  score(): RougeScores {
    const [count, sums] = [this.#count, this.#sums];
    if (count === 0) throw new RangeError('CorpusRouge.score: there must be a text, got none.');
    return byKind((kind) => ({
      precision: sums[kind].precision / count,
      recall: sums[kind].recall / count,
      f1: sums[kind].f1 / count,
    }));
  }
}

/**
 * Mean ROUGE over texts in memory: see {@link rougeScores}.
 *
 * @param references for each hypothesis its reference, or references
 * @throws {RangeError} if there are not as many references as hypotheses, or none
 */
export function rouge(
  hypotheses: readonly string[],
  references: readonly References[],
  options: RougeOptions = {},
): RougeScores {
  const corpus = new CorpusRouge(options);
  eachSegment('rouge', hypotheses, references, (hypothesis, own) => corpus.add(hypothesis, own));
  return corpus.score();
}

function scoresAgainst(
  hypothesis: string,
  reference: string,
  { stem = false, tokenize = latinWords }: RougeOptions,
): RougeScores {
  const words = (text: string): string[] => {
    const tokens = tokenize(text);
    return stem ? tokens.map((token) => (token.length > 3 ? porterStem(token) : token)) : tokens;
  };
  const sentences = (text: string): string[][] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map(words);
  const [own, other] = [words(hypothesis), words(reference)];
  return {
    rouge1: ngramScore(own, other, 1),
    rouge2: ngramScore(own, other, 2),
    rougeL: scoreOf(commonSubsequence(other, own).length, own.length, other.length),
    rougeLsum: summaryScore(sentences(hypothesis), sentences(reference)),
  };
}

function latinWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function ngramScore(hypothesis: string[], reference: string[], size: number): RougeScore {
  const matches = countMatches(countNgrams(hypothesis, size), countNgrams(reference, size));
  const ngrams = ({ length }: string[]): number => Math.max(0, length - size + 1);
  return scoreOf(matches, ngrams(hypothesis), ngrams(reference));
}

/** Union LCS of each reference sentence; a word counts at most as often as either side has it, as in ROUGE-1.5.5. */
function summaryScore(hypothesis: string[][], reference: string[][]): RougeScore {
  const [own, other] = [hypothesis.flat(), reference.flat()];
  const [ownLeft, otherLeft] = [countNgrams(own, 1), countNgrams(other, 1)];
  let hits = 0;
  for (const sentence of reference) {
    const union = new Set(hypothesis.flatMap((candidate) => commonSubsequence(sentence, candidate)));
    for (const index of [...union].sort((a, b) => a - b)) {
      const word = sentence[index]!;
      const [ownCount, otherCount] = [ownLeft.get(word) ?? 0, otherLeft.get(word) ?? 0];
      if (ownCount === 0 || otherCount === 0) continue;
      ownLeft.set(word, ownCount - 1);
      otherLeft.set(word, otherCount - 1);
      hits++;
    }
  }
  return scoreOf(hits, own.length, other.length);
}

function scoreOf(matches: number, hypothesisSize: number, referenceSize: number): RougeScore {
  const precision = matches / Math.max(1, hypothesisSize);
  const recall = matches / Math.max(1, referenceSize);
  const f1 = matches === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1 };
}

function byKind(make: (kind: RougeKind) => RougeScore): RougeScores {
  return {
    rouge1: make('rouge1'),
    rouge2: make('rouge2'),
    rougeL: make('rougeL'),
    rougeLsum: make('rougeLsum'),
  };
}
