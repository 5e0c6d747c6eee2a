import { requireSizes } from '../module/require-sizes.ts';
import {
  type Collator,
  collationStream,
  collected,
  type Dataset,
  type EpochBatchSource,
  epochOrder,
  toDataset,
} from './dataset.ts';
import { requireBuckets } from './pad-rows.ts';
import { randomOrder } from './random-order.ts';

/** Options of {@link bucketBatches}. */
export interface BucketBatchesOptions<Example> {
  /** Of the row that the collator makes of each example, by the example's number. */
  readonly lengths: ArrayLike<number>;
  /** Row lengths, ascending; give them to the collator too. See {@link bucketLengths}. */
  readonly buckets: readonly number[];
  /** Most tokens in a batch, padding included: short rows come in larger batches. Default no bound. */
  readonly tokenBudget?: number;
  /** Most rows in a batch; default no bound. */
  readonly batchSize?: number;
  readonly collate: Collator<Example>;
  /** Of the order and of what the collator draws. */
  readonly seed: number;
  /** Whether every epoch has an order of its own; default true. False takes each bucket's examples as they come. */
  readonly shuffle?: boolean;
}

/**
 * Batches of examples of about the same length, so that little is padded and there are as many shapes as buckets.
 *
 * Every bucket has batches of one size. Its examples come once an epoch in an order of their own, and a batch may hold
 * the end of one epoch and the beginning of the next; batches of all buckets come mixed. All of it depends on (seed,
 * step) alone.
 *
 * @param data examples by number, or an array of them
 * @throws {RangeError} if an option is out of range, an example is longer than the last bucket, or the budget is
 * smaller than it
 * @see Khomenko et al. 2016, "Accelerating recurrent neural network training using sequence bucketing and multi-GPU
 * data parallelization"
 * @example
 * const lengths = sentences.map((tokens) => tokens.length - 1); // causal rows are one shorter than their tokens
 * const buckets = bucketLengths(lengths, { count: 6 });
 * const collate = causalCollator({ padId: 0, buckets });
 * const data = bucketBatches(sentences, { lengths, buckets, tokenBudget: 4096, collate, seed: 0 });
 */
export function bucketBatches<Example>(
  data: Dataset<Example> | readonly Example[],
  { collate, seed, shuffle = true, ...options }: BucketBatchesOptions<Example>,
): EpochBatchSource {
  const dataset = toDataset(data);
  const buckets = fillBuckets(dataset.length, options).map((bucket, number) => ({
    ...bucket,
    memberAt: epochOrder(bucket.members.length, seed, shuffle, number),
  }));
  const schedule = scheduleOf(buckets, seed, shuffle);
  return {
    position: schedule.position,
    batch(step) {
      const { bucket, batch } = schedule.at(step);
      const { members, rows, memberAt } = buckets[bucket]!;
      const indices = Array.from({ length: rows }, (_, row) => members[memberAt(batch * rows + row)]!);
      return collected(dataset, indices, (examples) => collate(examples, collationStream(seed, step)));
    },
  };
}

interface Bucket {
  /** Numbers of its examples. */
  readonly members: Int32Array;
  /** Of a batch. */
  readonly rows: number;
}

const OWNER = 'bucketBatches';

/** The buckets that have examples. */
function fillBuckets(
  count: number,
  {
    lengths,
    buckets,
    tokenBudget = Number.POSITIVE_INFINITY,
    batchSize = Number.POSITIVE_INFINITY,
  }: Pick<BucketBatchesOptions<unknown>, 'lengths' | 'buckets' | 'tokenBudget' | 'batchSize'>,
): Bucket[] {
  requireSizes(OWNER, { 'data.length': count });
  requireBuckets(OWNER, buckets);
  requireBounds(buckets.at(-1)!, tokenBudget, batchSize);
  if (lengths.length !== count) {
    throw new RangeError(
      `${OWNER}: lengths must be one for each of ${count} examples, got ${lengths.length}.`,
    );
  }
  const members = buckets.map((): number[] => []);
  for (let index = 0; index < count; index++) {
    const length = lengths[index]!;
    const bucket = buckets.findIndex((size) => length <= size);
    if (bucket < 0) {
      throw new RangeError(
        `${OWNER}: lengths must be at most ${buckets.at(-1)}, the last bucket, got ${length} for example ${index}.`,
      );
    }
    members[bucket]!.push(index);
  }
  return buckets
    .map((size, bucket) => ({
      members: Int32Array.from(members[bucket]!),
      rows: Math.min(batchSize, Math.floor(tokenBudget / size)),
    }))
    .filter(({ members }) => members.length > 0);
}

function requireBounds(longest: number, tokenBudget: number, batchSize: number): void {
  if (batchSize !== Number.POSITIVE_INFINITY) requireSizes(OWNER, { batchSize });
  if (!(tokenBudget >= longest)) {
    throw new RangeError(
      `${OWNER}: tokenBudget must be at least the last bucket (${longest}), got ${tokenBudget}.`,
    );
  }
  if (tokenBudget === Number.POSITIVE_INFINITY && batchSize === tokenBudget) {
    throw new RangeError(`${OWNER}: tokenBudget or batchSize must be given, got neither.`);
  }
}

/** Which batch of which bucket is taken when. */
interface BucketSchedule {
  at(step: number): { readonly bucket: number; readonly batch: number };
  position: EpochBatchSource['position'];
}

/** Apart from the streams of {@link epochOrder}. */
const TURNS = 3;

/**
 * In epoch e a bucket has the batches that begin in it: those from ⌊e · members / rows⌋ to below ⌊(e + 1) · members /
 * rows⌋. They and those of the other buckets are in random order.
 */
function scheduleOf(buckets: readonly Bucket[], seed: number, shuffle: boolean): BucketSchedule {
  const before = (epoch: number, { members, rows }: Bucket): number =>
    Math.floor((epoch * members.length) / rows);
  const allBefore = (epoch: number): number =>
    buckets.reduce((sum, bucket) => sum + before(epoch, bucket), 0);
  const perEpoch = buckets.reduce((sum, { members, rows }) => sum + members.length / rows, 0);
  let current: Epoch | undefined;
  const epochAt = (step: number): Epoch => {
    if (current && step >= current.first && step < current.first + current.size) return current;
    let epoch = Math.floor(step / perEpoch); // or a later one, as allBefore is rounded down
    while (allBefore(epoch + 1) <= step) epoch++;
    const first = allBefore(epoch);
    const size = allBefore(epoch + 1) - first;
    const order = shuffle ? randomOrder(size, seed, TURNS, epoch) : (place: number): number => place;
    current = { epoch, first, size, order };
    return current;
  };
  return {
    position(step) {
      const { epoch, first } = epochAt(step);
      return { epoch, index: step - first };
    },
    at(step) {
      const { epoch, first, order } = epochAt(step);
      let slot = order(step - first);
      for (const [bucket, sizes] of buckets.entries()) {
        const begin = before(epoch, sizes);
        const count = before(epoch + 1, sizes) - begin;
        if (slot < count) return { bucket, batch: begin + slot };
        slot -= count;
      }
      throw new RangeError(`${OWNER}: step must be a non-negative integer, got ${step}.`);
    },
  };
}

interface Epoch {
  readonly epoch: number;
  /** Its first step. */
  readonly first: number;
  /** Its steps. */
  readonly size: number;
  readonly order: (place: number) => number;
}
