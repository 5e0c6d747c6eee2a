import { RandomStream, type TensorData, tensorData } from '@wordloom/compile';
import type { Batch, BatchSource } from '../data/batch.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link drawCandidates}. */
export interface CandidateOptions {
  /** Number of classes. They must be in order of frequency, the most frequent first. */
  readonly vocabSize: number;
  /** How many different classes to draw; below vocabSize. */
  readonly sampleCount: number;
  readonly seed: number;
}

/** Where this module's draws stand among those of the same seed. */
const PURPOSE = 0x5a4d;

/** What {@link drawCandidates} gives: inputs of a batch, by name. */
export interface Candidates {
  /** int32 `[sampleCount]`, all different. */
  readonly candidates: TensorData;
  /** float32 `[]`: how many draws that took. */
  readonly candidateDraws: TensorData;
}

/**
 * Draws different classes with the log-uniform distribution, P(k) = log((k + 2) / (k + 1)) / log(vocabSize + 1), which is near
 * Zipf's law: the negatives of {@link sampledSoftmax}. A function of seed and step.
 *
 * @throws {RangeError} unless 0 < sampleCount < vocabSize
 */
export function drawCandidates({ vocabSize, sampleCount, seed }: CandidateOptions, step: number): Candidates {
  requireSizes('drawCandidates', { vocabSize, sampleCount });
  if (sampleCount >= vocabSize) {
    throw new RangeError(
      `drawCandidates: sampleCount must be below vocabSize ${vocabSize}, got ${sampleCount}. Use crossEntropy over all classes.`,
    );
  }
  const random = new RandomStream(seed, PURPOSE, step);
  const logRange = Math.log(vocabSize + 1);
  const drawn = new Set<number>();
  let draws = 0;
  for (; drawn.size < sampleCount; draws++) {
    // e^(u log(V + 1)) is in [1, V + 1), and in [k + 1, k + 2) with the probability of k.
    drawn.add(Math.min(vocabSize - 1, Math.floor(Math.exp(random.uniform() * logRange)) - 1));
  }
  return {
    candidates: tensorData(Int32Array.from(drawn), [sampleCount]),
    candidateDraws: tensorData(Float32Array.of(draws), []),
  };
}

/**
 * A source whose batches also hold the candidates of their step.
 *
 * @example
 * const data = withCandidates(randomWindows(tokens, windows), { vocabSize: 50_000, sampleCount: 512, seed: 0 });
 * // in the model: loss({ inputs, targets, candidates, candidateDraws }) { … sampledSoftmax(hidden, targets, { weight, candidates, candidateDraws }) }
 */
export function withCandidates(source: BatchSource, options: CandidateOptions): BatchSource {
  return {
    ...(source.tokensPerBatch !== undefined && { tokensPerBatch: source.tokensPerBatch }),
    batch(step) {
      const batch = source.batch(step);
      const extended = (batch: Batch): Batch => ({ ...batch, ...drawCandidates(options, step) });
      return batch instanceof Promise ? batch.then(extended) : extended(batch);
    },
  };
}
