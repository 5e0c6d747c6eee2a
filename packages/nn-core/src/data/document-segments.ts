import { tensorData } from '@wordloom/compile';
import { type Batch, type BatchSource, IGNORED_TARGET } from './batch.ts';

/** How documents are told apart in one sequence of tokens. */
export interface SeparatorOptions {
  /** The token between documents, such as GPT-2's `<|endoftext|>`. */
  readonly separatorId: number;
  /** Whether it is the last token of a document or the first; default `end`. */
  readonly place?: 'end' | 'start';
}

/**
 * Documents one after the other, with a separator for each, as one sequence to cut windows from.
 *
 * @example
 * const tokens = joinDocuments(texts.map((text) => tokenizer.encode(text)), { separatorId: 50256 });
 * const data = shuffledWindows(tokens, { batchSize: 8, contextLength: 256, seed: 0 });
 */
export function joinDocuments(
  documents: Iterable<ArrayLike<number>>,
  { separatorId, place = 'end' }: SeparatorOptions,
): Int32Array {
  const all = [...documents];
  const tokens = new Int32Array(all.reduce((sum, { length }) => sum + length + 1, 0)).fill(separatorId);
  let begin = place === 'start' ? 1 : 0;
  for (const document of all) {
    tokens.set(document, begin);
    begin += document.length + 1;
  }
  return tokens;
}

/**
 * Tells the documents in windows apart, by their separators: for attention that does not look into the document before.
 *
 * @param source of batches with int32 `inputs` and `targets` `[rows, length]`, such as {@link shuffledWindows}
 * @returns its batches with int32 `segments` (from 1 in each row) and `positions` (from 0 in each segment). A target
 * that is in another document than its input, behind a separator at the end, does not count
 * @example
 * const data = withDocumentSegments(shuffledWindows(tokens, { batchSize, contextLength, seed }), { separatorId: 50256 });
 * // in the model: attention.forward(x, { causal: true, mask: segmentMask(segments), positions: { positions } })
 */
export function withDocumentSegments(source: BatchSource, options: SeparatorOptions): BatchSource {
  return {
    ...(source.tokensPerBatch !== undefined && { tokensPerBatch: source.tokensPerBatch }),
    batch(step) {
      const batch = source.batch(step);
      return batch instanceof Promise
        ? batch.then((batch) => segmented(batch, options))
        : segmented(batch, options);
    },
  };
}

function segmented(batch: Batch, { separatorId, place = 'end' }: SeparatorOptions): Batch {
  const { inputs, targets } = batch;
  if (inputs?.shape.length !== 2 || `${targets?.shape}` !== `${inputs.shape}`) {
    throw new RangeError(
      `withDocumentSegments: inputs and targets must be [rows, length], got [${inputs?.shape}] and [${targets?.shape}].`,
    );
  }
  const length = inputs.shape[1]!;
  const tokens = inputs.data;
  const counted = Int32Array.from(targets!.data);
  const segments = new Int32Array(tokens.length);
  const positions = new Int32Array(tokens.length);
  for (let index = 0; index < tokens.length; index++) {
    const isSeparator = tokens[index] === separatorId;
    if (place === 'end' && isSeparator) counted[index] = IGNORED_TARGET;
    if (index % length === 0) {
      segments[index] = 1;
      continue;
    }
    const begins = place === 'end' ? tokens[index - 1] === separatorId : isSeparator;
    segments[index] = segments[index - 1]! + (begins ? 1 : 0);
    positions[index] = begins ? 0 : positions[index - 1]! + 1;
  }
  const { shape } = inputs;
  return {
    ...batch,
    targets: tensorData(counted, shape),
    segments: tensorData(segments, shape),
    positions: tensorData(positions, shape),
  };
}
