import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, ServedPage } from '@wordloom/chromium';
import type { WebEngine } from '../../web/engines.ts';
import type { BenchmarkPage } from '../../web/page.ts';
import type { Contestant } from './contestant.ts';
import type { Job, Ready, Turn } from './protocol.ts';

/** Starts a contestant in a worker of an open page of `web/`, which serves the files of the job. */
export async function startPageContestant(
  page: Page,
  { folder }: ServedPage,
  engine: WebEngine,
  job: Job,
): Promise<Contestant> {
  await copyFile(job.weightsPath, join(folder, 'weights.safetensors'));
  await copyFile(job.dataPath, join(folder, 'data.safetensors'));
  const call = <Result>(method: keyof BenchmarkPage, ...args: unknown[]): Promise<Result> =>
    page.evaluate(`benchmark.${method}(${args.map((argument) => JSON.stringify(argument)).join(', ')})`);
  const paths = { weightsPath: '/weights.safetensors', dataPath: '/data.safetensors' };
  return {
    name: engine,
    ready: await call<Ready>('start', engine, { ...job, ...paths }),
    turn: (count) => call<Turn>('turn', engine, count),
    stop: () => call<void>('stop', engine),
  };
}
