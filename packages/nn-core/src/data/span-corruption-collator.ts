import type { RandomStream } from '@wordloom/compile';
import type { Collator } from './dataset.ts';
import { type RowLengthOptions, requireRowLength } from './pad-rows.ts';
import { type Seq2SeqExample, seq2seqBatch } from './seq2seq-collator.ts';
import { drawSpans, requireSpans, type SpanOptions } from './span-corruption.ts';

/** Options of {@link spanCorruptionCollator}. */
export interface SpanCorruptionOptions extends SpanOptions {
  readonly padId: number;
  readonly endId: number;
  /** Tokens that stand for the hidden spans, in the order of their use; T5's are 32099, 32098, … 32000. */
  readonly sentinelIds: readonly number[];
  /** What the decoder reads first; default `padId`, as in T5. */
  readonly decoderStartId?: number;
  /** Lengths of the encoder's rows: see {@link spanCorruptionLengths}. Default as long as the longest. */
  readonly source?: RowLengthOptions;
  /** Lengths of the decoder's rows; default as long as the longest. */
  readonly target?: RowLengthOptions;
}

/**
 * Batches for T5's pretraining: spans of text are hidden behind sentinels, and the decoder writes what they hide. Other
 * spans every step, the same in a run that is resumed.
 *
 * Of `Thank you for inviting me to your party last week` the encoder may read `Thank you <0> me to your party <1> week
 * </s>`, and the decoder is to write `<0> for inviting <1> last </s>`: as in T5's code, and without the last sentinel
 * of the paper's figure.
 *
 * @returns a collator of batches as {@link seq2seqCollator}'s, of texts of at least 2 tokens without an end token
 * @throws {RangeError} naming the option that is out of range; when collating, the row that is too long or too short,
 * or has more spans than there are sentinels
 * @see Raffel et al. 2020, "T5", §3.1.4
 * @example
 * const { tokenCount, targetLength } = spanCorruptionLengths(512);
 * const collate = spanCorruptionCollator({ padId: 0, endId: 1, sentinelIds, source: { length: 512 }, target: { length: targetLength } });
 * const data = exampleBatches(windowExamples(tokens, tokenCount), { batchSize: 8, collate, seed: 0 });
 */
export function spanCorruptionCollator(options: SpanCorruptionOptions): Collator<ArrayLike<number>> {
  requireRowLength(OWNER, options.source ?? {});
  requireRowLength(OWNER, options.target ?? {});
  requireSpans(OWNER, options);
  const { padId, decoderStartId = padId } = options;
  return (examples, random) =>
    seq2seqBatch(
      OWNER,
      examples.map((tokens, index) => corrupt(tokens, options, random, index)),
      { ...options, decoderStartId },
    );
}

const OWNER = 'spanCorruptionCollator';

function corrupt(
  tokens: ArrayLike<number>,
  { sentinelIds, endId, ...options }: SpanCorruptionOptions,
  random: RandomStream,
  index: number,
): Seq2SeqExample {
  if (tokens.length < 2) {
    throw new RangeError(`${OWNER}: rows must have at least 2 tokens, got ${tokens.length} in row ${index}.`);
  }
  const text = Array.from(tokens);
  const lengths = drawSpans(text.length, options, random);
  if (lengths.length / 2 > sentinelIds.length) {
    throw new RangeError(
      `${OWNER}: sentinelIds must be one for each span, got ${sentinelIds.length} for ${lengths.length / 2} in row ${index}.`,
    );
  }
  const source: number[] = [];
  const target: number[] = [];
  let begin = 0;
  for (const [number, length] of lengths.entries()) {
    const span = text.slice(begin, begin + length);
    begin += length;
    if (number % 2 === 0) {
      source.push(...span);
      continue;
    }
    const sentinel = sentinelIds[(number - 1) / 2]!;
    source.push(sentinel);
    target.push(sentinel, ...span);
  }
  return { source: [...source, endId], target: [...target, endId] };
}
