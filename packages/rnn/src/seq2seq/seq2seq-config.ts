import { requireRate, requireSize } from '../layers/require-options.ts';

/**
 * Where a decoder looks at the source: not at all; from its state before a step, as Bahdanau's; from its state after, as Luong's with one of his three
 * scores.
 */
export type Seq2SeqAttention = 'none' | 'bahdanau' | 'luong-dot' | 'luong-general' | 'luong-concat';

export const SEQ2SEQ_ATTENTIONS: readonly Seq2SeqAttention[] = [
  'none',
  'bahdanau',
  'luong-dot',
  'luong-general',
  'luong-concat',
];

/** What a {@link Seq2Seq} consists of. */
export interface Seq2SeqConfig {
  readonly sourceVocabSize: number;
  readonly targetVocabSize: number;
  readonly embeddingSize: number;
  /** Of decoder states, and of encoder states of both directions together. */
  readonly hiddenSize: number;
  /** Of encoder and decoder. Default 1. */
  readonly layerCount?: number;
  /** Default gru. */
  readonly cell?: 'lstm' | 'gru' | 'rnn';
  /** Of the encoder. Default true; hiddenSize must then be even. */
  readonly bidirectional?: boolean;
  /** Default luong-general. */
  readonly attention?: Seq2SeqAttention;
  /** Of embeddings, between layers and of what the output layer reads, in [0, 1). Default 0. */
  readonly dropout?: number;
  /** Share of a target's probability that is spread over all words. Default 0. */
  readonly labelSmoothing?: number;
}

/** @throws {RangeError} naming the field that does not fit */
export function resolveSeq2SeqConfig(config: Seq2SeqConfig): Required<Seq2SeqConfig> {
  const { layerCount = 1, cell = 'gru', bidirectional = true, attention = 'luong-general' } = config;
  const {
    sourceVocabSize,
    targetVocabSize,
    embeddingSize,
    hiddenSize,
    dropout = 0,
    labelSmoothing = 0,
  } = config;
  requireSize('Seq2Seq', { sourceVocabSize, targetVocabSize, embeddingSize, hiddenSize, layerCount });
  requireRate('Seq2Seq', { dropout, labelSmoothing });
  if (bidirectional && hiddenSize % 2 > 0) {
    throw new RangeError(
      `Seq2Seq: hiddenSize must be even where the encoder has two directions, got ${hiddenSize}.`,
    );
  }
  if (!SEQ2SEQ_ATTENTIONS.includes(attention)) {
    throw new RangeError(
      `Seq2Seq: attention must be one of ${SEQ2SEQ_ATTENTIONS.join(', ')}, got ${JSON.stringify(attention)}.`,
    );
  }
  return { ...config, layerCount, cell, bidirectional, attention, dropout, labelSmoothing };
}
