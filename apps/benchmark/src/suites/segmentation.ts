import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChineseData } from '@wordloom/chinese-dictionary/node';
import { readChineseDictionary } from '@wordloom/tokenizer/chinese';
import { runSegmenter, type SegmenterReport } from '../contestants/segmenter.ts';
import { type BenchmarkRecord, recordOfRounds, type Subject } from '../report/record.ts';
import { drawText } from './drawn-text.ts';
import type { Suite, SuiteContext, SuiteResult } from './suite.ts';

const NAME = 'segmentation';
const PEER = 'jieba-rs';
const PASSES = 8;

interface SegmentationCase {
  readonly name: string;
  readonly textPath: string;
  /** Its words, where people have marked them. */
  readonly goldPath?: string;
}

/** Chinese word segmentation by the same dictionary, on one thread. */
export const segmentation: Suite = {
  name: NAME,
  summary: 'Chinese word segmentation, loading and memory, beside jieba in Rust with the same dictionary',
  async run(context) {
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
    try {
      const { dictionary } = await readChineseData();
      const drawn = { name: 'drawn words', textPath: join(folder, 'drawn.txt') };
      await writeFile(drawn.textPath, drawText(readChineseDictionary(dictionary), 500_000));
      const { cases, notes } = await realCases();
      const records: BenchmarkRecord[] = [];
      const failures: string[] = [];
      for (const item of [drawn, ...cases]) {
        const result = await runCase(item, context);
        records.push(...result.records);
        failures.push(...result.failures);
      }
      return { records, versions: { '@node-rs/jieba': '2.0.3' }, notes, failures };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Texts that may not be part of the repository, from the folder that `WORDLOOM_DATA` names. */
async function realCases(): Promise<{ cases: SegmentationCase[]; notes: string[] }> {
  const folder = process.env.WORDLOOM_DATA ?? '';
  const cases = [
    { name: 'zhwiki', textPath: join(folder, 'cmrc2018/zhwiki-contexts.txt') },
    {
      name: 'pku',
      textPath: join(folder, 'sighan2005/pku_test.utf8'),
      goldPath: join(folder, 'sighan2005/pku_test_gold.utf8'),
    },
  ];
  const notes: string[] = [];
  const found: SegmentationCase[] = [];
  for (const item of cases) {
    if (
      folder !== '' &&
      (await access(item.textPath).then(
        () => true,
        () => false,
      ))
    )
      found.push(item);
    else notes.push(`${item.name} skipped: WORDLOOM_DATA must name a folder that holds its text.`);
  }
  return { cases: found, notes };
}

async function runCase(
  { name, textPath, goldPath }: SegmentationCase,
  { quick, rounds = quick ? 2 : 7, signal, progress }: SuiteContext,
): Promise<Pick<SuiteResult, 'records' | 'failures'>> {
  const own: SegmenterReport[] = [];
  const peer: SegmenterReport[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`${name}: round ${round + 1} of ${rounds}`);
    const task = { textPath, passes: PASSES, goldPath: round === 0 ? goldPath : undefined };
    own.push(await runSegmenter('wordloom', task, signal));
    peer.push(await runSegmenter('jieba', task, signal));
  }
  const f1 = own[0]!.f1;
  const quality =
    f1 === null
      ? { name: 'words', value: own[0]!.words, peerValue: peer[0]!.words }
      : { name: 'F1', value: f1, peerValue: peer[0]!.f1 };
  const record = (
    metric: string,
    unit: Subject['unit'],
    samples: (report: SegmenterReport) => readonly number[],
  ): BenchmarkRecord =>
    recordOfRounds({ suite: NAME, case: name, metric, unit, quality }, own.map(samples), {
      name: PEER,
      rounds: peer.map(samples),
    });
  const difference = Math.abs(own[0]!.words / peer[0]!.words - 1);
  return {
    records: [
      record('first pass', 'ms', ({ firstMilliseconds }) => [firstMilliseconds]),
      record('later pass', 'ms', ({ warmMilliseconds }) => warmMilliseconds),
      record('loading', 'ms', ({ loadMilliseconds }) => [loadMilliseconds]),
      record('memory of loading', 'MiB', ({ loadedMebibytes }) => [loadedMebibytes]),
    ],
    // jieba-rs joins figures such as 1-2, which jieba and Wordloom cut.
    failures:
      difference < 0.005
        ? []
        : [`${name}: the numbers of words differ by ${(100 * difference).toFixed(2)} %.`],
  };
}
