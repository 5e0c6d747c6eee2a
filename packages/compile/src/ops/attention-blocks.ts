import * as tf from '@tensorflow/tfjs-core';
import { isTracing, traceBackend } from '../trace/trace-backend.ts';

/** Places from `first` up to and without `end`. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** Queries that are handled together, and the keys that any of them sees. */
export interface QueryBlock {
  readonly queries: Span;
  readonly keys: Span;
}

/** Queries in a block, at least: below, more and smaller products take the time that is saved. */
const BLOCK_SIZE = 256;
/** Blocks of long sequences grow instead, so that graphs stay small. */
const MOST_BLOCKS = 8;

/**
 * Blocks of queries for causal attention: half of all scores lie in the future, and most of those need not be computed. With a window, what lies before it
 * need not be either.
 *
 * One block of everything where nothing is to be gained, where a bias takes part, and in traces for sizes that are open, which must do the same at all sizes.
 */
export function queryBlocks(
  queries: number,
  keys: number,
  {
    causal = false,
    window = Number.POSITIVE_INFINITY,
    bias,
  }: { causal?: boolean; window?: number; bias?: tf.Tensor },
): readonly QueryBlock[] {
  const count = Math.min(MOST_BLOCKS, Math.floor(queries / BLOCK_SIZE));
  const isOpen = isTracing() && traceBackend().hasOpenSizes;
  if (!causal || bias || queries > keys || count < 2 || isOpen) {
    return [{ queries: { first: 0, end: queries }, keys: { first: 0, end: keys } }];
  }
  return Array.from({ length: count }, (_, index) => {
    const first = Math.round((index * queries) / count);
    const end = Math.round(((index + 1) * queries) / count);
    const earlier = keys - queries; // keys before the first query's own
    return {
      queries: { first, end },
      keys: { first: Math.max(0, earlier + first - window + 1), end: earlier + end },
    };
  });
}

/** `[batch, heads, rows, size]` of some rows. */
export function rowsOf(x: tf.Tensor, { first, end }: Span): tf.Tensor {
  return sliceAxis(x, 2, { first, end });
}

/** The part of something that broadcasts to `[batch, heads, queries, keys]`. */
export function scoresAt(x: tf.Tensor, { queries, keys }: QueryBlock): tf.Tensor {
  const ofQueries = (x.shape.at(-2) ?? 1) > 1 ? sliceAxis(x, x.rank - 2, queries) : x;
  return (x.shape.at(-1) ?? 1) > 1 ? sliceAxis(ofQueries, x.rank - 1, keys) : ofQueries;
}

/** The shape of a block's scores. */
export function scoresOf({ queries, keys }: QueryBlock, q: tf.Tensor): [number, number, number, number] {
  return [q.shape[0]!, q.shape[1]!, queries.end - queries.first, keys.end - keys.first];
}

/** `[batch, heads, rows, size]` of consecutive blocks. */
export function inRows(blocks: readonly tf.Tensor[]): tf.Tensor {
  return blocks.length === 1 ? blocks[0]! : tf.concat([...blocks], 2);
}

/**
 * The sum of blocks that stand at some rows each, `[batch, heads, rows, size]`.
 *
 * @param spans neither begin nor end before those of the block before, and leave no row out between them
 */
export function sumOfRows(blocks: readonly tf.Tensor[], spans: readonly Span[], rows: number): tf.Tensor {
  let sum = blocks[0]!;
  let { first, end } = spans[0]!;
  for (const [index, block] of blocks.entries()) {
    if (index === 0) continue;
    const span = spans[index]!;
    sum = tf.add(padRows(sum, 0, span.end - end), padRows(block, span.first - first, 0));
    end = span.end;
  }
  return padRows(sum, first, rows - end);
}

function padRows(x: tf.Tensor, before: number, after: number): tf.Tensor {
  if (before === 0 && after === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [0, 0],
    [before, after],
    [0, 0],
  ]);
}

function sliceAxis(x: tf.Tensor, axis: number, { first, end }: Span): tf.Tensor {
  if (first === 0 && end === x.shape[axis]) return x;
  const begin = x.shape.map((_, index) => (index === axis ? first : 0));
  const size = x.shape.map((length, index) => (index === axis ? end - first : length));
  return tf.slice(x, begin, size);
}
