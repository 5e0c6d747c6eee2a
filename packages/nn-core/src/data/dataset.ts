import { RandomStream } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import type { Batch, BatchSource } from './batch.ts';
import { randomOrder } from './random-order.ts';

/** Examples by number, such as the rows of a file. An array is one too: see {@link exampleBatches}. */
export interface Dataset<Example> {
  readonly length: number;
  /** @param index from 0 to below `length` */
  example(index: number): Example | Promise<Example>;
}

/**
 * Makes a batch of examples.
 *
 * @param random what the collator draws from; depends on the seed and the step alone
 */
export type Collator<Example> = (examples: readonly Example[], random: RandomStream) => Batch;

/** Options of {@link exampleBatches}. */
export interface ExampleBatchesOptions<Example> {
  readonly batchSize: number;
  readonly collate: Collator<Example>;
  /** Of the order and of what the collator draws. */
  readonly seed: number;
  /** Whether every epoch has an order of its own; default true. False takes the examples as they come. */
  readonly shuffle?: boolean;
}

/** A place in data that are gone through again and again. */
export interface EpochPosition {
  /** How many times the data have been gone through. */
  readonly epoch: number;
  /** Which batch or example of the epoch comes next. */
  readonly index: number;
}

/** Batches that go through data epoch by epoch. */
export interface EpochBatchSource extends BatchSource {
  /** Where a step's batch begins. */
  position(step: number): EpochPosition;
}

/** Orders and collators draw from streams of their own. */
const ORDER = 0;
const COLLATION = 1;

/**
 * Batches of the examples of a data set, every example once an epoch, in an order that depends on (seed, epoch) alone and
 * is never stored. All batches have `batchSize` examples: one may hold the end of an epoch and the beginning of the next.
 *
 * @param data examples by number, or an array of them
 * @throws {RangeError} if there is no example or `batchSize` is not a positive integer
 * @example
 * const source = exampleBatches(sentences, { batchSize: 32, seed: 0, collate: causalCollator({ padId: 0, buckets: [32, 64] }) });
 */
export function exampleBatches<Example>(
  data: Dataset<Example> | readonly Example[],
  { batchSize, collate, seed, shuffle = true }: ExampleBatchesOptions<Example>,
): EpochBatchSource {
  requireSizes('exampleBatches', { batchSize, 'data.length': data.length });
  const dataset = toDataset(data);
  const indexAt = epochOrder(dataset.length, seed, shuffle);
  return {
    position: (step) => positionAt(step * batchSize, dataset.length),
    batch: (step) =>
      collected(
        dataset,
        Array.from({ length: batchSize }, (_, row) => indexAt(step * batchSize + row)),
        (examples) => collate(examples, collationStream(seed, step)),
      ),
  };
}

/** An array as a data set. */
export function toDataset<Example>(data: Dataset<Example> | readonly Example[]): Dataset<Example> {
  return 'example' in data ? data : { length: data.length, example: (index) => data[index]! };
}

/** The stream a collator draws from at a step. */
export function collationStream(seed: number, step: number): RandomStream {
  return new RandomStream(seed, COLLATION, step);
}

/** Which item comes at a place of the endless sequence of epochs. */
export function epochOrder(
  length: number,
  seed: number,
  shuffle: boolean,
  ...path: readonly number[]
): (place: number) => number {
  let current: { readonly epoch: number; readonly order: (index: number) => number } | undefined;
  return (place) => {
    const { epoch, index } = positionAt(place, length);
    if (!shuffle) return index;
    if (current?.epoch !== epoch)
      current = { epoch, order: randomOrder(length, seed, ORDER, ...path, epoch) };
    return current.order(index);
  };
}

/** Gathers examples, waiting only if one of them must be waited for. */
export function collected<Example>(
  dataset: Dataset<Example>,
  indices: readonly number[],
  collate: (examples: readonly Example[]) => Batch,
): Batch | Promise<Batch> {
  const examples = indices.map((index) => dataset.example(index));
  return examples.some((example) => example instanceof Promise)
    ? Promise.all(examples).then((ready) => collate(ready as Example[]))
    : collate(examples as Example[]);
}

export function positionAt(place: number, length: number): EpochPosition {
  return { epoch: Math.floor(place / length), index: place % length };
}
