// Runs the TypeScript module that `workerData` names: flags that load TypeScript do not reach a worker of Node 20.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData);
