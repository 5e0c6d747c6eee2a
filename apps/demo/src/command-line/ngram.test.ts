import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
      [['tain'], 2, 'unknown command ngram tain. Did you mean ngram train?'],
    ];
    const results = await Promise.all(refusals.map(([argumentList]) => wordloom(...argumentList)));
    expect(results).toEqual(
      refusals.map(([, code, message]) => ({ output: '', errors: `wordloom: ${message}\n`, code })),
    );
  });
});
