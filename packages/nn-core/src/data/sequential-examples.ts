import { requireSizes } from '../module/require-sizes.ts';
import type { Batch } from './batch.ts';
import { type Collator, collationStream, collected, type Dataset, toDataset } from './dataset.ts';

/** Options of {@link sequentialExamples}. */
export interface SequentialExamplesOptions<Example> {
  readonly batchSize: number;
  readonly collate: Collator<Example>;
  /** Of what the collator draws, the same in every pass; default 0. */
  readonly seed?: number;
}

/** Batches that are read while they are iterated, again and again. */
export interface SequentialExamples extends AsyncIterable<Batch> {
  /** Number of batches. */
  readonly count: number;
}

/**
 * Every example once, in order, for evaluation. The last batch may have fewer.
 *
 * @param data examples by number, or an array of them
 * @throws {RangeError} if there is no example or `batchSize` is not a positive integer
 * @example
 * const evaluation = { interval: 100, loss: () => evaluator.evaluate(sequentialExamples(heldOut, { batchSize: 32, collate })) };
 */
export function sequentialExamples<Example>(
  data: Dataset<Example> | readonly Example[],
  { batchSize, collate, seed = 0 }: SequentialExamplesOptions<Example>,
): SequentialExamples {
  requireSizes('sequentialExamples', { batchSize, 'data.length': data.length });
  const dataset = toDataset(data);
  const count = Math.ceil(dataset.length / batchSize);
  return {
    count,
    async *[Symbol.asyncIterator]() {
      for (let batch = 0; batch < count; batch++) {
        const first = batch * batchSize;
        const size = Math.min(batchSize, dataset.length - first);
        const indices = Array.from({ length: size }, (_, row) => first + row);
        yield await collected(dataset, indices, (examples) =>
          collate(examples, collationStream(seed, batch)),
        );
      }
    },
  };
}
