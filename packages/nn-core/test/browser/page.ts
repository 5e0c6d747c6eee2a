import { prefetchInWorker } from '../../src/data/prefetch-in-worker.ts';

/** What a page got from a worker. */
export interface BatchesInPage {
  readonly inputs: readonly (readonly number[])[];
  /** What a source that cannot be made is refused with. */
  readonly refusal: string;
}

async function collect(seed: number, steps: readonly number[]): Promise<BatchesInPage> {
  const start = (): Worker => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const data = await prefetchInWorker(start(), { settings: { seed } });
  const inputs: number[][] = [];
  for (const step of steps) inputs.push([...(await data.batch(step)).inputs!.data]);
  await data.close();
  const refusal = await prefetchInWorker(start(), { settings: null }).then(
    () => 'none',
    (error: Error) => error.message,
  );
  return { inputs, refusal };
}

Object.assign(globalThis, { collect });
