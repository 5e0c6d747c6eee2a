import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EncoderReport,
  type EncoderSide,
  type EncoderTask,
  runEncoder,
} from '../contestants/encoder.ts';
import { type BenchmarkRecord, recordOfRounds, type Subject } from '../report/record.ts';
import { encoderModels } from './encoder-models.ts';
import { encoderTexts } from './encoder-texts.ts';
import type { Suite, SuiteContext, SuiteResult } from './suite.ts';

const NAME = 'tokenizer-encode';

/** Which of its ids are the reference's: tiktoken's for its encodings, Hugging Face's for all others. */
interface Sides {
  readonly reference: EncoderSide;
  readonly peers: readonly EncoderSide[];
}

const ofEncodings: Sides = {
  reference: 'tiktoken',
  peers: [
    'hypertok',
    'tiktoken',
    'tokenizers',
    'gpt-tokenizer',
    'ai-tokenizer',
    'js-tiktoken',
    '@huggingface/tokenizers',
  ],
};
const ofFiles: Sides = { reference: 'tokenizers', peers: ['tokenizers', '@huggingface/tokenizers'] };

/** From text to ids on one thread: the first pass in a new process, and later ones. */
export const tokenizerEncode: Suite = {
  name: NAME,
  summary: 'Text to ids: first and later passes, loading and memory, beside the tokenizers on npm',
  async run(context) {
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
    try {
      const { texts, notes: textNotes } = await encoderTexts(context.quick ? 2 ** 16 : 2 ** 18);
      const { models, notes: modelNotes } = await encoderModels(folder);
      const records: BenchmarkRecord[] = [];
      const failures: string[] = [];
      const notes = [...textNotes, ...modelNotes];
      for (const model of models) {
        for (const [textName, text] of texts) {
          const textPath = join(folder, `${textName}.txt`);
          await writeFile(textPath, text);
          const task: EncoderTask = { ...model, textPath, passes: 8 };
          const result = await runCase(`${model.name} ${textName}`, task, Buffer.byteLength(text), context);
          records.push(...result.records);
          failures.push(...result.failures);
          notes.push(...result.notes);
        }
      }
      return { records, versions, notes: [...new Set(notes)], failures };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const versions = {
  '@huggingface/tokenizers': '0.2.0',
  'ai-tokenizer': '1.0.6',
  'gpt-tokenizer': '4.0.0',
  hypertok: '0.3.4',
  'js-tiktoken': '1.0.21',
  tiktoken: '1.0.22',
  tokenizers: '0.23.2',
};

async function runCase(
  name: string,
  task: EncoderTask,
  bytes: number,
  { quick, rounds = quick ? 1 : 3, signal, progress }: SuiteContext,
): Promise<Pick<SuiteResult, 'records' | 'failures' | 'notes'>> {
  const { reference, peers } = task.encoding ? ofEncodings : ofFiles;
  const sides: EncoderSide[] = ['wordloom', ...peers];
  const reports = new Map<EncoderSide, EncoderReport[]>(sides.map((side) => [side, []]));
  const notes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`${name}: round ${round + 1} of ${rounds}`);
    for (const side of sides) {
      if (side === 'ai-tokenizer' && task.encoding === 'r50k_base') continue; // which it has not
      try {
        reports.get(side)!.push(await runEncoder(side, task, signal));
      } catch (error) {
        if (side === 'wordloom' || signal.aborted) throw error;
        notes.push(`${task.encoding ?? name}: ${side} failed: ${lastLine(error)}`);
      }
    }
  }
  const own = reports.get('wordloom')!;
  const expected = reports.get(reference)![0];
  const isExact = (report: EncoderReport): number =>
    expected && report.idCount === expected.idCount && report.idHash === expected.idHash ? 1 : 0;
  const records: BenchmarkRecord[] = [];
  for (const side of peers) {
    const peer = reports.get(side)!;
    if (peer.length === 0) continue;
    const quality = { name: `ids as ${reference}'s`, value: isExact(own[0]!), peerValue: isExact(peer[0]!) };
    const add = (
      metric: string,
      unit: Subject['unit'],
      samples: (report: EncoderReport) => number[],
    ): void => {
      const subject: Subject = { suite: NAME, case: name, metric, unit, quality };
      records.push(recordOfRounds(subject, own.map(samples), { name: side, rounds: peer.map(samples) }));
    };
    const rate = (milliseconds: number): number => bytes / 1000 / milliseconds;
    add('first pass', 'MB/s', ({ firstMilliseconds }) => [rate(firstMilliseconds)]);
    add('later pass', 'MB/s', ({ warmMilliseconds }) => warmMilliseconds.map(rate));
    add('loading', 'ms', ({ loadMilliseconds }) => [loadMilliseconds]);
    add('memory of loading', 'MiB', ({ loadedMebibytes }) => [loadedMebibytes]);
  }
  const failures = isExact(own[0]!) ? [] : [`${name}: Wordloom's ids are not those of ${reference}.`];
  return { records, failures, notes };
}

function lastLine(error: unknown): string {
  const lines = String((error as { stderr?: string }).stderr ?? error)
    .trim()
    .split('\n');
  return lines.find((line) => line.includes('Error')) ?? lines.at(-1)!;
}
