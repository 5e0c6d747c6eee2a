import { createInterface } from 'node:readline';
import { loadEngine } from './engine.ts';
import { generateTurns } from './generate-turns.ts';
import type { NodeEngine } from './node.ts';
import type { Job, Ready, Turn, TurnRequest } from './protocol.ts';
import { trainTurns } from './train-turns.ts';

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
  const engine = await loadEngine(process.argv[2] as NodeEngine, job.threads);
  const task = job.task === 'train' ? await trainTurns(job, engine) : await generateTurns(job, engine);
  write({ versions: engine.versions, buildMilliseconds: task.buildMilliseconds });
  let idleSince = process.cpuUsage();
  for (let request = await read<TurnRequest>(); request; request = await read<TurnRequest>()) {
    const { user, system } = process.cpuUsage(idleSince);
    const turn = await task.turn(request.count);
    const peakMemoryMebibytes = process.resourceUsage().maxRSS / 1024;
    idleSince = process.cpuUsage();
    write({ ...turn, idleProcessorMilliseconds: (user + system) / 1000, peakMemoryMebibytes });
  }
}

await main();
process.exit(); // an engine may hold threads
