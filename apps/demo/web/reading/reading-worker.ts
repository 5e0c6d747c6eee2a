/** Counts a text's characters and n-grams, off the page's own thread. One text per worker. */
import { trainCharacters } from '@wordloom/tokenizer';
import { countingLosses } from '../../src/counting-losses.ts';
import { heldOutExcerpt, splitText } from '../../src/split-text.ts';
import type { Baseline, ReadingReport } from './reading-report.ts';
import { countCharacters } from './vocabulary.ts';

const LONGEST = 6;

self.addEventListener('message', ({ data: text }: MessageEvent<string>) => {
  report({ type: 'vocabulary-end', vocabulary: countCharacters(text) });
  report({ type: 'baselines-end', baselines: measureBaselines(text) });
});

/** Pairs of characters, and the length of n-gram that does best. */
function measureBaselines(text: string): Baseline[] {
  const parts = splitText(text);
  if (parts.heldOut.length < 2) return [];
  const tokenizer = trainCharacters(text);
  const heldOut = heldOutExcerpt(tokenizer.encode(parts.heldOut));
  const losses = countingLosses(tokenizer.encode(parts.training), heldOut, {
    vocabSize: tokenizer.vocabSize,
    longest: LONGEST,
  });
  const best = losses.reduce((a, b) => (b.loss < a.loss ? b : a));
  return best.order === 2 ? [best] : [losses[0]!, best];
}

function report(message: ReadingReport): void {
  self.postMessage(message);
}
