import type { BlockSource } from '../word2vec/run-training.ts';
import type { CooccurrenceSettings } from './cooccurrences.ts';
import { countScale } from './count-scale.ts';
import type { PairCounter } from './pair-counter.ts';

/** How far counting is. */
export interface CountingProgress {
  /** Words counted so far, of those in the vocabulary. */
  readonly words: number;
  readonly totalWords: number;
}

/** What counting does on its way. */
export interface CountingRun {
  /** Rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called some times a second. */
  readonly onProgress?: ((progress: CountingProgress) => void) | undefined;
}

/**
 * Counts the pairs of all windows of a corpus. Windows end with sentences; words without a row are as if they had not been written.
 *
 * @param onFull called when the counter must be emptied
 */
export async function countWindows(
  source: BlockSource,
  totalWords: number,
  counter: PairCounter,
  { window, symmetric, distanceWeighting }: CooccurrenceSettings,
  onFull: () => void | Promise<void>,
  { signal, onProgress }: CountingRun,
): Promise<void> {
  const { units } = countScale(window, distanceWeighting);
  let words = 0;
  let breath = performance.now();
  /** The last words of the sentence before, which goes on if it was cut for its length. */
  let tail: number[] = [];
  let tailMark = 0;
  for await (const block of source()) {
    for (let start = 0; start < block.length; ) {
      let end = start;
      while (block[end]! >= 0) end++;
      const before = block[end] === tailMark ? tail : [];
      const line =
        before.length > 0 ? [...before, ...block.subarray(start, end)] : block.subarray(start, end);
      for (let at = before.length; at < line.length; at++) {
        const word = line[at]!;
        for (let other = Math.max(0, at - window); other < at; other++) {
          const context = line[other]!;
          const count = units[at - other - 1]!;
          if (!symmetric) counter.add(word, context, count);
          else if (word === context) counter.add(word, word, 2 * count);
          else counter.add(Math.min(word, context), Math.max(word, context), count);
          if (counter.isFull) await onFull();
        }
      }
      tail = Array.from(line.slice(-window));
      tailMark = block[end]!;
      words += end - start;
      start = end + 1;
    }
    if (performance.now() - breath < BREATH_MILLISECONDS) continue;
    onProgress?.({ words, totalWords });
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    breath = performance.now();
  }
  signal?.throwIfAborted();
}

/** How long counting goes on before other work of this thread gets a turn. */
const BREATH_MILLISECONDS = 100;
