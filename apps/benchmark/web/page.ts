import type { Job, Ready, Turn } from '../src/contestants/protocol.ts';
import type { WebEngine } from './engines.ts';

/** What the suite calls in the page. Contestants go by the names of their engines; each is a worker. */
export interface BenchmarkPage {
  start(engine: WebEngine, job: Job): Promise<Ready>;
  turn(engine: WebEngine, count: number): Promise<Turn>;
  stop(engine: WebEngine): void;
}

const workers = new Map<WebEngine, Worker>();

const benchmark: BenchmarkPage = {
  start(engine, job) {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    workers.set(engine, worker);
    return ask<Ready>(worker, { engine, job });
  },
  async turn(engine, count) {
    const stopWatch = watchTicks();
    const turn = await ask<Turn>(workers.get(engine)!, { count });
    return { ...turn, longestGapMilliseconds: stopWatch() };
  },
  stop(engine) {
    workers.get(engine)?.terminate();
    workers.delete(engine);
  },
};

Object.assign(globalThis, { benchmark });

function ask<Answer>(worker: Worker, request: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(request);
  });
}

/**
 * Watches how long this thread is kept from what it has to do, by a timer: drawing frames instead would take a fifth of a core from
 * the contestants.
 *
 * @returns stops the watch and gives the longest time between two ticks, in milliseconds
 */
function watchTicks(): () => number {
  let longest = 0;
  let last = performance.now();
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(tick, 4);
  return () => {
    clearInterval(timer);
    tick();
    return longest;
  };
}
