import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readStream } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
let folder: string;

/** `good`/`bad` films in sentences of different lengths; the second word decides. */
const REVIEWS = Array.from({ length: 96 }, (_, at) => {
  const good = at % 3 !== 0;
  return `a ${good ? 'fine' : 'poor'} film ${'with some words '.repeat(at % 4)}${at % 7}\t${good ? 'good' : 'bad'}\n`;
});
const SENTENCES = 'the dog sees the cat\nthe cat sees the dog and the dog runs\n';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-recurrent-'));
  await writeFile(join(folder, 'train.tsv'), REVIEWS.join(''));
  await writeFile(join(folder, 'dev.tsv'), REVIEWS.slice(0, 20).join(''));
  await writeFile(join(folder, 'train.txt'), SENTENCES.repeat(60));
  await writeFile(join(folder, 'dev.txt'), SENTENCES.repeat(4));
  await writeFile(join(folder, 'broken.tsv'), 'a film\tgood\na film without label\n');
  await writeFile(join(folder, 'other.tsv'), 'a film\tgreat\n');
});
afterAll(() => rm(folder, { recursive: true }));

function start(argumentList: readonly string[]): ChildProcess {
  const { FORCE_COLOR: _, ...env } = process.env;
  return spawn(process.execPath, ['--conditions=@wordloom/source', '--import', tsx, main, ...argumentList], {
    cwd: folder,
    env: { ...env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function wordloom(...argumentList: string[]) {
  const child = start(argumentList);
  child.stdin!.end();
  const [output, errors, [code]] = await Promise.all([
    readStream(child.stdout!),
    readStream(child.stderr!),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { output, errors, code };
}

const stepLosses = (output: string): number[] =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; loss: number })
    .filter(({ type }) => type === 'step-end')
    .map(({ loss }) => loss);

const SENTIMENT = ['train', 'train.tsv', '--recipe', 'sentiment', '--valid', 'dev.tsv', '--threads', '1'];

describe('a classifier', () => {
  it('is trained, measured, saved, and puts texts into classes', async () => {
    const { output, errors, code } = await wordloom(...SENTIMENT, '--epochs', '12', '--out', 'sentiment');
    expect(code, errors).toBe(0);
    expect(errors).toContain('96 to train on, 20 to validate; labels bad, good;');
    expect(errors).toContain('to reach: accuracy at least 79 % (SST-2, development)');
    expect(output).toBe('accuracy 100.00 %, macro F1 100.00 %\n');
    expect((await readdir(join(folder, 'sentiment'))).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'training-state.safetensors',
    ]);
    const evaluated = await wordloom('evaluate', 'dev.tsv', '--model', 'sentiment');
    expect(evaluated.output).toBe('accuracy 100.00 %, macro F1 100.00 %\n');
    const classified = await wordloom('classify', 'A FINE film', 'a poor film 3', '--model', 'sentiment');
    expect(classified.output).toMatch(
      /^good {2}\d+\.\d % {2}A FINE film\nbad {2}\d+\.\d % {2}a poor film 3\n$/,
    );
    const other = await wordloom('evaluate', 'other.tsv', '--model', 'sentiment');
    expect(other.errors).toBe('wordloom: other.tsv: the model knows the labels bad, good, got great.\n');
  });

  it('goes on after Ctrl-C with the losses of a run that never stopped', async () => {
    const run = [...SENTIMENT, '--epochs', '8', '--eval-interval', '0', '--json'];
    const child = start([...run, '--out', 'stopped']);
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout! })) {
      lines.push(line);
      if (line.includes('"step-end"') && line.includes('"step":5')) child.kill('SIGINT');
    }
    if (child.exitCode === null) await once(child, 'close');
    expect(child.exitCode).toBe(130);
    const before = stepLosses(lines.join('\n'));
    expect(before.length).toBeLessThan(24);
    const resumed = await wordloom(...run, '--out', 'stopped', '--resume');
    const whole = await wordloom(...run, '--out', 'whole');
    expect([...before, ...stepLosses(resumed.output)]).toEqual(stepLosses(whole.output));
    expect(stepLosses(whole.output)).toHaveLength(24);
    const changed = await wordloom(
      ...run.map((word) => (word === '8' ? '9' : word)),
      '--out',
      'stopped',
      '--resume',
    );
    expect(changed.errors).toContain('stopped was trained otherwise: --resume needs the same files');
  });
});

describe('a recurrent language model', () => {
  it('is trained on words and measured over the whole text', async () => {
    const recipe = ['--recipe', 'ptb-small', '--valid', 'dev.txt', '--threads', '1'];
    const { output, errors, code } = await wordloom(
      'train',
      'train.txt',
      ...recipe,
      '--epochs',
      '6',
      '--out',
      'words',
    );
    expect(code, errors).toBe(0);
    expect(errors).toContain('different');
    const [, perplexity] = /^perplexity (\S+), /.exec(output)!;
    expect(Number(perplexity)).toBeLessThan(8); // nine different words, in two sentences
    expect((await wordloom('evaluate', 'dev.txt', '--model', 'words')).output).toBe(output);
    const options = ['--temperature', '0', '--max-tokens', '4'];
    const written = await wordloom('generate', 'the dog sees', '--model', 'words', ...options);
    expect(written.output).toMatch(/^the dog sees( \S+){4}\n$/);
  });
});

it.each<[string[], number, string]>([
  [
    ['train', 'broken.tsv', '--recipe', 'sentiment', '--out', 'new', '--heads', '2'],
    2,
    'train: --heads does not belong to recipe sentiment.',
  ],
  [
    ['train', 'broken.tsv', '--recipe', 'sentiment', '--out', 'new'],
    1,
    'broken.tsv, line 2: a text, a tab and a label are needed, got 1 fields.',
  ],
  [['classify', 'a', '--model', '.'], 1, 'config.json does not exist.'],
])('%j is refused in one clear line', async (argumentList, code, message) => {
  const { errors, ...result } = await wordloom(...argumentList);
  expect(errors).toBe(`wordloom: ${message}\n`);
  expect(result).toEqual({ output: '', code });
});

it('recipes says what each promises', async () => {
  const { output } = await wordloom('recipes');
  expect(output).toContain('ptb-small');
  expect(output).toMatch(/reaches perplexity at most 121.4 \(Penn Treebank, validation\), in about \d+ min/);
});
