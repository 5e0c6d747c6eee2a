import { eachSegment, type References, referenceList } from './references.ts';
import { shiftDistance } from './shift-distance.ts';
import { ReferenceCount, signatureOf } from './signature.ts';
import { type TerWordsOptions, terWords } from './ter-words.ts';

/** A translation edit rate. */
export interface TerScore {
  /** Edits per 100 reference words; above 100 if there are more edits than words. Lower is better. */
  readonly score: number;
  /** Insertions, deletions, substitutions and shifts. */
  readonly edits: number;
  /** Words of the references, for each segment the mean over its references. */
  readonly referenceLength: number;
  /** sacreBLEU's: `nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:…`. */
  readonly signature: string;
}

/**
 * Translation edit rate of a corpus, equal to sacreBLEU's. Segments are added one by one and only their counts are kept.
 *
 * @see Snover et al. 2006, "A study of translation edit rate with targeted human annotation"
 */
export class CorpusTer {
  readonly #options: TerWordsOptions;
  readonly #references = new ReferenceCount();
  #edits = 0;
  #referenceLength = 0;

  constructor(options: TerWordsOptions = {}) {
    this.#options = options;
  }

  /**
   * Adds a segment; of several references the one with the fewest edits counts.
   *
   * @throws {RangeError} if there is no reference
   */
  add(hypothesis: string, references: References): this {
    const texts = referenceList('CorpusTer.add', references);
    const words = terWords(hypothesis, this.#options);
    const candidates = texts.map((text) => terWords(text, this.#options));
    this.#edits += Math.min(...candidates.map((candidate) => shiftDistance(words, candidate)));
    this.#referenceLength += candidates.reduce((sum, { length }) => sum + length, 0) / candidates.length;
    this.#references.add(texts.length);
    return this;
  }

  /** The score of what was added so far. Without a reference word it is 100, or 0 if there is no edit either. */
  score(): TerScore {
    const { caseSensitive, normalize, ignorePunctuation, asian } = this.#options;
    const [edits, referenceLength] = [this.#edits, this.#referenceLength];
    const rate = referenceLength > 0 ? edits / referenceLength : Math.sign(edits);
    return {
      score: 100 * rate,
      edits,
      referenceLength,
      signature: signatureOf({
        nrefs: `${this.#references}`,
        case: caseSensitive ? 'mixed' : 'lc',
        tok: 'tercom',
        norm: normalize ?? false,
        punct: !ignorePunctuation,
        asian: asian ?? false,
      }),
    };
  }
}

/**
 * Translation edit rate of a corpus in memory, equal to sacreBLEU's `corpus_ter`.
 *
 * @param hypotheses one text a segment
 * @param references for each segment its reference, or references
 * @throws {RangeError} if there are not as many references as hypotheses, or a segment has none
 * @example translationEditRate(['d e a b c'], ['a b c d e']).score; // 20: one shift for five words
 */
export function translationEditRate(
  hypotheses: readonly string[],
  references: readonly References[],
  options: TerWordsOptions = {},
): TerScore {
  const corpus = new CorpusTer(options);
  eachSegment('translationEditRate', hypotheses, references, (hypothesis, own) =>
    corpus.add(hypothesis, own),
  );
  return corpus.score();
}
