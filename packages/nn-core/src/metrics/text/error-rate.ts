import { type EditCounts, editCounts } from './edit-distance.ts';
import { splitWords } from './words.ts';

/** An error rate and the edits it counts. */
export interface ErrorRate extends EditCounts {
  /** Edits per item of the references; above 1 if there are more edits than items. */
  readonly rate: number;
}

/** What an error rate counts: words between white space, or Unicode code points, white space among them. */
export type ErrorRateUnit = 'word' | 'character';

/**
 * Error rate over segments that are added one by one; only counts are kept.
 *
 * @example
 * const corpus = new CorpusErrorRate('word');
 * for await (const { transcript, truth } of recordings) corpus.add(transcript, truth);
 * corpus.score().rate;
 */
export class CorpusErrorRate {
  readonly #split: (text: string) => string[];
  readonly #sums = { hits: 0, substitutions: 0, insertions: 0, deletions: 0 };

  /** @throws {RangeError} if there is no such unit */
  constructor(unit: ErrorRateUnit) {
    this.#split = SPLITTERS[unit];
    if (!this.#split) throw new RangeError(`CorpusErrorRate: unit must be word or character, got ${unit}.`);
  }

  /** Adds a segment; either side may be empty. */
  add(hypothesis: string, reference: string): this {
    const counts = editCounts(this.#split(hypothesis), this.#split(reference));
    for (const kind of ['hits', 'substitutions', 'insertions', 'deletions'] as const) {
      this.#sums[kind] += counts[kind];
    }
    return this;
  }

  /** The rate of what was added so far. @throws {RangeError} if no reference has a word, or a character */
  score(): ErrorRate {
    const { hits, substitutions, insertions, deletions } = this.#sums;
    const length = hits + substitutions + deletions;
    if (length === 0) throw new RangeError('CorpusErrorRate.score: references must not all be empty.');
    return { rate: (substitutions + insertions + deletions) / length, ...this.#sums };
  }
}

/**
 * Word error rate: edits of words per reference word, over all segments. Case and punctuation count, so normalize both
 * sides first where they should not.
 *
 * @throws {RangeError} if there are not as many references as hypotheses, or no reference has a word
 */
export function wordErrorRate(hypotheses: readonly string[], references: readonly string[]): ErrorRate {
  return errorRate('wordErrorRate', 'word', hypotheses, references);
}

/**
 * Character error rate: edits of code points per reference code point, over all segments; white space counts.
 *
 * @throws {RangeError} if there are not as many references as hypotheses, or all references are empty
 */
export function characterErrorRate(hypotheses: readonly string[], references: readonly string[]): ErrorRate {
  return errorRate('characterErrorRate', 'character', hypotheses, references);
}

const SPLITTERS: Readonly<Record<ErrorRateUnit, (text: string) => string[]>> = {
  word: splitWords,
  character: (text) => [...text],
};

function errorRate(
  owner: string,
  unit: ErrorRateUnit,
  hypotheses: readonly string[],
  references: readonly string[],
): ErrorRate {
  if (hypotheses.length !== references.length) {
    throw new RangeError(
      `${owner}: references must hold one text for each of ${hypotheses.length} hypotheses, got ${references.length}.`,
    );
  }
  const corpus = new CorpusErrorRate(unit);
  for (const [index, hypothesis] of hypotheses.entries()) corpus.add(hypothesis, references[index]!);
  return corpus.score();
}
