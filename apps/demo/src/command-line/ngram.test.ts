import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-ngram-'));
  await writeFile(join(folder, 'news.txt'), 'the bank cut the rate\nthe rate rose\r\nthe bank said so\n');
  await writeFile(join(folder, 'river.txt'), 'the river rose\nthe green river bank\n');
  expect(await wordloom('train', 'news.txt', '--out', 'news.arpa', '--order', '2')).toMatchObject({
    code: 0,
  });
  expect(await wordloom('train', 'river.txt', '--out', 'river.ngram')).toMatchObject({ code: 0 });
});
afterAll(() => rm(folder, { recursive: true }));

function wordloom(...argumentList: string[]): Promise<{ output: string; errors: string; code: number }> {
  const all = ['--conditions=@wordloom/source', '--import', tsx, main, 'ngram', ...argumentList];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      all,
      { cwd: folder, env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' } },
      (error, output, errors) => resolve({ output, errors, code: error ? Number(error.code) : 0 }),
    );
    child.stdin!.end();
  });
}

describe('ngram', () => {
  it('trains on the disk to the same file, and leaves nothing else', async () => {
    const options = ['--order', '2', '--memory', '200MB', '--temp', 'work'];
    expect(await wordloom('train', 'news.txt', '--out', 'disk.arpa', ...options)).toMatchObject({ code: 0 });
    const files = ['news.arpa', 'disk.arpa'].map((name) => readFile(join(folder, name), 'utf8'));
    const [inMemory, onDisk] = await Promise.all(files);
    expect(onDisk).toBe(inMemory);
    expect(await readdir(join(folder, 'work'))).toEqual([]);
    const wrong = await wordloom('train', 'news.txt', '--out', 'disk.arpa', '--memory', 'much');
    expect(wrong).toMatchObject({ code: 2, errors: expect.stringContaining('a size such as 1GB') });
  });

  it('scores a text word by word, and says what may come next', async () => {
    const { output } = await wordloom('query', 'news.arpa', 'the bank', '--next', '2', '--json');
    const events = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.slice(0, 3)).toMatchObject([
      { type: 'word-score', word: 'the', order: 2 },
      { type: 'word-score', word: 'bank', order: 2 },
      { type: 'word-score', word: '</s>', order: 1 },
    ]);
    const sum = events.slice(0, 3).reduce((total, { log10Probability }) => total + log10Probability, 0);
    expect(events[3]).toMatchObject({ type: 'sentence-score', log10Probability: expect.closeTo(sum, 9) });
    expect(events[3].next).toHaveLength(2);
  });

  it('tunes a mixture to a text, and measures each model alone beside it', async () => {
    const { output } = await wordloom(
      'interpolate',
      'news.arpa',
      'river.ngram',
      '--tune',
      'river.txt',
      '--json',
    );
    const [news, river, mixture] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(river.weight).toBeGreaterThan(news.weight);
    expect(mixture.perplexity).toBeLessThanOrEqual(river.perplexity + 1e-6);
  });

  it('multiplies models as well, and writes the mixture as one model', async () => {
    const models = ['news.arpa', 'river.ngram'];
    const options = ['--tune', 'river.txt', '--method', 'log-linear', '--out', 'mixed.arpa', '--json'];
    const { output } = await wordloom('interpolate', ...models, ...options);
    const events = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual([
      'mixture-model',
      'mixture-model',
      'mixture',
      'mixture-write-end',
    ]);
    expect(events[3].perplexity).toBeCloseTo(events[2].perplexity, 3);
  });

  it('filters a file by the words of a text', async () => {
    const { output } = await wordloom('filter', 'news.arpa', '--words', 'river.txt', '--out', 'few.arpa');
    expect(output).toMatch(/^few\.arpa {2}0\.\d kB of 0\.\d kB\n$/);
    const few = await readFile(join(folder, 'few.arpa'), 'utf8');
    expect(few).toContain('the bank');
    expect(few).not.toContain('rate');
  });

  it('chooses anew among n-best lists, with weights that are tuned', async () => {
    const lists = [
      '0 ||| the bank so rate ||| TM= -1',
      '0 ||| the bank cut the rate ||| TM= -2',
      '1 ||| rose the rate ||| TM= -1',
      '1 ||| the rate rose ||| TM= -4',
    ];
    await writeFile(join(folder, 'lists.nbest'), `${lists.join('\n')}\n`);
    await writeFile(join(folder, 'right.txt'), 'the bank cut the rate\nthe rate rose\n');
    const best = await wordloom('rescore', 'lists.nbest', 'news.arpa', '--weights', 'TM=1 lm=0');
    expect(best.output).toBe('the bank so rate\nrose the rate\n');
    const out = ['--references', 'right.txt', '--out', 'best.nbest'];
    const tuned = await wordloom('rescore', 'lists.nbest', 'news.arpa', ...out);
    expect(tuned.output).toBe('the bank cut the rate\nthe rate rose\n');
    expect(tuned.errors).toMatch(/^weights TM=\S+ lm=\S+ words=\S+; error 0\.00 %\n$/);
    expect(await readFile(join(folder, 'best.nbest'), 'utf8')).toMatch(
      /^0 \|\|\| the bank cut the rate \|\|\| TM= -2 lm= -/,
    );
  });

  it('prunes, generates and measures', async () => {
    expect(
      (await wordloom('prune', 'news.arpa', '--out', 'small.arpa.gz', '--threshold', '1')).output,
    ).toContain('2-grams  0 of 11');
    const { output } = await wordloom(
      'generate',
      'news.arpa',
      'the bank',
      '--sentences',
      '3',
      '--top-k',
      '3',
    );
    expect(
      output
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('the bank')),
    ).toBe(true);
    const held = await wordloom('generate', 'news.arpa', '--pattern', 'a? the . + rose', '--sentences', '2');
    expect(held.output).toMatch(/^(the .*rose\n){2}$/);
    const measured = await wordloom('perplexity', 'small.arpa.gz', 'river.txt');
    expect(measured.output).toMatch(/perplexity +\d+\.\d\d\n.*\n {2}9 words in 2 sentences, 3 unknown/);
  });

  it('refuses what makes no sense in one line', async () => {
    const refusals: [argumentList: string[], code: number, message: string][] = [
      [['train', 'news.txt'], 2, 'ngram train: --out must name the file of the model.'],
      [
        ['train', 'news.txt', '--out', 'x', '--prune', '1'],
        2,
        'ngram train: --prune needs numbers that begin with 0 and do not fall, got “1”.',
      ],
      [['query', 'none.arpa', 'a'], 1, 'none.arpa does not exist.'],
      [
        ['query', 'news.txt', 'a'],
        1,
        'news.txt, line 3: the file must have a line \\data\\, but it has none.',
      ],
      [
        ['rescore', 'news.txt', 'news.arpa'],
        1,
        'news.txt, line 1: expected a number, words and features between |||, got "the bank cut the rate".',
      ],
      [
        ['generate', 'news.arpa', '--pattern', '(a'],
        2,
        'ngram generate: --pattern: place 3 of "(a": expected a closing bracket.',
      ],
      [['tain'], 2, 'unknown command ngram tain. Did you mean ngram train?'],
    ];
    const results = await Promise.all(refusals.map(([argumentList]) => wordloom(...argumentList)));
    expect(results).toEqual(
      refusals.map(([, code, message]) => ({ output: '', errors: `wordloom: ${message}\n`, code })),
    );
  });
});
