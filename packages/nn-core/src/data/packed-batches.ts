import { tensorData } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import { type Batch, IGNORED_TARGET } from './batch.ts';
import { bestFitDecreasing } from './best-fit.ts';
import { type CausalExample, causalRow } from './causal-collator.ts';
import { type Dataset, type EpochBatchSource, epochOrder, positionAt, toDataset } from './dataset.ts';
import type { WindowSizes } from './window-batch.ts';

/** Options of {@link packedBatches}. */
export interface PackedBatchesOptions extends WindowSizes {
  /** Tokens of each example, by its number; a row takes one position less for it. */
  readonly lengths: ArrayLike<number>;
  /** The token that fills up what is left of a window. */
  readonly padId: number;
  /** Of the order. */
  readonly seed: number;
  /** Whether every epoch has an order of its own; default true. */
  readonly shuffle?: boolean;
  /** Whether examples that are longer than a window are cut into several; default false, and they are an error. */
  readonly split?: boolean;
}

/** Batches of windows that hold several examples. */
export interface PackedBatches extends EpochBatchSource {
  /** Windows in an epoch. */
  readonly windowCount: number;
  /** Share of their positions that hold a token, in (0, 1]. */
  readonly density: number;
}

/**
 * Packs short sequences into full windows for a language model, so that next to nothing is padded and there is one
 * shape. Every token but the first of each example is a target once an epoch.
 *
 * Windows are planned by best-fit decreasing from the lengths alone; every epoch fills the plan with the examples in
 * another way. Give `segmentMask(segments)` to attention with `causal`, and `positions` to its rotary embedding: then
 * an example is read as if it stood alone.
 *
 * @param data examples by number, or an array of them; each with its end token
 * @returns batches `{ inputs, targets, segments, positions }`, all int32 `[batchSize, contextLength]`: segments count
 * the examples of a window from 1 and are 0 at padding, positions begin at 0 in each; targets are −100 at padding
 * @throws {RangeError} if an option is out of range, or an example is longer than a window and may not be split
 * @see Krell et al. 2021, "Efficient sequence packing without cross-contamination"; Ding et al. 2024, "Fewer
 * truncations improve language modeling"
 * @example
 * const data = packedBatches(answers, { lengths: answers.map(({ tokens }) => tokens.length), batchSize: 8, contextLength: 512, padId: 0, seed: 0 });
 * // in the model: attention.forward(x, { causal: true, mask: segmentMask(segments), positions: { positions } })
 */
export function packedBatches(
  data: Dataset<CausalExample> | readonly CausalExample[],
  options: PackedBatchesOptions,
): PackedBatches {
  const { batchSize, contextLength, lengths, padId, seed, shuffle = true } = options;
  requireSizes(OWNER, { batchSize, contextLength, 'data.length': data.length });
  const dataset = toDataset(data);
  const plan = planWindows(dataset.length, options);
  const windowAt = epochOrder(plan.windows.length, seed, shuffle);
  const pieceAt = exchangeEqualPieces(plan, seed, shuffle);
  const rowAt = async (place: number): Promise<readonly Segment[]> => {
    const { epoch } = positionAt(place, plan.windows.length);
    const pieces = plan.windows[windowAt(place)]!.map((slot) => pieceAt(slot, epoch));
    return Promise.all(
      pieces.map(async (piece) => segmentOf(await dataset.example(piece.example), piece, lengths)),
    );
  };
  return {
    windowCount: plan.windows.length,
    density: plan.pieces.reduce((sum, { size }) => sum + size, 0) / (plan.windows.length * contextLength),
    position: (step) => positionAt(step * batchSize, plan.windows.length),
    async batch(step) {
      const rows = Array.from({ length: batchSize }, (_, row) => rowAt(step * batchSize + row));
      return batchOf(await Promise.all(rows), contextLength, padId);
    },
  };
}

const OWNER = 'packedBatches';

/** A run of an example's positions. */
interface Piece {
  readonly example: number;
  readonly begin: number;
  readonly size: number;
}

interface WindowPlan {
  /** Longest first. */
  readonly pieces: readonly Piece[];
  /** For each window the numbers of its pieces. */
  readonly windows: readonly (readonly number[])[];
}

function planWindows(
  count: number,
  {
    lengths,
    contextLength,
    split = false,
  }: Pick<PackedBatchesOptions, 'lengths' | 'contextLength' | 'split'>,
): WindowPlan {
  if (lengths.length !== count) {
    throw new RangeError(
      `${OWNER}: lengths must be one for each of ${count} examples, got ${lengths.length}.`,
    );
  }
  const range = split ? 'integers of at least 2' : `integers from 2 to ${contextLength + 1}`;
  const fix = split ? '' : ' Set split to cut longer ones.';
  const pieces: Piece[] = [];
  for (let example = 0; example < count; example++) {
    const positions = lengths[example]! - 1;
    if (!(Number.isSafeInteger(positions) && positions >= 1 && (split || positions <= contextLength))) {
      throw new RangeError(
        `${OWNER}: lengths must be ${range}, got ${lengths[example]} for example ${example}.${fix}`,
      );
    }
    for (let begin = 0; begin < positions; begin += contextLength) {
      pieces.push({ example, begin, size: Math.min(contextLength, positions - begin) });
    }
  }
  pieces.sort((a, b) => b.size - a.size);
  const sizes = Int32Array.from(pieces, ({ size }) => size);
  const { binOf, count: windowCount } = bestFitDecreasing(sizes, contextLength);
  const windows = Array.from({ length: windowCount }, (): number[] => []);
  for (const [piece, bin] of binOf.entries()) windows[bin]!.push(piece);
  return { pieces, windows };
}

/** The piece that takes a place of the plan in an epoch: one of its size. */
function exchangeEqualPieces(
  { pieces }: WindowPlan,
  seed: number,
  shuffle: boolean,
): (slot: number, epoch: number) => Piece {
  const groups = new Map<number, { first: number; count: number }>();
  for (const [index, { size }] of pieces.entries()) {
    const group = groups.get(size);
    if (group) group.count++;
    else groups.set(size, { first: index, count: 1 });
  }
  const orders = new Map(
    [...groups].map(([size, { count }]) => [size, epochOrder(count, seed, shuffle, size)]),
  );
  return (slot, epoch) => {
    const { size } = pieces[slot]!;
    const { first, count } = groups.get(size)!;
    return pieces[first + orders.get(size)!(epoch * count + slot - first)]!;
  };
}

interface Segment {
  readonly inputs: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

function segmentOf(
  example: CausalExample,
  { example: number, begin, size }: Piece,
  lengths: ArrayLike<number>,
): Segment {
  const { inputs, targets } = causalRow(OWNER, example, number);
  if (inputs.length !== lengths[number]! - 1) {
    throw new RangeError(
      `${OWNER}: lengths must be those of the examples, got ${lengths[number]} for ${inputs.length + 1} tokens of example ${number}.`,
    );
  }
  const cut = (values: ArrayLike<number>): number[] => Array.from(values).slice(begin, begin + size);
  return { inputs: cut(inputs), targets: cut(targets!) };
}

function batchOf(rows: readonly (readonly Segment[])[], length: number, padId: number): Batch {
  const size = rows.length * length;
  const inputs = new Int32Array(size).fill(padId);
  const targets = new Int32Array(size).fill(IGNORED_TARGET);
  const segments = new Int32Array(size);
  const positions = new Int32Array(size);
  for (const [row, parts] of rows.entries()) {
    let begin = row * length;
    for (const [index, part] of parts.entries()) {
      const end = begin + part.inputs.length;
      inputs.set(part.inputs, begin);
      targets.set(part.targets, begin);
      segments.fill(index + 1, begin, end);
      for (let place = begin; place < end; place++) positions[place] = place - begin;
      begin = end;
    }
  }
  const shape = [rows.length, length];
  return {
    inputs: tensorData(inputs, shape),
    targets: tensorData(targets, shape),
    segments: tensorData(segments, shape),
    positions: tensorData(positions, shape),
  };
}
