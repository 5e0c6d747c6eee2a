/** Trains one model and writes with it, off the page's own thread. One training per worker. */
import { webRuntime } from '@wordloom/compile/web';
import glue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { TrainingReport, TrainingRequest } from './training-messages.ts';
import { TrainingRun } from './training-run.ts';

let run: TrainingRun | undefined;

self.addEventListener('message', ({ data }: MessageEvent<TrainingRequest>) => {
  handle(data).catch(reportError);
});
self.addEventListener('unhandledrejection', ({ reason }) => reportError(reason));

async function handle(request: TrainingRequest): Promise<void> {
  switch (request.type) {
    case 'train': {
      const runtime = await webRuntime({ wasmPaths: { mjs: absolute(glue), wasm: absolute(binary) } });
      report({ type: 'runtime-end', runtime: runtime.name, isolated: self.crossOriginIsolated });
      run = new TrainingRun({ ...request, runtime, report });
      return run.train();
    }
    case 'pause':
      return run?.pause();
    case 'resume':
      return run?.resume();
    case 'stop':
      return run?.stop();
    case 'change-writing':
      return run?.changeWriting(request.writing);
    case 'write':
      return run?.write(request.writing, request.seed);
    case 'stop-writing':
      return run?.stopWriting();
  }
}

/** ONNX Runtime's threads are workers of their own, which resolve no relative address of ours. */
function absolute(url: string): string {
  return new URL(url, self.location.href).href;
}

function report(message: TrainingReport): void {
  self.postMessage(message);
}

function reportError(error: unknown): void {
  report({ type: 'error', message: error instanceof Error ? error.message : String(error) });
}
