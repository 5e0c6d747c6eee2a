import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTrainer, type TrainerReport, type TrainerSide } from '../contestants/trainer.ts';
import { type BenchmarkRecord, recordOfRounds } from '../report/record.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteContext } from './suite.ts';

const NAME = 'tokenizer-train';
const VOCAB_SIZE = 8000;

/** Who is measured beside whom. */
const PAIRS: readonly { name: string; own: TrainerSide; peer: TrainerSide; peerName: string }[] = [
  { name: 'BPE', own: 'wordloom-bpe', peer: 'tokenizers', peerName: 'Hugging Face tokenizers' },
  { name: 'BPE', own: 'wordloom-bpe', peer: 'spm-bpe', peerName: 'SentencePiece' },
  { name: 'Unigram', own: 'wordloom-unigram', peer: 'spm-unigram', peerName: 'SentencePiece' },
];

type Measured = Exclude<TrainerReport, { unavailable: string }>;

/** Learning tokenizers on one thread, from text to vocabulary. */
export const tokenizerTrain: Suite = {
  name: NAME,
  summary: `learning ${VOCAB_SIZE} tokens by BPE and Unigram from text, and memory, beside Hugging Face's trainer and SentencePiece`,
  async run(context) {
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
    const records: BenchmarkRecord[] = [];
    const notes: string[] = [];
    const failures: string[] = [];
    try {
      for (const [name, text] of Object.entries(await readTexts(notes))) {
        const textPath = join(folder, `${name}.txt`);
        await writeFile(textPath, text);
        const megabytes = (await stat(textPath)).size / 1e6;
        for (const pair of PAIRS) {
          const result = await measurePair(pair, name, textPath, megabytes, context);
          records.push(...result.records);
          notes.push(...result.notes);
          failures.push(...result.failures);
        }
      }
      return { records, versions: {}, notes, failures };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Shakespeare, and English books from the folder that `WORDLOOM_DATA` names. */
async function readTexts(notes: string[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = { shakespeare: (await readShakespeare()).text };
  const folder = join(process.env.WORDLOOM_DATA ?? '', 'english-books');
  const files = process.env.WORDLOOM_DATA ? await readdir(folder).catch(() => []) : [];
  if (files.length === 0) {
    notes.push('english-books skipped: WORDLOOM_DATA must name a folder that holds its texts.');
    return texts;
  }
  const parts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  return { ...texts, 'english-books': parts.join('') };
}

async function measurePair(
  { name, own, peer, peerName }: (typeof PAIRS)[number],
  text: string,
  textPath: string,
  megabytes: number,
  { quick, rounds = quick ? 1 : 5, python, signal, progress }: SuiteContext,
): Promise<{ records: BenchmarkRecord[]; notes: string[]; failures: string[] }> {
  const task = { textPath, vocabSize: VOCAB_SIZE };
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  const notes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`${text}, ${name} beside ${peerName}: round ${round + 1} of ${rounds}`);
    ours.push((await runTrainer(own, task, { python, signal })) as Measured);
    const report = await runTrainer(peer, task, { python, signal });
    if (!('unavailable' in report)) theirs.push(report);
    else if (round === 0) notes.push(`${peerName} skipped: ${report.unavailable}.`);
  }
  const rate = (reports: readonly Measured[]): string =>
    (megabytes / Math.min(...reports.map(({ seconds }) => seconds))).toFixed(1);
  notes.push(
    `${text}, ${name}: ${rate(ours)} MB/s at best` +
      (theirs.length > 0 ? `, ${peerName} ${rate(theirs)} MB/s.` : '.'),
  );
  const merges = ours[0]!.merges;
  const peerMerges = theirs[0]?.merges ?? [];
  const differs = peerMerges.length > 0 && merges.join('\n') !== peerMerges.join('\n');
  const quality =
    peerMerges.length > 0
      ? { name: 'merges', value: merges.length, peerValue: peerMerges.length }
      : undefined;
  const record = (metric: string, unit: 's' | 'MiB', sample: (report: Measured) => number): BenchmarkRecord =>
    recordOfRounds(
      { suite: NAME, case: `${text}, ${name}`, metric, unit, ...(quality && { quality }) },
      ours.map((report) => [sample(report)]),
      theirs.length > 0 ? { name: peerName, rounds: theirs.map((report) => [sample(report)]) } : undefined,
    );
  return {
    records: [
      record('training', 's', ({ seconds }) => seconds),
      record('peak memory', 'MiB', ({ peakMebibytes }) => peakMebibytes),
    ],
    notes,
    failures: differs ? [`${text}, ${name}: the merges are not those of ${peerName}.`] : [],
  };
}
