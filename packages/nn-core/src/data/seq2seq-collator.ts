import type { Batch } from './batch.ts';
import type { Collator } from './dataset.ts';
import { cutRows, padRows, type RowLengthOptions, requireRowLength } from './pad-rows.ts';

/** A sequence and what it is to be turned into, such as a sentence and its translation; each with its end token. */
export interface Seq2SeqExample {
  readonly source: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

/** Options of {@link seq2seqCollator}. */
export interface Seq2SeqCollatorOptions {
  readonly padId: number;
  /** What the decoder reads first: the beginning-of-sentence token, or as in T5 `padId`. */
  readonly decoderStartId: number;
  /** Lengths of source rows; default as long as the longest. */
  readonly source?: RowLengthOptions;
  /** Lengths of target rows; default as long as the longest. */
  readonly target?: RowLengthOptions;
}

/**
 * Batches for encoder-decoder models. The decoder reads the target behind a start token, and learns to write the target
 * itself (teacher forcing). Both are padded on the right, so that a causal decoder needs no mask.
 *
 * @returns a collator of batches `{ inputs, mask, decoderInputs, targets }`: int32 and bool `[rows, source length]`,
 * int32 `[rows, target length]` twice, `targets` −100 at padding
 * @throws {RangeError} naming the option that is out of range; when collating, the row that is too long
 * @see Sutskever et al. 2014, "Sequence to sequence learning with neural networks", §2
 * @example
 * const collate = seq2seqCollator({ padId: 0, decoderStartId: 2, source: { buckets: [16, 32] }, target: { buckets: [16, 32] } });
 */
export function seq2seqCollator(options: Seq2SeqCollatorOptions): Collator<Seq2SeqExample> {
  requireRowLength('seq2seqCollator', options.source ?? {});
  requireRowLength('seq2seqCollator', options.target ?? {});
  return (examples) => seq2seqBatch('seq2seqCollator', examples, options);
}

/** What {@link seq2seqCollator} makes, for collators that make source and target themselves. */
export function seq2seqBatch(
  owner: string,
  examples: readonly Seq2SeqExample[],
  { padId, decoderStartId, source = {}, target = {} }: Seq2SeqCollatorOptions,
): Batch {
  const sources = examples.map(({ source }) => ({ inputs: source }));
  const targets = examples.map(({ target }) => ({ inputs: target }));
  const { inputs, mask } = padRows(owner, cutRows(owner, sources, source), { ...source, padId });
  const decoded = cutRows(owner, targets, target).map(({ inputs: tokens }) => ({
    inputs: [decoderStartId, ...Array.from(tokens).slice(0, -1)].slice(0, tokens.length),
    targets: tokens,
  }));
  const decoder = padRows(owner, decoded, { ...target, padId });
  return { inputs: inputs!, mask: mask!, decoderInputs: decoder.inputs!, targets: decoder.targets! };
}
