import {
  type BleuOptions,
  type BleuScore,
  type BleuSettings,
  bleuOfCounts,
  bleuSettings,
  nearestLength,
  tokensOf,
} from './bleu-statistics.ts';
import { countMatches, countNgrams, type NgramCounts } from './ngrams.ts';
import { eachSegment, type References, referenceList } from './references.ts';
import { ReferenceCount, signatureOf } from './signature.ts';

/**
 * BLEU of a corpus, equal to sacreBLEU's: segments are added one by one and only their counts are kept, so the corpus
 * may be larger than memory.
 *
 * @see Papineni et al. 2002; Post 2018, "A call for clarity in reporting BLEU scores"
 * @example
 * const corpus = new CorpusBleu({ tokenizer: 'zh' });
 * for await (const { output, references } of translations) corpus.add(output, references);
 * corpus.score().score;
 */
export class CorpusBleu {
  readonly #settings: BleuSettings;
  readonly #counts: number[];
  readonly #totals: number[];
  readonly #references = new ReferenceCount();
  #hypothesisLength = 0;
  #referenceLength = 0;

  /** @throws {RangeError} if an option is out of range */
  constructor(options: BleuOptions = {}) {
    this.#settings = bleuSettings(options);
    this.#counts = new Array<number>(this.#settings.maxOrder).fill(0);
    this.#totals = new Array<number>(this.#settings.maxOrder).fill(0);
  }

  /**
   * Adds a segment.
   *
   * @param hypothesis may be empty
   * @param references one or more; an empty text is one
   * @throws {RangeError} if there is no reference
   */
  add(hypothesis: string, references: References): this {
    const texts = referenceList('CorpusBleu.add', references);
    const tokens = tokensOf(hypothesis, this.#settings);
    const referenceTokens = texts.map((text) => tokensOf(text, this.#settings));
    for (let order = 1; order <= this.#settings.maxOrder; order++) {
      const ngrams = countNgrams(tokens, order);
      const best = mostOften(referenceTokens.map((words) => countNgrams(words, order)));
      this.#counts[order - 1]! += countMatches(ngrams, best);
      this.#totals[order - 1]! += Math.max(0, tokens.length - order + 1);
    }
    this.#hypothesisLength += tokens.length;
    this.#referenceLength += nearestLength(
      tokens.length,
      referenceTokens.map((words) => words.length),
    );
    this.#references.add(texts.length);
    return this;
  }

  /** The score of what was added so far. */
  score(): BleuScore {
    const { smoothing, smoothingValue, effectiveOrder, lowercase, tokenizer } = this.#settings;
    const takesValue = smoothing === 'add-k' || smoothing === 'floor';
    const statistics = {
      counts: this.#counts,
      totals: this.#totals,
      hypothesisLength: this.#hypothesisLength,
      referenceLength: this.#referenceLength,
    };
    return {
      ...bleuOfCounts(statistics, this.#settings),
      signature: signatureOf({
        nrefs: `${this.#references}`,
        case: lowercase ? 'lc' : 'mixed',
        eff: effectiveOrder,
        tok: tokenizer,
        smooth: takesValue ? `${smoothing}[${smoothingValue.toFixed(2)}]` : smoothing,
      }),
    };
  }
}

/**
 * BLEU of a corpus in memory, equal to sacreBLEU's `corpus_bleu`. Do not tokenize the texts first.
 *
 * @param hypotheses one text a segment
 * @param references for each segment its reference, or references (sacreBLEU's streams, transposed)
 * @throws {RangeError} if there are not as many references as hypotheses, or a segment has none
 * @example bleu(['The dog bit the man.'], [['The dog had bit the man.', 'The man was bitten.']]).score;
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly References[],
  options: BleuOptions = {},
): BleuScore {
  const corpus = new CorpusBleu(options);
  eachSegment('bleu', hypotheses, references, (hypothesis, own) => corpus.add(hypothesis, own));
  return corpus.score();
}

/**
 * BLEU of one segment, equal to sacreBLEU's `sentence_bleu`: a rough guide only, BLEU is made for corpora.
 *
 * @param references one or more
 */
export function sentenceBleu(
  hypothesis: string,
  references: References,
  options: BleuOptions = {},
): BleuScore {
  return new CorpusBleu({ effectiveOrder: true, ...options }).add(hypothesis, references).score();
}

/** Each n-gram as often as in the reference that has it most often. */
function mostOften(references: readonly NgramCounts[]): NgramCounts {
  const [first, ...others] = references;
  const most = new Map(first);
  for (const counts of others) {
    for (const [ngram, count] of counts) most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
  }
  return most;
}
