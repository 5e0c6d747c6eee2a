import { RandomStream } from '@wordloom/compile';
import { seq2seqCollator } from '@wordloom/nn-core';
import { requireSize } from '../layers/require-options.ts';
import type { Hypothesis } from './beam-search.ts';
import type { Seq2Seq } from './seq2seq.ts';
import { type TransduceOptions, transduce } from './transduce.ts';

/** Options of {@link transduceAll}. */
export interface TransduceAllOptions extends Omit<TransduceOptions, 'maxLength'> {
  /** What fills rows up. */
  readonly padId: number;
  /** Sources that are worked on at a time. Default 64. */
  readonly batchSize?: number;
  /** Words of a result at most: as many as the source's and these. Default 16. */
  readonly extraLength?: number;
}

/**
 * What a model makes of many sequences: those of about the same length are worked on together.
 *
 * @param sources each with its end, as in training
 * @returns number and hypotheses of each source, the shortest sources first
 * @example
 * const translations = [];
 * for await (const { index, hypotheses } of transduceAll(model, sources, { startId: 1, endId: 2, padId: 0, beamSize: 5, runtime })) {
 *   translations[index] = tokenizer.decode(hypotheses[0].ids);
 * }
 */
export async function* transduceAll(
  model: Seq2Seq,
  sources: readonly ArrayLike<number>[],
  { padId, batchSize = 64, extraLength = 16, ...options }: TransduceAllOptions,
): AsyncGenerator<{ readonly index: number; readonly hypotheses: readonly Hypothesis[] }> {
  requireSize('transduceAll', { batchSize, extraLength });
  const order = [...sources.keys()].sort((a, b) => sources[a]!.length - sources[b]!.length);
  const random = new RandomStream(0); // which nothing is drawn from
  const pad = seq2seqCollator({ padId, decoderStartId: options.startId, source: { multipleOf: 4 } });
  for (let first = 0; first < order.length; first += batchSize) {
    const indices = order.slice(first, first + batchSize);
    const rows = indices.map((index) => ({ source: sources[index]!, target: [options.endId] }));
    const { inputs, mask } = pad(rows, random);
    const maxLength = rows.at(-1)!.source.length + extraLength;
    const found = await transduce(model, { inputs: inputs!, mask: mask! }, { ...options, maxLength });
    for (const [row, index] of indices.entries()) yield { index, hypotheses: found[row]! };
  }
}
