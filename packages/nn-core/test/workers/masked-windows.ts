import type { EpochBatchSource } from '../../src/data/dataset.ts';
import { exampleBatches } from '../../src/data/dataset.ts';
import { maskedLanguageCollator } from '../../src/data/masked-language-collator.ts';
import { windowExamples } from '../../src/data/window-examples.ts';

/** Masked windows of a text of five letters; 5 is the mask and 6 fills up. */
export function maskedWindows(seed: number): EpochBatchSource {
  const tokens = Int32Array.from({ length: 101 }, (_, index) => (index * index) % 5);
  const collate = maskedLanguageCollator({ vocabSize: 7, maskId: 5, padId: 6, length: 8 });
  return exampleBatches(windowExamples(tokens, 8), { batchSize: 3, collate, seed });
}
