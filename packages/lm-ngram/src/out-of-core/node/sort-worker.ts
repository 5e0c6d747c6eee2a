/** The module of the workers of `trainNgramFiles`. */
import { parentPort } from 'node:worker_threads';
import { serveNgramSorting } from '../sort-work.ts';

serveNgramSorting(parentPort!);
