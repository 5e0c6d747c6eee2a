import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchmarkRecord, recordOf, type Subject } from '../report/record.ts';
import type { LargeOutcome, LargeTask } from './ngram-large-process.ts';
import { readBaseText, writeLargeText } from './ngram-large-text.ts';
import type { Suite, SuiteContext } from './suite.ts';

const NAME = 'ngram-large';
const ORDER = 5;
const LIMIT_MEBIBYTES = 1024;
const MILLION = 1_000_000;
const SIZES = [1, 10, 50];
const PROGRAM = fileURLToPath(new URL('./ngram-large-process.ts', import.meta.url));

/** Estimation of n-gram models on the disk: how time and memory grow with the corpus. */
export const ngramLarge: Suite = {
  name: NAME,
  summary: `n-gram models of order ${ORDER} estimated on the disk under a limit of 1 GiB: 1, 10 and 50 million words`,
  onRequest: true,
  async run(context) {
    const base = await readBaseText();
    const folder = await mkdtemp(join(process.env.WORDLOOM_TEMP ?? tmpdir(), 'wordloom-benchmark-'));
    const records: BenchmarkRecord[] = [];
    const failures: string[] = [];
    const notes = [
      `Text: ${base.name}; beyond it, copies in which half of the words are drawn anew and rare words are renamed.`,
    ];
    let before: LargeOutcome | undefined;
    try {
      for (const millions of context.quick ? [0.1, 0.2] : SIZES) {
        const path = join(folder, 'text.txt');
        context.progress(`${millions} million words: writing the text`);
        await writeLargeText(path, base.sentences, millions * MILLION);
        context.progress(`${millions} million words: training`);
        const outcome = await train(path, folder, context);
        const subject = (metric: string, unit: Subject['unit']) => ({
          suite: NAME,
          case: `${millions} M words`,
          metric,
          unit,
          quality: {
            name: 'n-grams',
            value: outcome.sizes.reduce((sum, size) => sum + size, 0),
            peerValue: null,
          },
        });
        records.push(recordOf(subject('estimate, text included', 's'), outcome.seconds));
        records.push(recordOf(subject('largest resident set', 'MiB'), outcome.peakMebibytes));
        if (outcome.peakMebibytes > LIMIT_MEBIBYTES) {
          failures.push(
            `${millions} M words took ${outcome.peakMebibytes.toFixed(0)} MiB, more than ${LIMIT_MEBIBYTES}.`,
          );
        }
        if (before) {
          const slope =
            Math.log(outcome.seconds / before.seconds) / Math.log(outcome.tokenCount / before.tokenCount);
          notes.push(`To ${millions} M words, time grows with the power ${slope.toFixed(2)} of the words.`);
        }
        before = outcome;
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return { records, versions: {}, notes, failures };
  },
};

async function train(path: string, folder: string, { threads, signal }: SuiteContext): Promise<LargeOutcome> {
  const task: LargeTask = {
    path,
    order: ORDER,
    memoryLimit: LIMIT_MEBIBYTES * 2 ** 20,
    workers: threads,
    temporaryDirectory: folder,
  };
  const child = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, PROGRAM, JSON.stringify(task)],
    {
      signal,
    },
  );
  return JSON.parse(child.stdout) as LargeOutcome;
}
