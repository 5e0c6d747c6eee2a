import { type EditCounts, editCounts } from './edit-distance.ts';
import { splitWords } from './words.ts';

/** An error rate and the edits it counts. */
export interface ErrorRate extends EditCounts {
  /** Edits per item of the references; above 1 if there are more edits than items. */
  readonly rate: number;
}

/**
 * Word error rate: edits of words per reference word, over all segments. Words stand between white space; case and
 * punctuation count, so normalize both sides first where they should not.
 *
 * @throws {RangeError} if there are not as many references as hypotheses, or no reference has a word
 */
export function wordErrorRate(hypotheses: readonly string[], references: readonly string[]): ErrorRate {
  return errorRate('wordErrorRate', hypotheses, references, splitWords);
}

/**
 * Character error rate: edits of code points per reference code point, over all segments; white space counts.
 *
 * @throws {RangeError} if there are not as many references as hypotheses, or all references are empty
 */
export function characterErrorRate(hypotheses: readonly string[], references: readonly string[]): ErrorRate {
  return errorRate('characterErrorRate', hypotheses, references, (text) => [...text]);
}

function errorRate(
  owner: string,
  hypotheses: readonly string[],
  references: readonly string[],
  split: (text: string) => string[],
): ErrorRate {
  if (hypotheses.length !== references.length) {
    throw new RangeError(
      `${owner}: references must hold one text for each of ${hypotheses.length} hypotheses, got ${references.length}.`,
    );
  }
  const sums = { hits: 0, substitutions: 0, insertions: 0, deletions: 0 };
  for (const [index, hypothesis] of hypotheses.entries()) {
    const counts = editCounts(split(hypothesis), split(references[index]!));
    sums.hits += counts.hits;
    sums.substitutions += counts.substitutions;
    sums.insertions += counts.insertions;
    sums.deletions += counts.deletions;
  }
  const { hits, substitutions, insertions, deletions } = sums;
  const length = hits + substitutions + deletions;
  if (length === 0) throw new RangeError(`${owner}: references must not all be empty.`);
  return { rate: (substitutions + insertions + deletions) / length, ...sums };
}
