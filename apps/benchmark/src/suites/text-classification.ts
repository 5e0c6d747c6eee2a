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
  /** Milliseconds from the file to a first prediction, without the start of a process. */
  readonly loading: number;
  readonly accuracy: number;
  readonly quantized: { readonly bytes: number; readonly accuracy: number };
}

async function measureCase(
  name: string,
  folder: string,
  heldOut: string,
  { quick, rounds = quick ? 1 : 3, threads, signal, progress }: SuiteContext,
): Promise<{ records: BenchmarkRecord[]; notes: string[] }> {
  const [ours, theirs]: [Round[], Round[]] = [[], []];
  let reason: string | undefined;
  for (let seed = 0; seed < rounds; seed++) {
    progress(`${name}: round ${seed + 1} of ${rounds}`);
    ours.push(await trainOwn(folder, heldOut, { ...SETTINGS, seed, workers: threads, signal }));
    try {
      theirs.push(await trainPeer(folder, heldOut, seed, threads, signal));
    } catch (error) {
      reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    }
  }
  const mean = (all: readonly { accuracy: number }[]): number =>
    all.reduce((sum, { accuracy }) => sum + accuracy, 0) / all.length;
  const quantized = (all: readonly Round[]): Round['quantized'][] => all.map((round) => round.quantized);
  const subject = (metric: string, unit: Subject['unit'], value: number, peerValue: number): Subject => ({
    suite: NAME,
    case: name,
    metric,
    unit,
    quality: { name: 'accuracy', value, peerValue: theirs.length > 0 ? peerValue : null },
  });
  const record = (metric: string, of: (round: Round) => number): BenchmarkRecord =>
    recordOfRounds(
      subject(metric, 'ms', mean(ours), mean(theirs)),
      ours.map((round) => [of(round)]),
      theirs.length > 0 ? { name: 'fastText', rounds: theirs.map((round) => [of(round)]) } : undefined,
    );
  const percent = (all: readonly { accuracy: number }[]): string =>
    `${(100 * mean(all)).toFixed(2)} % (${all.map(({ accuracy }) => (100 * accuracy).toFixed(2)).join(' ')})`;
  const accuracies = (all: readonly Round[]): string =>
    `${percent(all)}, quantized ${percent(quantized(all))} in ${(all[0]!.quantized.bytes / MEBIBYTE).toFixed(2)} MiB`;
  return {
    records: [
      record('training', ({ training }) => training),
      record('loading', ({ loading }) => loading),
      recordOf(
        subject('quantized', 'MiB', mean(quantized(ours)), mean(quantized(theirs))),
        ours[0]!.quantized.bytes / MEBIBYTE,
        theirs.length > 0 ? { name: 'fastText', value: theirs[0]!.quantized.bytes / MEBIBYTE } : undefined,
      ),
    ],
    notes: [
      `${name}: every fifth example is held out; accuracies are means of ${rounds} seeds: ${accuracies(ours)}` +
        `${theirs.length > 0 ? `; fastText ${accuracies(theirs)}` : ''}.`,
      ...(reason ? [`${name}: fastText skipped: ${reason}`] : []),
    ],
  };
}

async function trainOwn(folder: string, heldOut: string, options: TrainClassifierOptions): Promise<Round> {
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
  const { seed = 0, signal } = options;
  const small = await quantizeModel(model, { rows: KEPT_ROWS, norms: true, seed, ...(signal && { signal }) });
  const smallPath = join(folder, 'own.ftz');
  await writeFastTextFile(smallPath, small);
  const quantized = { bytes: (await stat(smallPath)).size, accuracy: await accuracyOf(small, heldOut) };
  return { training, loading, accuracy: await accuracyOf(model, heldOut), quantized };
}

async function accuracyOf(model: FastTextModel, heldOut: string): Promise<number> {
  return (await evaluateClassifier(model, heldOut)).precision;
}

async function trainPeer(
  folder: string,
  heldOut: string,
  seed: number,
  threads: number,
  signal: AbortSignal,
): Promise<Round> {
  const run = async (...parameters: (string | number)[]): Promise<string> =>
    (await promisify(execFile)('fasttext', parameters.map(String), { signal, cwd: folder })).stdout;
  const { size, epochs, learningRate, wordNgrams, bucket } = SETTINGS;
  const begin = performance.now();
  await run(
    ...['supervised', '-input', 'training.txt', '-output', 'peer'],
    ...['-dim', size, '-epoch', epochs, '-lr', learningRate, '-wordNgrams', wordNgrams, '-bucket', bucket],
    ...['-thread', threads, '-seed', seed, '-verbose', 0],
  );
  const training = performance.now() - begin;
  await writeFile(join(folder, 'one.txt'), 'a\n');
  const loadingBegin = performance.now();
  await run('predict', 'peer.bin', 'one.txt');
  const processBegin = performance.now();
  await run().catch(() => {}); // prints its usage
  const loading = processBegin - loadingBegin - (performance.now() - processBegin);
  await run(
    ...['quantize', '-input', 'training.txt', '-output', 'peer'],
    ...['-qnorm', '-cutoff', KEPT_ROWS, '-thread', threads, '-verbose', 0],
  );
  const labels = heldOut.match(/^\S+/gm) ?? [];
  const accuracy = async (model: string): Promise<number> => {
    const found = (await run('predict', model, 'held-out.txt')).trim().split('\n');
    return found.filter((label, at) => label === labels[at]).length / labels.length;
  };
  const bytes = (await stat(join(folder, 'peer.ftz'))).size;
  return {
    training,
    loading,
    accuracy: await accuracy('peer.bin'),
    quantized: { bytes, accuracy: await accuracy('peer.ftz') },
  };
}
