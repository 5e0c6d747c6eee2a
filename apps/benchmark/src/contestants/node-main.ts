import { createInterface } from 'node:readline';
import { readSafetensors } from '@wordloom/nn-core/node';
import { type Engine, loadEngine } from './engine.ts';
import { generateTurns } from './generate-turns.ts';
import type { NodeEngine } from './node.ts';
import { optimizeTurns } from './optimize-turns.ts';
import type { Job, JobFiles, Ready, TrainJob, Turn, TurnRequest } from './protocol.ts';
import { type Turns, trainTurns } from './train-turns.ts';
import { versionsOf } from './versions.ts';

/** The program of a Node contestant: reads a job, then turns, and answers each line. */
async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const read = async <T>(): Promise<T | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as T);
  };
  const write = (answer: Ready | Turn): void => {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  };

  const job = await read<Job>();
  if (!job) return;
  const { turn, ...ready } = await prepare(process.argv[2] as NodeEngine, job);
  write(ready);
  let idleSince = process.cpuUsage();
  for (let request = await read<TurnRequest>(); request; request = await read<TurnRequest>()) {
    const { user, system } = process.cpuUsage(idleSince);
    const outcome = await turn(request.count);
    const peakMemoryMebibytes = process.resourceUsage().maxRSS / 1024;
    idleSince = process.cpuUsage();
    write({ ...outcome, idleProcessorMilliseconds: (user + system) / 1000, peakMemoryMebibytes });
  }
}

async function prepare(name: NodeEngine, job: Job): Promise<Ready & Turns> {
  const files: JobFiles = {
    weights: (await readSafetensors(job.weightsPath)).tensors,
    data: (await readSafetensors(job.dataPath)).tensors,
  };
  if (name === 'jax-js') {
    const { jaxTurns } = await import('../../peers/jax-js.ts');
    return { ...(await jaxTurns(job as TrainJob, files)), versions: versionsOf('@jax-js/jax') };
  }
  const engine = await loadEngine(name, job.threads);
  return { ...(await turnsOf(job, files, engine)), versions: engine.versions };
}

async function turnsOf(job: Job, files: JobFiles, engine: Engine): Promise<Turns> {
  switch (job.task) {
    case 'train':
      return await trainTurns(job, files, engine);
    case 'generate':
      return await generateTurns(job, files, engine);
    case 'optimize':
      return optimizeTurns(job, files, engine);
  }
}

await main();
process.exit(); // an engine may hold threads
