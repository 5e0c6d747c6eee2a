import { describeValue } from '../describe-value.ts';
import type { CountedWord } from './corpus-counter.ts';
import type { MergePair } from './merge-training.ts';

/**
 * A training of merges on its way, as plain values that `JSON.stringify` writes: the counted words, and the merges learned from them.
 * Training that goes on from it ends with what it would have without a break.
 */
export interface TrainingCheckpoint {
  readonly format: 1;
  /** The options that merges depend on, as text. */
  readonly settings: string;
  readonly words: readonly CountedWord[];
  readonly merges: readonly MergePair[];
}

/**
 * Checks a checkpoint, which may come from a file.
 *
 * @throws {TypeError} if it is something else
 * @throws {RangeError} if it was made with other options
 */
export function checkCheckpoint(checkpoint: TrainingCheckpoint, settings: string, caller: string): void {
  const { format, words, merges } = checkpoint ?? {};
  if (format !== 1 || !Array.isArray(words) || !Array.isArray(merges)) {
    throw new TypeError(
      `${caller}: checkpoint must be one that trainTokenizerSteps made, of format 1, got ${describeValue(checkpoint)}.`,
    );
  }
  if (checkpoint.settings === settings) return;
  throw new RangeError(
    `${caller}: checkpoint must be resumed with the options it was made with, ${checkpoint.settings}, got ${settings}.`,
  );
}
