import '@tensorflow/tfjs-backend-cpu';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MaskedBigram } from '../../test/masked-bigram.ts';
import { randomWindows } from '../data/random-windows.ts';
import { logged } from '../logging/logged.ts';
import { tensorBoardLogger } from '../logging/tensorboard-logger.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { memoryCheckpoints, restoreCheckpoint } from '../training/checkpoints.ts';
import { train } from '../training/train.ts';
import type { TrainEvent } from '../training/train-event.ts';
import { TrainingProgress } from '../training/training-progress.ts';
import { jsonLinesFile } from './json-lines-file.ts';
import { tensorBoardFolder } from './tensorboard-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

const tokens = Int32Array.from({ length: 60 }, (_, index) => (index * index) % 7);
const data = randomWindows(tokens, { batchSize: 2, contextLength: 4, seed: 0 });

/** Trains from the newest checkpoint up to some step, after which the program dies. */
async function live(
  store: ReturnType<typeof memoryCheckpoints>,
  path: string,
  dies = Infinity,
): Promise<void> {
  const model = new MaskedBigram();
  const parts = { model, optimizer: new AdamW(model.namedParameters()), progress: new TrainingProgress() };
  await restoreCheckpoint(store, parts);
  const evaluation = { interval: 4, loss: async () => parts.optimizer.stepCount };
  const options = { steps: 12, ...parts, evaluation, checkpoints: { store } };
  for await (const event of logged(train(model, data, options), [jsonLinesFile(path)])) {
    if (event.type === 'step-end' && event.step === dies) return;
  }
}

async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** What must not depend on interruptions: no times. */
const essence = ({ type, step, loss, name }: Record<string, unknown>) => [type, step, loss, name];

test('a log that goes on has the lines of one that was never interrupted', async () => {
  const whole = join(folder, 'new folder', 'whole.jsonl');
  await live(memoryCheckpoints(), whole);
  const expected = (await linesOf(whole)).map(essence);
  expect(expected.filter(([type]) => type === 'step-end')).toHaveLength(12);
  expect(expected).toHaveLength(12 + 3 + 3 + 1);

  const path = join(folder, 'log.jsonl');
  const store = memoryCheckpoints();
  await live(store, path, 3); // before the first checkpoint: the next life begins anew
  await live(store, path, 7); // checkpoint at 4
  await appendFile(path, '{"time":"2026'); // as a crash leaves it
  await live(store, path, 4); // steps 5 to 12, until its end
  expect((await linesOf(path)).map(essence)).toEqual(expected);
  expect((await linesOf(`${path}.old`)).map(({ step }) => step)).toEqual([1, 2, 3]);
  await live(store, path); // a run that is over only says so again
  expect((await linesOf(path)).map(essence)).toEqual(expected);
});

/** Lets a logger take events. */
async function write(path: string, ...events: readonly TrainEvent[]): Promise<void> {
  const logger = jsonLinesFile(path);
  for (const event of events) await logger.log(event);
  await logger.close!();
}

const evaluated = (step: number): TrainEvent => ({ type: 'evaluation-end', step, set: 'a', loss: 1 });
const skipped = (step: number): TrainEvent => ({ type: 'step-skip', step, loss: 1, place: 'the loss' });

test('what comes again is cut off, line by line, and lines of your own stay with what they stand below', async () => {
  const path = join(folder, 'order.jsonl');
  await write(path, skipped(1), skipped(2), evaluated(2));
  await appendFile(path, '{"note":"mine"}\n{"note":"一"}\n');
  await write(path, { type: 'compile-end', milliseconds: 1, nodeCount: 1 }, skipped(3), evaluated(3));
  await write(path, evaluated(3), { type: 'train-end', step: 3, reason: 'aborted' });
  const kinds = async () => (await linesOf(path)).map(({ type, note, step }) => `${type ?? note} ${step}`);
  const before = ['step-skip 1', 'step-skip 2', 'evaluation-end 2', 'mine undefined', '一 undefined'];
  const after = ['compile-end undefined', 'step-skip 3', 'evaluation-end 3', 'train-end 3'];
  expect(await kinds()).toEqual([...before, ...after]);
  await write(path, skipped(4));
  expect(await kinds()).toEqual([...before, ...after, 'step-skip 4']);
  await write(path, evaluated(2));
  expect(await kinds()).toEqual(['step-skip 1', 'step-skip 2', 'evaluation-end 2']);
});

test('a file that is no log is refused as it is, and a log that never began is none', async () => {
  const path = join(folder, 'thesis.txt');
  await writeFile(path, '{"a":1}\nOnce upon a time\n');
  await expect(write(path, skipped(1))).rejects.toThrow(
    `jsonLinesFile: ${path}, line 2 must be an object in JSON, got Once upon a time. Is it a log?`,
  );
  expect(await readFile(path, 'utf8')).toBe('{"a":1}\nOnce upon a time\n');
  const empty = join(folder, 'empty.jsonl');
  await write(empty);
  await expect(readFile(empty)).rejects.toThrow('ENOENT');
});

test('a folder for TensorBoard gets a file for each life of a run, which can be written to after it', async () => {
  const runs = join(folder, 'runs', 'first');
  for (const step of [1, 2]) {
    const board = tensorBoardFolder(runs);
    const logger = tensorBoardLogger(board);
    await logger.log(evaluated(step));
    await logger.close!();
    await board.text('note', 'afterwards', { step });
    await board.close();
  }
  const names = (await readdir(runs)).sort();
  expect(names).toHaveLength(2);
  expect(names.every((name) => /^events\.out\.tfevents\.\d{10}\..+\.\d+\.\d+$/.test(name))).toBe(true);
  const bytes = await readFile(join(runs, names[0]!));
  const records: string[] = [];
  for (let begin = 0; begin < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(begin));
    records.push(bytes.subarray(begin + 12, begin + 12 + length).toString());
    begin += 16 + length;
  }
  expect(records.map((text) => /brain.Event:2|evaluation\/a|afterwards/.exec(text)?.[0])).toEqual([
    'brain.Event:2',
    undefined, // the start
    'evaluation/a',
    'afterwards',
  ]);
});
