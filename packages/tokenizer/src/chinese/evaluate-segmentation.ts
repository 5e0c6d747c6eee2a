import type { WordSegmenter } from './piece.ts';

/** Shares between 0 and 1, over all sentences together. */
export interface SegmentationScore {
  /** Of the words found, how many are right. */
  readonly precision: number;
  /** Of the right words, how many were found. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f1: number;
  readonly wordCount: number;
  readonly foundCount: number;
  readonly rightCount: number;
}

/**
 * Scores a segmenter by the rule of the SIGHAN bakeoffs: a word is right if it begins and ends where a word of the reference
 * does.
 *
 * @param reference sentences as their right words; `parseSegmentedText` reads files
 * @see Emerson 2005, The Second International Chinese Word Segmentation Bakeoff, §3
 */
export function evaluateSegmentation(
  segmenter: WordSegmenter,
  reference: Iterable<readonly string[]>,
): SegmentationScore {
  let wordCount = 0;
  let foundCount = 0;
  let rightCount = 0;
  for (const words of reference) {
    const boundaries = segmenter.boundaries(words.join(''));
    const starts = new Map<number, number>(
      [...boundaries].map((end, index) => [end, index > 0 ? boundaries[index - 1]! : 0]),
    );
    wordCount += words.length;
    foundCount += boundaries.length;
    let end = 0;
    for (const word of words) {
      end += word.length;
      if (starts.get(end) === end - word.length) rightCount++;
    }
  }
  const precision = foundCount === 0 ? 0 : rightCount / foundCount;
  const recall = wordCount === 0 ? 0 : rightCount / wordCount;
  const f1 = rightCount === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1, wordCount, foundCount, rightCount };
}

/** Reads segmented text: a sentence on each line, its words separated by white space. Empty lines are skipped. */
export function parseSegmentedText(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .map((line) => line.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0);
}
