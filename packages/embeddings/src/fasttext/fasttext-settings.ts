/** What fastText was told to train, as its files keep it. */
export interface FastTextSettings {
  /** Numbers in a vector. */
  readonly dim: number;
  /** Words to each side that count as context. */
  readonly ws: number;
  readonly epoch: number;
  readonly minCount: number;
  readonly neg: number;
  /** Words of the longest word n-gram. */
  readonly wordNgrams: number;
  readonly loss: FastTextLoss;
  readonly model: FastTextKind;
  readonly bucket: number;
  readonly minn: number;
  readonly maxn: number;
  readonly lrUpdateRate: number;
  /** Threshold of subsampling. */
  readonly t: number;
}

/** Hierarchical softmax, negative sampling, softmax, one against all. */
export type FastTextLoss = 'hs' | 'ns' | 'softmax' | 'ova';
export type FastTextKind = 'cbow' | 'skipgram' | 'supervised';

/** By their numbers in files, from 1. */
export const LOSSES: readonly FastTextLoss[] = ['hs', 'ns', 'softmax', 'ova'];
export const KINDS: readonly FastTextKind[] = ['cbow', 'skipgram', 'supervised'];
