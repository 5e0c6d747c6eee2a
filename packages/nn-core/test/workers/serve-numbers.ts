import { parentPort } from 'node:worker_threads';
import { serveBatches } from '../../src/data/serve-batches.ts';

/** A batch that fails, and what happens then; no source at all below 0. */
export interface NumberSettings {
  readonly fails?: number;
  readonly how?: 'throw' | 'throw-text' | 'exit';
}

/** Of which every batch is a part, as of a source that gives out what it keeps. */
const numbers = Float32Array.from({ length: 100 }, (_, index) => index);

serveBatches(parentPort!, ({ fails, how }: NumberSettings) => {
  if (fails !== undefined && fails < 0) throw new RangeError('fails must not be negative');
  return {
    tokensPerBatch: 2,
    batch(step) {
      if (step === fails && how === 'throw') throw new RangeError('the file shrank');
      if (step === fails && how === 'throw-text') throw 'no error';
      if (step === fails) process.exit(3);
      return { part: { dtype: 'float32', shape: [2], data: numbers.subarray(step, step + 2) } };
    },
  };
});
