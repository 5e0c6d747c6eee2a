import type { Vocabulary } from './vocabulary.ts';

/** What counting n-grams of the text, and nothing else, achieves on its held-out part. */
export interface Baseline {
  /** Length of the longest n-gram. */
  readonly order: number;
  /** Nats per character. */
  readonly loss: number;
}

/** What the reading worker says about the text it was given. */
export type ReadingReport =
  | { readonly type: 'vocabulary-end'; readonly vocabulary: Vocabulary }
  | { readonly type: 'baselines-end'; readonly baselines: readonly Baseline[] };
