import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  evaluateClassifier,
  type FastTextModel,
  quantizeModel,
  type TrainClassifierOptions,
  trainClassifier,
} from '@wordloom/embeddings';
import { readFastTextFile, writeFastTextFile } from '@wordloom/embeddings/node';
import { type BenchmarkRecord, recordOf, recordOfRounds, type Subject } from '../report/record.ts';
import { type Example, newsOf, reviewsOf, splitLines } from './labeled-data.ts';
import type { Suite, SuiteContext } from './suite.ts';

const NAME = 'text-classification';
const MEBIBYTE = 2 ** 20;
const SETTINGS = { size: 50, epochs: 10, learningRate: 0.5, wordNgrams: 2, bucket: 200_000 };
/** Rows that a quantized model keeps. */
const KEPT_ROWS = 40_000;

const CASES: readonly { name: string; path: string; read(text: string): readonly Example[] }[] = [
  { name: 'AG News', path: 'agnews/test.csv', read: newsOf },
  {
    name: 'hotel reviews, characters',
    path: 'chnsenticorp/ChnSentiCorp_htl_all.csv',
    read: reviewsOf,
  },
];

/** Learning to tell texts apart: topics of English news, and whether Chinese reviews are good. */
export const textClassification: Suite = {
  name: NAME,
  summary:
    'training, loading and quantizing text classifiers, and their accuracy, beside the command fasttext',
  async run(context) {
    const data = process.env.WORDLOOM_DATA ?? '';
    const records: BenchmarkRecord[] = [];
    const notes: string[] = [];
    for (const { name, path, read } of CASES) {
      const file = join(data, path);
      if (data === '' || !(await stat(file).catch(() => undefined))) {
        notes.push(`${name} skipped: WORDLOOM_DATA must name a folder that holds ${path}.`);
        continue;
      }
      const folder = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
      try {
        const [training, heldOut] = splitLines(read(await readFile(file, 'utf8')));
        await writeFile(join(folder, 'training.txt'), training);
        await writeFile(join(folder, 'held-out.txt'), heldOut);
        const result = await measureCase(name, folder, heldOut, context);
        records.push(...result.records);
        notes.push(...result.notes);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
    return { records, versions: {}, notes, failures: [] };
  },
};

interface Round {
  /** Milliseconds, the text being read and the model written. */
  readonly training: number;
  /** Milliseconds to a first prediction. */
  readonly loading: number;
  readonly accuracy: number;
}

async function measureCase(
  name: string,
  folder: string,
  heldOut: string,
  { quick, rounds = quick ? 1 : 3, threads, signal, progress }: SuiteContext,
): Promise<{ records: BenchmarkRecord[]; notes: string[] }> {
  const [ours, theirs]: [Round[], Round[]] = [[], []];
  const small: { bytes: number; accuracy: number }[] = [];
  let reason: string | undefined;
  for (let seed = 0; seed < rounds; seed++) {
    progress(`${name}: round ${seed + 1} of ${rounds}`);
    const [round, model] = await trainOwn(folder, heldOut, { ...SETTINGS, seed, workers: threads, signal });
    ours.push(round);
    const examples = await readFile(join(folder, 'training.txt'), 'utf8');
    const quantized = await quantizeModel(model, {
      rows: KEPT_ROWS,
      norms: true,
      retrain: { examples, epochs: 5, learningRate: 0.25, workers: threads },
      seed,
      signal,
    });
    const path = join(folder, 'own.ftz');
    await writeFastTextFile(path, quantized);
    small.push({ bytes: (await stat(path)).size, accuracy: await accuracyOf(quantized, heldOut) });
    try {
      theirs.push(await trainPeer(folder, seed, threads, signal));
    } catch (error) {
      reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    }
  }
  const mean = (all: readonly { accuracy: number }[]): number =>
    all.reduce((sum, { accuracy }) => sum + accuracy, 0) / all.length;
  const subject = (metric: string, unit: Subject['unit'], value: number): Subject => ({
    suite: NAME,
    case: name,
    metric,
    unit,
    quality: { name: 'accuracy', value, peerValue: theirs.length > 0 ? mean(theirs) : null },
  });
  const record = (metric: string, of: (round: Round) => number): BenchmarkRecord =>
    recordOfRounds(
      subject(metric, 'ms', mean(ours)),
      ours.map((round) => [of(round)]),
      theirs.length > 0 ? { name: 'fastText', rounds: theirs.map((round) => [of(round)]) } : undefined,
    );
  const size = (await stat(join(folder, 'own.bin'))).size;
  return {
    records: [
      record('training', ({ training }) => training),
      record('loading', ({ loading }) => loading),
      recordOf(subject('quantized', 'MiB', mean(small)), small[0]!.bytes / MEBIBYTE, {
        name: 'the model itself',
        value: size / MEBIBYTE,
      }),
    ],
    notes: [
      `${name}: every fifth example is held out; accuracies are means of ${rounds} seeds.`,
      ...(reason ? [`${name}: fastText skipped: ${reason}`] : []),
    ],
  };
}

async function trainOwn(
  folder: string,
  heldOut: string,
  options: TrainClassifierOptions,
): Promise<[Round, FastTextModel]> {
  const path = join(folder, 'own.bin');
  const begin = performance.now();
  let trained: FastTextModel | undefined;
  for await (const event of trainClassifier(await readFile(join(folder, 'training.txt'), 'utf8'), options)) {
    if (event.type === 'training-end') trained = event.model;
  }
  await writeFastTextFile(path, trained!);
  const training = performance.now() - begin;
  const loadingBegin = performance.now();
  const model = await readFastTextFile(path);
  model.predict('a');
  const loading = performance.now() - loadingBegin;
  return [{ training, loading, accuracy: await accuracyOf(model, heldOut) }, model];
}

async function accuracyOf(model: FastTextModel, heldOut: string): Promise<number> {
  return (await evaluateClassifier(model, heldOut)).precision;
}

async function trainPeer(folder: string, seed: number, threads: number, signal: AbortSignal): Promise<Round> {
  const run = async (...parameters: (string | number)[]): Promise<string> =>
    (await promisify(execFile)('fasttext', parameters.map(String), { signal, cwd: folder })).stdout;
  const { size, epochs, learningRate, wordNgrams, bucket } = SETTINGS;
  const begin = performance.now();
  await run(
    ...[
      'supervised',
      '-input',
      'training.txt',
      '-output',
      'peer',
      '-dim',
      size,
      '-epoch',
      epochs,
      '-lr',
      learningRate,
    ],
    ...['-wordNgrams', wordNgrams, '-bucket', bucket, '-thread', threads, '-seed', seed, '-verbose', 0],
  );
  const training = performance.now() - begin;
  await writeFile(join(folder, 'one.txt'), 'a\n');
  const loadingBegin = performance.now();
  await run('predict', 'peer.bin', 'one.txt');
  const loading = performance.now() - loadingBegin;
  const accuracy = /P@1\s+([\d.]+)/.exec(await run('test', 'peer.bin', 'held-out.txt'))?.[1];
  return { training, loading, accuracy: Number(accuracy) };
}
