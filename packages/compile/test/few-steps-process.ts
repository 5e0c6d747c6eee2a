import { parentPort, workerData } from 'node:worker_threads';
import { type NodeProvider, nodeRuntime } from '../src/node.ts';
import { fewSteps } from './few-steps.ts';

// A process, or a worker thread, that trains on the provider it is told and says the losses.
const provider = (workerData ?? process.argv[2]) as NodeProvider;
const losses = await fewSteps(await nodeRuntime({ provider, threads: 2 }));
if (parentPort) parentPort.postMessage(losses);
else process.stdout.write(JSON.stringify(losses));
