import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { PrefetchedBatches } from '../data/prefetch.ts';
import {
  type BatchWorker,
  prefetchInWorker as prefetchIn,
  type WorkerPrefetchOptions,
} from '../data/prefetch-in-worker.ts';

/** Options of {@link prefetchInWorker}. */
export interface ModulePrefetchOptions extends WorkerPrefetchOptions {
  /** How the module's worker is started, such as with `execArgv`. */
  readonly workerOptions?: WorkerOptions;
}

/**
 * Batches that a worker makes ahead, on a thread of its own, in order: as the main entry's, also from a module's URL.
 *
 * @param worker the URL or absolute path of a module that calls {@link serveBatches}, or a worker of such a module
 * @example
 * await using data = await prefetchInWorker(new URL('./batches.js', import.meta.url), { settings: { path: 'train.tokens', seed: 0 } });
 */
export function prefetchInWorker(
  worker: URL | string | BatchWorker,
  { workerOptions, ...options }: ModulePrefetchOptions = {},
): Promise<PrefetchedBatches> {
  const isModule = worker instanceof URL || typeof worker === 'string';
  return prefetchIn(isModule ? new Worker(worker, workerOptions) : worker, options);
}
