import type { WorkerOptions } from 'node:worker_threads';

/** A module that runs a TypeScript module of this folder in a worker. */
export const typescriptWorker: URL = new URL('run-typescript.js', import.meta.url);

/** @param name of the TypeScript module */
export function typescriptWorkerOptions(name: string): WorkerOptions {
  return {
    workerData: new URL(name, import.meta.url).href,
    execArgv: ['--conditions=@wordloom/source'],
  };
}
