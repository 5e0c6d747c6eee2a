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
  /** Whether what attention gave is read by the next step too. Default true; Bahdanau's decoder always reads its context. */
  readonly inputFeeding?: boolean;
  /** Whether tanh(Wᶜ [context; state]) stands before the output layer, which else reads [context; state] itself. Default true. */
  readonly attentionLayer?: boolean;
  /** Whether the decoder starts from all that the encoder ends with, or has the cell of an LSTM start at zero. Default all. */
  readonly firstState?: 'all' | 'hidden';
  /**
   * Whether the output layer's weight is the table of target embeddings. The attention layer then gives embeddingSize numbers; without one, what the output
   * layer reads must be as wide. Default false.
   */
  readonly tied?: boolean;
  /** Whether attention knows how much each word of the source has counted before; additive scores only. Default false. */
  readonly coverage?: boolean;
  /** λ: what looking at the same words again costs in training, where there is coverage. Default 1. */
  readonly coverageLoss?: number;
  /** Whether words of the source may be copied, where attention points (pointer-generator). Default false. */
  readonly copy?: boolean;
  /** Words at most that the target's vocabulary lacks and that can be copied from one source; they have the ids from targetVocabSize on. Default 0. */
  readonly copySlots?: number;
  /** What the decoder reads in place of such a word. Default 0. */
  readonly unknownId?: number;
  /** Of embeddings, between layers and of what the output layer reads, in [0, 1). Default 0. */
  readonly dropout?: number;
  /** Share of a target's probability that is spread over all words. Default 0. */
  readonly labelSmoothing?: number;
}

/** @throws {RangeError} naming the field that does not fit */
export function resolveSeq2SeqConfig(config: Seq2SeqConfig): Required<Seq2SeqConfig> {
  const resolved = {
    layerCount: 1,
    cell: 'gru',
    bidirectional: true,
    attention: 'luong-general',
    inputFeeding: true,
    attentionLayer: true,
    firstState: 'all',
    tied: false,
    coverage: false,
    coverageLoss: 1,
    copy: false,
    copySlots: 0,
    unknownId: 0,
    dropout: 0,
    labelSmoothing: 0,
    ...config,
  } as const;
  const { sourceVocabSize, targetVocabSize, embeddingSize, hiddenSize, layerCount } = resolved;
  const { dropout, labelSmoothing, attention, firstState } = resolved;
  requireSize('Seq2Seq', { sourceVocabSize, targetVocabSize, embeddingSize, hiddenSize, layerCount });
  requireRate('Seq2Seq', { dropout, labelSmoothing });
  requireOneOf('attention', attention, SEQ2SEQ_ATTENTIONS);
  requireOneOf('firstState', firstState, ['all', 'hidden']);
  if (resolved.bidirectional && hiddenSize % 2 > 0) {
    throw new RangeError(
      `Seq2Seq: hiddenSize must be even where the encoder has two directions, got ${hiddenSize}.`,
    );
  }
  if (attention === 'bahdanau' && !resolved.inputFeeding) {
    throw new RangeError("Seq2Seq: inputFeeding must be true with Bahdanau's attention, got false.");
  }
  requireCoverageAndCopies(resolved);
  const read = outputSize(resolved);
  if (resolved.tied && read !== embeddingSize) {
    throw new RangeError(
      `Seq2Seq: embeddingSize must be what the output layer reads (${read}) where its weight is tied, got ${embeddingSize}.`,
    );
  }
  return resolved;
}

function requireCoverageAndCopies(config: Required<Seq2SeqConfig>): void {
  const { attention, coverage, coverageLoss, copy, copySlots, unknownId, targetVocabSize } = config;
  if (coverage && attention !== 'bahdanau' && attention !== 'luong-concat') {
    throw new RangeError(
      `Seq2Seq: attention must be bahdanau or luong-concat where there is coverage, got ${attention}.`,
    );
  }
  if (!(coverageLoss >= 0 && coverageLoss < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Seq2Seq: coverageLoss must be a number of at least 0, got ${coverageLoss}.`);
  }
  if (copy && attention === 'none') {
    throw new RangeError('Seq2Seq: attention must not be none where words are copied, got none.');
  }
  if (!(Number.isSafeInteger(copySlots) && copySlots >= 0 && (copy || copySlots === 0))) {
    throw new RangeError(
      `Seq2Seq: copySlots must be a non-negative integer, 0 where nothing is copied, got ${copySlots}.`,
    );
  }
  if (!(Number.isSafeInteger(unknownId) && unknownId >= 0 && unknownId < targetVocabSize)) {
    throw new RangeError(`Seq2Seq: unknownId must be an id below ${targetVocabSize}, got ${unknownId}.`);
  }
}

/** Numbers that the output layer reads at each step. */
export function outputSize({
  attention,
  attentionLayer,
  tied,
  embeddingSize,
  hiddenSize,
}: Required<Seq2SeqConfig>): number {
  if (attention === 'none') return hiddenSize;
  if (!attentionLayer) return 2 * hiddenSize;
  return tied ? embeddingSize : hiddenSize;
}

/** Numbers that the decoder reads beside the word. */
export function fedSize(config: Required<Seq2SeqConfig>): number {
  const { attention, inputFeeding, hiddenSize } = config;
  if (attention === 'none' || !inputFeeding) return 0;
  return attention === 'bahdanau' ? hiddenSize : outputSize(config);
}

function requireOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new RangeError(
    `Seq2Seq: ${name} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}.`,
  );
}
