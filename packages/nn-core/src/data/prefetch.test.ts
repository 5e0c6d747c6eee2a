import { setTimeout as sleep } from 'node:timers/promises';
import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import type { Batch, BatchSource } from './batch.ts';
import { prefetch } from './prefetch.ts';

/** A source that notes what it is asked for, and how many of its batches are being made. */
function watchedSource({ fails = -1 }: { readonly fails?: number } = {}) {
  const log = { asked: [] as number[], running: 0, most: 0 };
  const source: BatchSource = {
    tokensPerBatch: 7,
    async batch(step): Promise<Batch> {
      log.asked.push(step);
      log.most = Math.max(log.most, ++log.running);
      await sleep(1);
      log.running--;
      if (step === fails) throw new RangeError('the file shrank');
      return { inputs: tensorData(Int32Array.of(step), [1]) };
    },
  };
  return { source, log };
}

test('batches are made ahead, as many as allowed, and come in order', async () => {
  const { source, log } = watchedSource();
  const data = prefetch(source, { ahead: 3 });
  expect(data.tokensPerBatch).toBe(7);
  const seen: number[] = [];
  for (let step = 5; step < 12; step++) {
    seen.push((await data.batch(step)).inputs!.data[0]!);
    await sleep(5);
    expect(Math.max(...log.asked)).toBe(step + 3);
  }
  expect(seen).toEqual([5, 6, 7, 8, 9, 10, 11]);
  expect(log.asked).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  expect(log.most).toBeLessThanOrEqual(4);
});

test('several that are asked for at once, and places that are jumped to, are those of the source', async () => {
  const { source, log } = watchedSource();
  const data = prefetch(source);
  const asked = [0, 1, 2, 9, 10, 3, 3];
  const batches = await Promise.all(asked.map((step) => data.batch(step)));
  expect(batches.map(({ inputs }) => inputs!.data[0])).toEqual(asked);
  await sleep(5);
  expect(log.running).toBe(0);
});

test('the next batch is made after whoever asked has gone on', async () => {
  const made: number[] = [];
  const data = prefetch({ batch: (step) => ({ inputs: tensorData(Int32Array.of(made.push(step)), [1]) }) });
  await data.batch(0);
  expect(made).toEqual([0]);
  await sleep(5);
  expect(made).toEqual([0, 1, 2]);
});

test('a failure is that of its batch: those before it come, and it can be asked for again', async () => {
  const { source } = watchedSource({ fails: 2 });
  const data = prefetch(source);
  expect((await data.batch(0)).inputs!.data[0]).toBe(0);
  await sleep(5); // the second has failed by now, and nobody was told
  expect((await data.batch(1)).inputs!.data[0]).toBe(1);
  const message = 'prefetch: batch 2 (counted from 0) could not be made. the file shrank';
  await expect(data.batch(2)).rejects.toThrow(message);
  await expect(data.batch(2)).rejects.toMatchObject({ cause: new RangeError('the file shrank') });
  expect((await data.batch(3)).inputs!.data[0]).toBe(3);
});

test('closing and an abort end it, also for who waits', async () => {
  const forever: BatchSource = { batch: () => new Promise(() => {}) };
  const data = prefetch(forever);
  const waiting = data.batch(0);
  await data.close();
  await expect(waiting).rejects.toThrow('prefetch: the source must not be used after close().');
  await expect(data.batch(1)).rejects.toThrow('must not be used after close()');
  const controller = new AbortController();
  const aborted = prefetch(forever, { signal: controller.signal });
  const pending = aborted.batch(0);
  controller.abort(new Error('enough'));
  await expect(pending).rejects.toThrow('enough');
  await expect(aborted.batch(1)).rejects.toThrow('enough');
  await expect(prefetch(forever, { signal: controller.signal }).batch(0)).rejects.toThrow('enough');
  expect(() => prefetch(forever, { ahead: 0 })).toThrow('prefetch: ahead must be a positive integer, got 0.');
});
