import { prefetchInWorker } from '../../src/data/prefetch-in-worker.ts';
import { openTensors } from '../../src/tensor-files/open-tensors.ts';

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

/** What a page reads of a checkpoint that somebody chose there. */
export interface TensorInPage {
  readonly names: readonly string[];
  readonly rows: readonly number[];
}

async function readRows(
  base64: string,
  name: string,
  rows: readonly [number, number],
): Promise<TensorInPage> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const source = await openTensors(new File([bytes], 'state-dict.bin'));
  return { names: [...source.tensors.keys()], rows: [...(await source.read(name, [rows])).data] };
}

Object.assign(globalThis, { collect, readRows });
