/** A worker of a browser or of Node. */
export interface KernelWorker {
  postMessage(message: unknown): void;
  listen(message: (message: unknown) => void, failure: (problem: string) => void): void;
  terminate(): void;
}

/**
 * What a worker runs: all its work is the kernel's, so that this text needs no module of its own, whatever bundles it. First it is given the
 * kernel, then the arguments of each call; it answers with a copy of the report.
 */
const WORKER_SOURCE = `
let train, memory, report;
const receive = (data) => {
  if (train) {
    train(...data);
    return memory.buffer.slice(report, report + 24);
  }
  const { exports } = new WebAssembly.Instance(data.module, { env: { memory: data.memory } });
  exports.configure(data.shared, data.own);
  ({ memory, report } = data);
  train = exports.train;
  return 'ready';
};
`;

/** @throws {Error} if memory cannot be shared with workers here */
export function startWorker(caller: string): KernelWorker {
  const threads = nodeThreads();
  if (threads) {
    const worker = new threads.Worker(
      `${WORKER_SOURCE}const { parentPort } = require('node:worker_threads');
parentPort.on('message', (data) => parentPort.postMessage(receive(data)));`,
      { eval: true },
    );
    return {
      postMessage: (message) => worker.postMessage(message),
      listen(message, failure) {
        worker.on('message', message);
        worker.on('error', (error) => failure(String(error)));
        worker.on('exit', (code) => failure(`exit code ${String(code)}`));
      },
      terminate: () => void worker.terminate(),
    };
  }
  if (!sharesMemory()) {
    throw new Error(
      `${caller}: workers must be 1 in a page that is not cross-origin isolated, as memory cannot be shared there. ` +
        'Serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.',
    );
  }
  const url = URL.createObjectURL(
    new Blob([`${WORKER_SOURCE}self.onmessage = ({ data }) => self.postMessage(receive(data));`], {
      type: 'text/javascript',
    }),
  );
  const worker = new Worker(url);
  return {
    postMessage: (message) => worker.postMessage(message),
    listen(message, failure) {
      worker.addEventListener('message', ({ data }) => message(data));
      worker.addEventListener('error', (event) => failure(event.message || 'a worker that cannot start'));
    },
    terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/** Whether workers can share memory here: in browsers only pages that are isolated from other origins may. */
export function sharesMemory(): boolean {
  return 'crossOriginIsolated' in globalThis ? globalThis.crossOriginIsolated : true;
}

/** What is needed of Node's `worker_threads`. */
interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: { eval: true },
  ) => {
    postMessage(message: unknown): void;
    on(event: string, listener: (value: unknown) => void): unknown;
    terminate(): unknown;
  };
}

/** Node's module, without an import that browsers' bundlers would have to understand. */
function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined;
}
