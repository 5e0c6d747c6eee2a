import { type TensorData, tensorData } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import type { Batch, BatchSource } from './batch.ts';

/**
 * Cuts every batch of a source into equal parts along the first axis (scalars stay whole), to be trained on with
 * `train(model, microBatches(data, 4), { accumulation: 4 })`: the same steps as with the whole batches, in less memory.
 *
 * @param count parts of a batch
 * @returns a source whose batch `count * step + part` is that part of the batch of that step
 * @throws {RangeError} if `count` is not a positive integer; later, if it does not divide the rows of a batch
 */
export function microBatches(source: BatchSource, count: number): BatchSource {
  requireSizes('microBatches', { count });
  let current: { readonly step: number; readonly batch: Batch | Promise<Batch> } | undefined;
  return {
    ...(source.tokensPerBatch !== undefined && { tokensPerBatch: source.tokensPerBatch / count }),
    batch(step) {
      const whole = Math.floor(step / count);
      if (current?.step !== whole) current = { step: whole, batch: source.batch(whole) };
      const { batch } = current;
      const part = (whole: Batch): Batch => partOf(whole, step % count, count);
      return batch instanceof Promise ? batch.then(part) : part(batch);
    },
  };
}

function partOf(batch: Batch, part: number, count: number): Batch {
  return Object.fromEntries(
    Object.entries(batch).map(([name, tensor]) => [name, rowsOf(name, tensor, part, count)]),
  );
}

function rowsOf(name: string, { data, shape }: TensorData, part: number, count: number): TensorData {
  const [rows, ...rest] = shape;
  if (rows === undefined) return tensorData(data, shape);
  if (rows % count !== 0) {
    throw new RangeError(
      `microBatches: count must divide the rows of every tensor, got ${count} for ${name} [${shape}].`,
    );
  }
  const size = data.length / count;
  return tensorData(data.subarray(part * size, (part + 1) * size), [rows / count, ...rest]);
}
