import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readStream } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx'); // absolute: the commands run in another folder
const shakespeare = fileURLToPath(new URL('../../data/tinyshakespeare.txt', import.meta.url));
const TINY = ['--recipe', 'tiny', '--threads', '1', '--eval-interval', '0'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-command-'));
  await writeFile(join(folder, 'play.txt'), (await readFile(shakespeare, 'utf8')).slice(0, 20_000));
  await writeFile(join(folder, 'empty.txt'), ' \n');
  await writeFile(join(folder, 'short.txt'), 'too short');
  await writeFile(join(folder, 'latin.txt'), Uint8Array.of(0x61, 0xe9, 0x62));
  const { code } = await wordloom('train', 'play.txt', '--out', 'model', '--steps', '30', ...TINY);
  expect(code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

function start(
  argumentList: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const { FORCE_COLOR: _, ...env } = process.env;
  return spawn(process.execPath, ['--conditions=@wordloom/source', '--import', tsx, main, ...argumentList], {
    cwd: folder,
    env: { ...env, NODE_OPTIONS: '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function finish(child: ChildProcess) {
  const [output, errors, [code]] = await Promise.all([
    readStream(child.stdout!),
    readStream(child.stderr!),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { output, errors, code };
}

function wordloom(...argumentList: string[]) {
  const child = start(argumentList);
  child.stdin!.end();
  return finish(child);
}

interface Event {
  readonly type: string;
  readonly step?: number;
  readonly loss?: number;
}

function events(output: string): Event[] {
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
}

function stepLosses(all: readonly Event[]): [number, number][] {
  return all.filter(({ type }) => type === 'step-end').map(({ step, loss }) => [step!, loss!]);
}

describe('train', () => {
  it('leaves a model that generate continues a prompt with, the same for the same seed', async () => {
    expect((await readdir(join(folder, 'model'))).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'training-state.safetensors',
    ]);
    const options = ['--model', 'model', '--max-tokens', '40', '--seed', '7'];
    const first = await wordloom('generate', 'First', ...options);
    expect(first).toMatchObject({ code: 0, errors: '' });
    expect(first.output).toMatch(/^First[\s\S]{40}\n$/);
    expect((await wordloom('generate', 'First', ...options)).output).toBe(first.output);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'saves on %s, and goes on with the losses of a run that never stopped',
    async (signal) => {
      const steps = ['--steps', '150', '--json', ...TINY];
      const out = `stopped-${signal}`;
      const child = start(['train', 'play.txt', '--out', out, ...steps]);
      const before: Event[] = [];
      for await (const line of createInterface({ input: child.stdout! })) {
        before.push(JSON.parse(line) as Event);
        if (before.at(-1)!.type === 'step-end' && before.at(-1)!.step === 40) child.kill(signal);
      }
      if (child.exitCode === null) await once(child, 'close');
      expect(child.exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(stepLosses(before).length).toBeLessThan(150);
      expect((await wordloom('generate', 'A', '--model', out, '--max-tokens', '5')).code).toBe(0);

      const resumed = await wordloom('train', 'play.txt', '--out', out, ...steps, '--resume');
      const whole = await wordloom('train', 'play.txt', '--out', `whole-${signal}`, ...steps);
      const losses = [...stepLosses(before), ...stepLosses(events(resumed.output))];
      expect(losses).toEqual(stepLosses(events(whole.output)));
      expect(losses).toHaveLength(150);
      expect(events(resumed.output).at(-1)).toEqual(events(whole.output).at(-1)); // the held-out loss
    },
  );

  it('does not replace a model unless told to', async () => {
    const refused = await wordloom('train', 'play.txt', '--out', 'model', '--steps', '3', ...TINY);
    expect(refused).toMatchObject({
      code: 1,
      errors: 'wordloom: model already holds a model. --resume goes on with it, --force replaces it.\n',
    });
    await cp(join(folder, 'model'), join(folder, 'replaced'), { recursive: true });
    const forced = await wordloom(
      'train',
      'play.txt',
      '--out',
      'replaced',
      '--steps',
      '3',
      ...TINY,
      '--force',
    );
    expect(forced.code).toBe(0);
    expect(forced.output).toMatch(/^held-out loss \d\.\d{4} nats per token, \d\.\d{3} bits per byte\n$/);
  });
});

describe('generate', () => {
  it('reads the prompt from standard input', async () => {
    const child = start(['generate', '--model', 'model', '--max-tokens', '3', '--json']);
    child.stdin!.end('Citizen');
    const { output, code } = await finish(child);
    expect(code).toBe(0);
    expect(events(output)[0]).toEqual({ type: 'generate-start', prompt: 'Citizen' });
    expect(events(output).at(-1)).toEqual({ type: 'generate-end' });
  });

  it('marks the prompt only where there is color', async () => {
    const write = (environment: Record<string, string>) => {
      const child = start(['generate', 'First', '--model', 'model', '--max-tokens', '3'], environment);
      child.stdin!.end();
      return finish(child);
    };
    expect((await write({ FORCE_COLOR: '1' })).output).toContain('\u001b[2mFirst');
    expect((await write({ NO_COLOR: '1' })).output).not.toContain('\u001b');
  });
});

describe('bad input is one clear line', () => {
  it.each<[string[], number, string]>([
    [['train', 'nowhere.txt', '--out', 'new'], 1, 'nowhere.txt does not exist.'],
    [['train', 'empty.txt', '--out', 'new'], 1, 'empty.txt is empty: there is nothing to learn from.'],
    [['train', 'latin.txt', '--out', 'new'], 1, 'latin.txt is not UTF-8 text: byte 1 does not belong there.'],
    [
      ['train', 'short.txt', '--out', 'new'],
      1,
      'short.txt: the text has 9 characters; with a context of 64 at least 73 are needed. Add text, or lower --context-length.',
    ],
    [['train', 'play.txt', '--out', 'short.txt'], 1, 'short.txt exists and is not a folder.'],
    [['train', 'play.txt', '--stepz', '3'], 2, 'train: unknown option --stepz. Did you mean --steps?'],
    [['train', 'play.txt'], 2, 'train: --out must name a folder for the model.'],
    [['train', 'play.txt', '--out', 'new', '--resume'], 1, 'new/training-state.safetensors does not exist.'],
    [
      ['train', 'play.txt', '--out', 'model', '--resume', '--layers', '3'],
      1,
      'model was trained with layerCount 2, which --resume cannot change to 3.',
    ],
    [['generate', 'A', '--model', 'nowhere'], 1, 'nowhere does not exist.'],
    [['generate', 'A', '--model', '.'], 1, '. holds no model: it has no config.json.'],
    [
      ['generate', '春A', '--model', 'model'],
      1,
      'generate: the prompt has "春", which the text of the model did not have.',
    ],
    [['trian'], 2, 'unknown command trian. Did you mean train?'],
    [['--stpes', '3'], 2, 'demo: unknown option --stpes. Did you mean --steps?'],
  ])('%j', async (argumentList, code, message) => {
    expect(await wordloom(...argumentList)).toEqual({ output: '', errors: `wordloom: ${message}\n`, code });
    expect(await readdir(folder)).not.toContain('new');
  });

  it.each(['model.safetensors', 'config.json', 'tokenizer.json'])('a cut %s', async (name) => {
    const broken = `broken-${name}`;
    await cp(join(folder, 'model'), join(folder, broken), { recursive: true });
    await truncate(join(folder, broken, name), 20);
    const { code, errors, output } = await wordloom('generate', 'A', '--model', broken);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toMatch(new RegExp(`^wordloom: .*${join(broken, name)}.*\\n$`));
  });
});

it('the demo trains, writes and compares itself with counting', async () => {
  const { output, code } = await wordloom('--recipe', 'tiny', '--steps', '20', '--threads', '1', '--json');
  expect(code).toBe(0);
  const all = events(output);
  expect(
    all.map(({ type }) => type).filter((type) => type !== 'step-end' && type !== 'evaluation-end'),
  ).toEqual(['demo-start', 'sample', 'compile-end', 'train-end', 'sample', 'held-out']);
  const { rows } = all.at(-1) as unknown as { rows: { label: string; loss: number; bitsPerByte: number }[] };
  // Shakespeare is ASCII: a character is a byte.
  for (const { loss, bitsPerByte } of rows) expect(bitsPerByte).toBeCloseTo(loss / Math.LN2, 10);
  expect(rows[1]).toMatchObject({ label: 'counting pairs', loss: expect.closeTo(2.486, 3) });
});

it('help names every command and option', async () => {
  expect((await wordloom('--help')).output).toMatch(/demo[\s\S]*train FILE[\s\S]*generate[\s\S]*recipes/);
  expect((await wordloom('train', '--help')).output).toContain('--resume');
});
