import '@tensorflow/tfjs-backend-cpu';
import { afterEach, expect, test, vi } from 'vitest';
import { MaskedBigram } from '../../test/masked-bigram.ts';
import { randomWindows } from '../data/random-windows.ts';
import { train } from '../training/train.ts';
import type { StepEndEvent, TrainEvent } from '../training/train-event.ts';
import { cutToWidth, displayWidth } from './display-width.ts';
import { jsonLinesLogger } from './json-lines-logger.ts';
import { logged } from './logged.ts';
import { fitLine, formatCount, formatDuration, formatLoss } from './progress-text.ts';
import { terminalLogger } from './terminal-logger.ts';
import type { TrainLogger } from './train-logger.ts';

afterEach(() => {
  vi.useRealTimers();
});

const step = (step: number, changes: Partial<StepEndEvent> = {}): StepEndEvent => ({
  type: 'step-end',
  step,
  steps: 100,
  loss: 2,
  learningRate: 3e-4,
  gradientNorm: 1,
  tokenCount: 8,
  tokensPerSecond: 12_345,
  milliseconds: 5,
  millisecondsLeft: 200_000,
  auxiliary: {},
  ...changes,
});

async function* eventsOf(...events: readonly TrainEvent[]): AsyncGenerator<TrainEvent> {
  yield* events;
}

/** What loggers write of some events. */
async function written(events: readonly TrainEvent[], options: object, logOptions = {}): Promise<string> {
  let text = '';
  const stream = { write: (part: string) => (text += part), ...options };
  for await (const _ of logged(eventsOf(...events), [terminalLogger(stream, logOptions)]));
  return text;
}

test('where lines stay, one comes every interval, and evaluations, checkpoints and the end have their own', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const events: TrainEvent[] = [
    { type: 'compile-end', milliseconds: 812, nodeCount: 412 },
    step(49),
    step(50, { loss: 1 }),
    { type: 'evaluation-end', step: 50, set: 'validation', loss: 1.5 },
    { type: 'checkpoint-save', step: 50, name: 'step-00000050.safetensors', removed: [] },
    { type: 'step-skip', step: 51, loss: Number.NaN, place: 'the gradient of head.weight' },
    step(99, { loss: 3 }),
    step(100, { millisecondsLeft: 0, tokensPerSecond: 0 }),
    { type: 'train-end', step: 100, reason: 'stopped-early' },
  ];
  expect(await written(events, {}, { interval: 50 })).toBe(`compiled 412 operators in 0.8 s
step 50/100  loss 1.5000  3 min 20 s left  12.3k tokens/s  lr 3.00e-4
step 50: validation loss 1.5000
step 50: saved step-00000050.safetensors
step 51: skipped, for NaN or infinity in the gradient of head.weight
step 100/100  loss 2.0000  validation 1.5000  lr 3.00e-4
stopped early after 100 steps, in 0 s
`);
  const everyOne = await written(
    [1, 2, 3, 4].map((number) => step(number)),
    {},
  );
  expect(everyOne.match(/step \d+/g)).toEqual(['step 2', 'step 4']); // a fiftieth of 100
});

test('a terminal’s line is rewritten ten times a second, stays below the others, and is left whole at the end', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  async function* paced(): AsyncGenerator<TrainEvent> {
    for (let number = 1; number <= 30; number++) {
      yield step(number);
      vi.advanceTimersByTime(9);
    }
    yield { type: 'evaluation-end', step: 30, set: 'held out', loss: 1.5 };
    throw new RangeError('train: loss and gradients must be finite');
  }
  const parts: string[] = [];
  const stream = { write: (part: string) => parts.push(part), isTTY: true, columns: 120 };
  const events = logged(paced(), [terminalLogger(stream)]);
  await expect(async () => {
    for await (const _ of events);
  }).rejects.toThrow('must be finite');
  const clear = '\r\u001b[2K';
  expect(parts.map((part) => /step \d+/.exec(part)?.[0])).toEqual([
    'step 1',
    'step 13',
    'step 25',
    'step 30',
    'step 30',
  ]);
  expect(parts[0]).toBe(
    `${clear}[                        ]  step 1/100  loss 2.0000  3 min 20 s left  12.3k tokens/s  lr 3.00e-4`,
  );
  expect(parts[3]).toMatch(`${clear}step 30: held out loss 1.5000\n[======>`);
  expect(parts[4]!.replace(clear, '')).toMatch(/^\[======> +\] {2}step 30\/100 .*held out 1.5000.*\n$/);
});

test('in a terminal the last words stand below the line', async () => {
  const events: TrainEvent[] = [step(100), { type: 'train-end', step: 100, reason: 'finished' }];
  const text = await written(events, { isTTY: true });
  expect(text.split('\r\u001b[2K').at(-1)).toMatch(
    /^\[=+\] {2}step 100.*\nfinished after 100 steps, in 0 s\n$/,
  );
});

test('a line never takes more columns than there are, whatever is written in it', () => {
  const parts = ['step 50/100', 'loss 2.0000', '验证集 1.5000', '12.3k tokens/s'];
  for (let columns = 1; columns < 100; columns++) {
    expect(displayWidth(fitLine(parts, columns, 0.5))).toBeLessThanOrEqual(columns);
  }
  expect(fitLine(parts, 38, 0.5)).toBe('[====>     ]  step 50/100  loss 2.0000');
  expect(fitLine(parts, 24, 0.5)).toBe('step 50/100  loss 2.0000');
  expect(fitLine(parts, 6, 0.5)).toBe('step 5');
  expect([displayWidth('验证a'), cutToWidth('验证a', 3), displayWidth('e\u0301')]).toEqual([5, '验', 1]);
});

test('figures are short', () => {
  expect([850, 12_345, 999_960, 1.25e6].map(formatCount)).toEqual(['850', '12.3k', '1.0M', '1.3M']);
  expect([8_400, 200_000, 7_500_000, 273_600_000].map(formatDuration)).toEqual([
    '8 s',
    '3 min 20 s',
    '2 h 5 min',
    '3 d 4 h',
  ]);
  expect([1.23456, 0, 1.5e-5, 123_456, Number.NaN].map(formatLoss)).toEqual([
    '1.2346',
    '0.0000',
    '1.500e-5',
    '1.235e+5',
    'NaN',
  ]);
});

test('every event is a line of JSON, with its time, to a function, a writer or a web stream', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 2) });
  const events: TrainEvent[] = [
    step(1),
    step(2, { loss: Infinity }),
    { type: 'evaluation-end', step: 2, set: 'validation', loss: 1.5 },
    step(3),
    step(99, { steps: 99 }),
  ];
  const lines: string[][] = [[], [], []];
  const stream = new WritableStream<string>({ write: (line) => void lines[2]!.push(line) });
  const loggers = [
    jsonLinesLogger((line) => lines[0]!.push(line)),
    jsonLinesLogger({ write: async (line) => lines[1]!.push(line) }, { interval: 2 }),
    jsonLinesLogger(stream),
  ];
  const passed: TrainEvent[] = [];
  for await (const event of logged(eventsOf(...events), loggers)) passed.push(event);
  expect(passed).toEqual(events);
  expect(stream.locked).toBe(false);
  expect(lines[2]).toEqual(lines[0]);
  const time = '2026-01-02T00:00:00.000Z';
  expect(lines[0]!.map((line) => JSON.parse(line))).toEqual(
    events.map((event) => (event === events[1] ? { time, ...event, loss: null } : { time, ...event })),
  );
  expect(lines[0]!.every((line) => line.endsWith('}\n'))).toBe(true);
  expect(lines[1]!.map((line) => JSON.parse(line).step)).toEqual([2, 2, 99]);
  expect(() => jsonLinesLogger(() => {}, { interval: 0 })).toThrow(
    'interval must be a positive integer, got 0',
  );
});

test('training is logged in order, and loggers are closed however it ends', async () => {
  const tokens = Int32Array.from({ length: 30 }, (_, index) => index % 7);
  const data = randomWindows(tokens, { batchSize: 2, contextLength: 4, seed: 0 });
  const run = async (how: 'end' | 'leave' | 'log-fails' | 'close-fails' | 'train-fails') => {
    const log: string[] = [];
    const logger = (name: string, fails?: string): TrainLogger => ({
      async log({ type }) {
        log.push(`${name} ${type}`);
        if (fails === 'log' && type === 'step-end') throw new Error('log full');
      },
      async close() {
        log.push(`${name} closed`);
        if (fails === 'close') throw new Error('close failed');
      },
    });
    const model = new MaskedBigram();
    if (how === 'train-fails') model.head.weight.data[0] = Number.NaN;
    const fails = how === 'log-fails' ? 'log' : 'close';
    const second = how.endsWith('fails') ? logger('b', fails) : logger('b');
    const events = logged(train(model, data, { steps: 1 }), [logger('a'), second]);
    try {
      for await (const { type } of events) {
        log.push(`passed ${type}`);
        if (how === 'leave') break;
      }
    } catch (error) {
      log.push((error as Error).message.slice(0, 40));
    }
    return log;
  };
  const oneStep = ['a step-end', 'b step-end', 'passed step-end'];
  const closed = ['a closed', 'b closed'];
  const end = ['a train-end', 'b train-end', 'passed train-end'];
  expect(await run('end')).toEqual([...oneStep, ...end, ...closed]);
  expect(await run('leave')).toEqual([...oneStep, ...closed]);
  expect(await run('log-fails')).toEqual(['a step-end', 'b step-end', ...closed, 'log full']);
  expect(await run('close-fails')).toEqual([...oneStep, ...end, ...closed, 'close failed']);
  expect(await run('train-fails')).toEqual([...closed, 'train: loss and gradients must be finite']);
});
