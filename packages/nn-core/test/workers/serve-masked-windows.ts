import { parentPort } from 'node:worker_threads';
import { serveBatches } from '../../src/data/serve-batches.ts';
import { maskedWindows } from './masked-windows.ts';

serveBatches(parentPort!, ({ seed }: { readonly seed: number }) => maskedWindows(seed));
