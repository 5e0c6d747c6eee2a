import { describe, expect, it } from 'vitest';
import { startContestant, UnavailableError } from './contestant.ts';
import type { Job } from './protocol.ts';

const job = { task: 'train', threads: 1 } as Job;
const node = (program: string) => ({ name: 'peer', command: process.execPath, arguments: ['-e', program] });
const ANSWERS = `
  const lines = require('node:readline').createInterface({ input: process.stdin });
  let first = true;
  lines.on('line', (line) => {
    const { task, count } = JSON.parse(line);
    console.log(JSON.stringify(first ? { versions: { task } } : { outcomes: [count] }));
    first = false;
  });`;

describe('startContestant', () => {
  it('hands over the job, then asks for turn after turn until it is stopped', async () => {
    const contestant = await startContestant(node(ANSWERS), job);
    expect(contestant.ready.versions).toEqual({ task: 'train' });
    expect(await contestant.turn(3)).toEqual({ outcomes: [3] });
    expect(await contestant.turn(5)).toEqual({ outcomes: [5] });
    await contestant.stop();
  });

  it('tells a program that is missing or cannot run from one that fails', async () => {
    const missing = { name: 'peer', command: '/nowhere/python3', arguments: [] };
    await expect(startContestant(missing, job)).rejects.toThrow(
      new UnavailableError('there is no /nowhere/python3'),
    );
    const without = node(`console.log('{"unavailable":"no torch"}')`);
    await expect(startContestant(without, job)).rejects.toThrow(new UnavailableError('no torch'));
    const broken = node(`console.error('out of memory'); process.exitCode = 3`);
    await expect(startContestant(broken, job)).rejects.toThrow('peer ended with exit code 3: out of memory');
    await expect(startContestant(node(`console.log('hello')`), job)).rejects.toThrow(
      'peer printed what is no JSON: hello',
    );
  });

  it('ends the process when the signal aborts', async () => {
    const abort = new AbortController();
    const contestant = await startContestant(node(ANSWERS), job, abort.signal);
    abort.abort();
    await expect(contestant.turn(1)).rejects.toThrow('abort');
    await contestant.stop();
  });
});
