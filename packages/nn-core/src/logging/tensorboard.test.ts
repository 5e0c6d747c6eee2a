import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Linear } from '../layers/linear.ts';
import type { StepEndEvent, TrainEvent } from '../training/train-event.ts';
import { crc32c } from './crc32c.ts';
import { histogramOf } from './histogram.ts';
import { recordFrame } from './record-frame.ts';
import { tensorBoardLogger } from './tensorboard-logger.ts';
import { TensorBoardWriter } from './tensorboard-writer.ts';

interface Golden {
  readonly wallTime: number;
  readonly values: readonly number[];
  /** Base64. */
  readonly file: string;
}

const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/tensorboard_events.json', import.meta.url), 'utf8'),
) as Golden;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1000 * golden.wallTime });
});
afterEach(() => {
  vi.useRealTimers();
});

test('checks are those of RFC 3720, appendix B.4', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
  const command = new Uint8Array(48);
  command.set([0x01, 0xc0], 0);
  command.set([0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28], 16);
  command[40] = 0x02;
  const checks = [
    new Uint8Array(32),
    new Uint8Array(32).fill(0xff),
    ascending,
    ascending.toReversed(),
    command,
  ];
  expect(checks.map((bytes) => crc32c(bytes).toString(16))).toEqual([
    '8a9136aa',
    '62a8ab43',
    '46dd794e',
    '113fdb5c',
    'd9963a56',
  ]);
});

/** A writer, and the bytes it has written. */
function recorded() {
  const parts: Uint8Array[] = [];
  const writer = new TensorBoardWriter((bytes) => parts.push(bytes));
  return { writer, bytes: () => Buffer.concat(parts) };
}

test('an event file is the bytes that TensorBoard itself writes', async () => {
  const { writer, bytes } = recorded();
  await writer.start({ step: 3 });
  await writer.scalars({ 'step/loss': 1.5, 验证: 0 }, { step: 3 });
  await writer.histograms({ 'parameters/weight': golden.values }, { step: 300 });
  await writer.text('note', '# Tiny\n一二', { step: 0 });
  await writer.close();
  expect(bytes().toString('base64')).toBe(golden.file);
});

test('records stay in order, whether or not who writes waits for them, and a failure is told to its writer', async () => {
  const written: string[] = [];
  const delays = [5, 1, 3];
  const writer = new TensorBoardWriter(async (bytes) => {
    await new Promise((resolve) => setTimeout(resolve, delays.pop()));
    const text = Buffer.from(bytes).toString();
    if (text.includes('second')) throw new Error('disk full');
    written.push(/brain|first|third/.exec(text)![0]);
  });
  const first = writer.scalars({ first: 1 }, { step: 1 });
  const failing = writer.scalars({ second: 1 }, { step: 2 });
  const last = writer.text('third', 'b', { step: 3 });
  await expect(failing).rejects.toThrow('disk full');
  await Promise.all([first, last, writer.close()]);
  expect(written).toEqual(['brain', 'first', 'third']);
  await expect(writer.text('a', 'b', { step: -1 })).rejects.toThrow(
    'TensorBoardWriter: step must be a non-negative integer, got -1.',
  );
});

test('a histogram counts every finite number once, and nothing else', () => {
  const { counts, limits, ...totals } = histogramOf([3, 0, Number.NaN, 1.5, 3, Infinity])!;
  expect(totals).toEqual({ min: 0, max: 3, count: 4, sum: 7.5, sumOfSquares: 20.25 });
  expect([counts[0], counts[15], counts[29], limits[0], limits[29]]).toEqual([1, 1, 2, 0.1, 3]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
  expect(histogramOf([2, 2])).toMatchObject({ limits: [2], counts: [2] });
  expect(histogramOf([Number.NaN])).toBeUndefined();
});

const step = (step: number): StepEndEvent => ({
  type: 'step-end',
  step,
  steps: 4,
  loss: 2,
  learningRate: 0.5,
  gradientNorm: 1,
  tokenCount: 8,
  tokensPerSecond: 64,
  milliseconds: 5,
  millisecondsLeft: 5,
  auxiliary: { accuracy: 0.25 },
});

test('training is written as scalars of its steps and evaluations, and histograms of the parameters', async () => {
  const model = new Linear(2, 1);
  const logger = recorded();
  const events: TrainEvent[] = [
    { type: 'compile-end', milliseconds: 1, nodeCount: 1 },
    ...[1, 2, 3].map(step),
    { type: 'evaluation-end', step: 3, set: 'validation', loss: 1.25 },
    { type: 'step-skip', step: 4, loss: Number.NaN, place: 'the loss' },
    { type: 'train-end', step: 4, reason: 'finished' },
  ];
  const board = tensorBoardLogger(logger.writer, { interval: 2, histograms: { model, interval: 3 } });
  for (const event of events) await board.log(event);
  await board.close!();

  const expected = recorded();
  await expected.writer.start({ step: 1 });
  const scalars = { 'step/loss': 2, 'step/learning_rate': 0.5, 'step/gradient_norm': 1 };
  await expected.writer.scalars(
    { ...scalars, 'step/tokens_per_second': 64, 'step/accuracy': 0.25 },
    { step: 2 },
  );
  const { weight, bias } = model;
  await expected.writer.histograms(
    { 'parameters/weight': weight.data, 'parameters/bias': bias!.data },
    { step: 3 },
  );
  await expected.writer.scalars({ 'evaluation/validation': 1.25 }, { step: 3 });
  await expected.writer.scalars({ 'step/loss': Number.NaN }, { step: 4 });
  expect(logger.bytes().equals(expected.bytes())).toBe(true);
  expect(() => tensorBoardLogger(logger.writer, { interval: 0 })).toThrow(
    'tensorBoardLogger: interval must be a positive integer, got 0.',
  );
});

test.each([
  ['a step', step(8), 8],
  ['an evaluation that an interruption left out', { type: 'evaluation-end', step: 7, set: 'a', loss: 1 }, 8],
] as const)(
  'a resumed run that begins with %s hides what is taken again, and keeps what was before',
  async (_, event, hidden) => {
    const resumed = recorded();
    await tensorBoardLogger(resumed.writer).log(event);
    const start = recorded();
    await start.writer.start({ step: hidden });
    expect(resumed.bytes().subarray(0, start.bytes().length).equals(start.bytes())).toBe(true);
  },
);

test('a record is framed by its length and two checks', () => {
  const frame = recordFrame(Uint8Array.of(7, 8));
  expect([...frame.subarray(0, 8), ...frame.subarray(12, 14)]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 7, 8]);
  expect(frame).toHaveLength(18);
});
