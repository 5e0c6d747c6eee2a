import type { PostProcessor } from '../post-processors/post-processor.ts';

/**
 * How many ids a text, or a pair of texts, has after post-processing.
 *
 * @param lengths ids of each text before it
 */
export function encodedLength(
  lengths: readonly number[],
  postProcessor: PostProcessor | undefined,
  addSpecialTokens: boolean,
): number {
  if (!postProcessor) return lengths.reduce((sum, length) => sum + length, 0);
  const lengthOf = (counts: readonly number[]): number =>
    postProcessor
      .processIds(
        counts.map((count) => new Int32Array(count)),
        addSpecialTokens,
      )
      .reduce((sum, part) => sum + part.length, 0);
  // A template may have a text twice.
  const none = lengths.map(() => 0);
  const added = lengthOf(none);
  return lengths.reduce(
    (sum, length, index) => sum + length * (lengthOf(none.with(index, 1)) - added),
    added,
  );
}
