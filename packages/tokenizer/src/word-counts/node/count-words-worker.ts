/** The module of the workers of `countWordsInFiles`. */
import { parentPort } from 'node:worker_threads';
import { serveWordCounts } from '../serve-word-counts.ts';

serveWordCounts(parentPort!);
