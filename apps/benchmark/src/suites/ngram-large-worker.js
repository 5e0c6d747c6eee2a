// The sorting worker of `ngram-large`, from its source: flags that load TypeScript do not reach a worker of Node 20.
import { parentPort } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

// What comes before the modules are there must not be lost.
const early = [];
const keep = (message) => early.push(message);
parentPort.on('message', keep);
register();
const { serveNgramSorting } = await import('@wordloom/lm-ngram');
serveNgramSorting(parentPort);
parentPort.off('message', keep);
for (const message of early) parentPort.emit('message', message);
