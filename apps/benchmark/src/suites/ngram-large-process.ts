/** One training out of core in a process of its own, whose memory is its own: for the suite `ngram-large`. */
import { Worker } from 'node:worker_threads';
import { trainNgramFiles } from '@wordloom/lm-ngram/node';

/** What the process is told, as JSON in its first argument. */
export interface LargeTask {
  readonly path: string;
  readonly order: number;
  /** Bytes. */
  readonly memoryLimit: number;
  readonly workers: number;
  readonly temporaryDirectory: string;
}

/** What it writes, as JSON. */
export interface LargeOutcome {
  readonly seconds: number;
  /** Of the whole process: the largest resident set. */
  readonly peakMebibytes: number;
  readonly tokenCount: number;
  readonly sizes: readonly number[];
}

const { path, ...options } = JSON.parse(process.argv[2]!) as LargeTask;
const started = performance.now();
let tokenCount = 0;
for await (const event of trainNgramFiles([path], { ...options, startWorker })) {
  if (event.type === 'progress') tokenCount = event.tokenCount;
  else if (event.reason === 'finished') {
    const outcome: LargeOutcome = {
      seconds: (performance.now() - started) / 1000,
      peakMebibytes: process.resourceUsage().maxRSS / 1024,
      tokenCount,
      sizes: event.ngrams.sizes,
    };
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./ngram-large-worker.js', import.meta.url), {
    execArgv: ['--conditions=@wordloom/source'],
  });
}
