import { decodeSafetensors } from '@wordloom/nn-core';
import type { Job, JobFiles, Ready, TrainJob, TurnRequest } from '../src/contestants/protocol.ts';
import type { Turns } from '../src/contestants/train-turns.ts';
import { prepare, type WebEngine } from './engines.ts';

/** The program of a contestant in a page: a worker that takes a job, then turns. */
let turns: Turns;

self.addEventListener('message', async ({ data }: MessageEvent<StartRequest | TurnRequest>) => {
  self.postMessage('job' in data ? await start(data) : await turns.turn(data.count));
});
self.addEventListener('unhandledrejection', ({ reason }) => reportError(reason)); // the page hears of it

interface StartRequest {
  readonly engine: WebEngine;
  readonly job: Job;
}

async function start({ engine, job }: StartRequest): Promise<Ready> {
  const files: JobFiles = { weights: await load(job.weightsPath), data: await load(job.dataPath) };
  const prepared = await prepare(engine, job as TrainJob, files);
  turns = prepared;
  const { versions, buildMilliseconds, nodeCount } = prepared;
  return { versions, buildMilliseconds, nodeCount };
}

async function load(path: string): Promise<JobFiles['weights']> {
  const response = await fetch(path);
  return decodeSafetensors(new Uint8Array(await response.arrayBuffer()), path).tensors;
}
