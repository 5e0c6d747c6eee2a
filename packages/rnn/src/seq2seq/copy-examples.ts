import { tensorData } from '@wordloom/compile';
import {
  type Collator,
  type Seq2SeqCollatorOptions,
  type Seq2SeqExample,
  seq2seqCollator,
} from '@wordloom/nn-core';

/** A sequence, what it is to be turned into, and what its words are for the target. */
export interface CopyExample extends Seq2SeqExample {
  /** The target's id of each word of the source. */
  readonly copyIds: ArrayLike<number>;
}

/** What {@link copyWords} finds. */
export interface CopiedWords {
  /** The target's id of each word of the source. */
  readonly copyIds: number[];
  /** Ids of the target's words. */
  readonly target: number[];
  /** The words that the vocabulary lacks: those of ids from its size on. */
  readonly extraWords: string[];
}

/** Options of {@link copyWords}. */
export interface CopyWordsOptions {
  /** The target's vocabulary. */
  readonly ids: ReadonlyMap<string, number>;
  readonly vocabSize: number;
  readonly unknownId: number;
  /** Words at most that get ids of their own, as in the model's `copySlots`; the others are unknown. */
  readonly slots: number;
}

/**
 * Gives words of a source that the target's vocabulary lacks ids for this one example, in the order in which they first stand there. Words of the target that
 * stand neither there nor in the vocabulary are unknown.
 *
 * @see See et al. 2017, §2.2 (extended vocabulary)
 * @example
 * copyWords(['visit', 'Yerevan'], ['Yerevan'], { ids: new Map([['visit', 5]]), vocabSize: 100, unknownId: 0, slots: 4 });
 * // { copyIds: [5, 100], target: [100], extraWords: ['Yerevan'] }
 */
export function copyWords(
  source: readonly string[],
  target: readonly string[],
  { ids, vocabSize, unknownId, slots }: CopyWordsOptions,
): CopiedWords {
  const extra = [...new Set(source.filter((word) => !ids.has(word)))].slice(0, slots);
  const own = new Map(extra.map((word, place) => [word, vocabSize + place]));
  const idOf = (word: string): number => ids.get(word) ?? own.get(word) ?? unknownId;
  return { copyIds: source.map(idOf), target: target.map(idOf), extraWords: extra };
}

/**
 * Batches of {@link seq2seqCollator} with `copyIds`, int32 `[rows, source length]`.
 *
 * @throws {RangeError} when collating, if an example's copyIds are not one for each word of its source
 */
export function copyCollator(options: Seq2SeqCollatorOptions): Collator<CopyExample> {
  const collate = seq2seqCollator(options);
  const fromEnd = options.source?.truncate === 'start';
  return (examples, random) => {
    const batch = collate(examples, random);
    const [rows, length] = batch.inputs!.shape as [number, number];
    const copyIds = new Int32Array(rows * length); // padding is never looked at
    for (const [row, { source, copyIds: ids }] of examples.entries()) {
      if (ids.length !== source.length) {
        throw new RangeError(
          `copyCollator: copyIds must be as many as the source's ${source.length} words, got ${ids.length} in row ${row}.`,
        );
      }
      const kept = fromEnd ? Array.from(ids).slice(-length) : Array.from(ids).slice(0, length);
      copyIds.set(kept, row * length);
    }
    return { ...batch, copyIds: tensorData(copyIds, [rows, length]) };
  };
}
