import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import type { NumberSettings } from '../../test/workers/serve-numbers.ts';
import { typescriptWorker, typescriptWorkerOptions } from '../../test/workers/typescript-worker.ts';
import { serveBatches } from '../data/serve-batches.ts';
import { prefetchInWorker } from './prefetch-in-worker.ts';

const workerOptions = typescriptWorkerOptions('serve-numbers.ts');
const open = (settings: NumberSettings = {}, signal?: AbortSignal) =>
  prefetchInWorker(typescriptWorker, { settings, workerOptions, ...(signal && { signal }) });
const numbers = (step: number) => ({ part: tensorData(Float32Array.of(step, step + 1), [2]) });

test("a worker's batches are those of its source, in order, each in arrays of its own", async () => {
  const data = await open();
  expect(data.tokensPerBatch).toBe(2);
  for (const step of [4, 5, 6, 7, 0, 1]) {
    const batch = await data.batch(step);
    expect(batch).toEqual(numbers(step));
    expect(batch.part!.data.buffer.byteLength).toBe(8); // not the array it is a part of
  }
  await data.close();
  await expect(data.batch(8)).rejects.toThrow('prefetchInWorker: the source must not be used after close().');
});

test.each([
  ['throw', 'RangeError', 'the file shrank'],
  ['throw-text', 'Error', 'no error'],
] as const)(
  'what a worker throws is that of its batch, with number and cause (%s)',
  async (how, name, message) => {
    await using data = await open({ fails: 2, how });
    expect(await data.batch(0)).toEqual(numbers(0));
    expect(await data.batch(1)).toEqual(numbers(1));
    const failing = data.batch(2);
    await expect(failing).rejects.toThrow(
      `prefetchInWorker: batch 2 (counted from 0) could not be made. ${message}`,
    );
    await expect(failing).rejects.toMatchObject({ cause: { name, message } });
    expect(await data.batch(3)).toEqual(numbers(3));
  },
);

test('a worker that cannot begin, or ends, is an error and no wait', async () => {
  await expect(open({ fails: -1 })).rejects.toThrow(
    'prefetchInWorker: the worker could not make its source. fails must not be negative',
  );
  const missing = prefetchInWorker(new URL('./missing.js', import.meta.url));
  await expect(missing).rejects.toThrow(/the worker must go on, got Error: Cannot find module/);
  const data = await open({ fails: 3, how: 'exit' });
  await data.batch(0);
  await expect(data.batch(3)).rejects.toThrow('the worker must go on, got exit code 3');
  await expect(data.batch(4)).rejects.toThrow('exit code 3');
  await expect(open({}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});

test('an abort ends the worker and who waits for it', async () => {
  const controller = new AbortController();
  const worker = new Worker(typescriptWorker, workerOptions);
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  const data = await prefetchInWorker(worker, { settings: {}, signal: controller.signal });
  const waiting = data.batch(0);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await ended;
});

test('an end of a channel as browsers have it serves as well, and is asked only so far ahead', async () => {
  const { port1, port2 } = new MessageChannel();
  const web = (port: typeof port1) => ({
    postMessage: (message: unknown, transfer: ArrayBuffer[]) => port.postMessage(message, transfer),
    addEventListener: (type: string, listener: (event: Event) => void) =>
      type === 'message' && port.on('message', (data) => listener({ data } as MessageEvent)),
  });
  const asked: number[] = [];
  serveBatches(web(port2), () => ({
    batch(step) {
      asked.push(step);
      return numbers(step);
    },
  }));
  const data = await prefetchInWorker({ ...web(port1), terminate: () => port1.close() }, { ahead: 2 });
  expect(data.tokensPerBatch).toBeUndefined();
  for (const step of [0, 1, 2]) {
    expect(await data.batch(step)).toEqual(numbers(step));
    await sleep(2);
    expect(Math.max(...asked)).toBe(step + 2);
  }
  await data.close();
});
