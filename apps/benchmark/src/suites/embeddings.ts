import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnalogySection,
  evaluateAnalogies,
  evaluateWordPairs,
  parseAnalogies,
  parseWordPairs,
  type WordPair,
} from '@wordloom/embeddings';
import { readWordVectorsFile } from '@wordloom/embeddings/node';
import {
  runWordVectorTrainer,
  type WordVectorReport,
  type WordVectorSide,
  type WordVectorTask,
} from '../contestants/word-vector-trainer.ts';
import { type BenchmarkRecord, recordOfRounds } from '../report/record.ts';
import type { Suite, SuiteContext } from './suite.ts';

const NAME = 'embeddings';
const BOOKS = ['brown', 'moby-dick', 'darwin', 'sotu'];
const TASK = { size: 100, window: 5, negative: 5, sample: 1e-3, minCount: 5 };

/** Which of our sides are measured beside which peer, and how many readings of the text each round has. */
const COMPARISONS: readonly {
  architecture: WordVectorTask['architecture'];
  epochs: number;
  own: readonly { name: string; side: WordVectorSide }[];
  peer: { name: string; side: WordVectorSide };
}[] = [
  {
    architecture: 'skip-gram',
    epochs: 5,
    own: [
      { name: 'skip-gram', side: 'wordloom' },
      { name: 'skip-gram in lock step', side: 'wordloom-lock-step' },
    ],
    peer: { name: 'gensim', side: 'gensim' },
  },
  {
    architecture: 'cbow',
    epochs: 5,
    own: [{ name: 'CBOW', side: 'wordloom' }],
    peer: { name: 'gensim', side: 'gensim' },
  },
  {
    architecture: 'skip-gram',
    epochs: 1,
    own: [{ name: 'skip-gram, one epoch', side: 'wordloom' }],
    peer: { name: 'fastText', side: 'fasttext' },
  },
];

interface Measured {
  readonly rate: number;
  readonly similarity: number;
  readonly analogies: number;
}

interface Questions {
  readonly pairs: readonly WordPair[];
  readonly analogies: readonly AnalogySection[];
}

/** Learning word vectors from English books, and what they are worth. */
export const embeddings: Suite = {
  name: NAME,
  summary: 'learning word vectors by skip-gram and CBOW, speed and quality, beside gensim and fastText',
  async run(context) {
    const data = process.env.WORDLOOM_DATA ?? '';
    const folder = join(data, 'english-books');
    if (data === '' || !(await stat(folder).catch(() => undefined))) {
      const notes = [
        'skipped: WORDLOOM_DATA must name a folder that holds english-books and word-similarity-en.',
      ];
      return { records: [], versions: {}, notes, failures: [] };
    }
    const scratch = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
    const records: BenchmarkRecord[] = [];
    const notes: string[] = [];
    const versions: Record<string, string> = {};
    try {
      const textPath = join(scratch, 'books.txt');
      const texts = await Promise.all(BOOKS.map((name) => readFile(join(folder, `${name}.txt`), 'utf8')));
      await writeFile(textPath, texts.map(plainLines).join('\n'));
      const questions = await readQuestions(join(data, 'word-similarity-en'));
      for (const comparison of COMPARISONS) {
        const result = await compare(comparison, textPath, scratch, questions, context);
        records.push(...result.records);
        notes.push(...result.notes);
        Object.assign(versions, result.versions);
      }
      return { records, versions, notes, failures: [] };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

/** Words in small letters, a space between them. */
function plainLines(text: string): string {
  return text
    .toLowerCase()
    .split('\n')
    .map((line) => (line.match(/[a-z0-9']+/g) ?? []).join(' '))
    .filter((line) => line !== '')
    .join('\n');
}

async function readQuestions(folder: string): Promise<Questions> {
  return {
    pairs: parseWordPairs(await readFile(join(folder, 'wordsim353.tsv'), 'utf8')),
    analogies: parseAnalogies(await readFile(join(folder, 'questions-words.txt'), 'utf8')),
  };
}

async function compare(
  { architecture, epochs, own, peer }: (typeof COMPARISONS)[number],
  textPath: string,
  scratch: string,
  questions: Questions,
  { quick, rounds = quick ? 1 : 3, threads, python, signal, progress }: SuiteContext,
): Promise<{ records: BenchmarkRecord[]; notes: string[]; versions: Record<string, string> }> {
  const ours: Measured[][] = own.map(() => []);
  const theirs: Measured[] = [];
  let version: string | undefined;
  for (let round = 0; round < rounds; round++) {
    progress(`${own[0]!.name} beside ${peer.name}: round ${round + 1} of ${rounds}`);
    const task: WordVectorTask = {
      ...TASK,
      architecture,
      epochs: quick ? 1 : epochs,
      seed: round + 1,
      threads,
    };
    const train = async (side: WordVectorSide): Promise<[WordVectorReport, string]> => {
      const vectorPath = join(scratch, `${side}.vec`);
      return [
        await runWordVectorTrainer(side, { textPath, vectorPath }, task, { python, signal }),
        vectorPath,
      ];
    };
    let words = 0;
    for (const [index, { side }] of own.entries()) {
      const [report, vectorPath] = await train(side);
      if ('unavailable' in report) throw new Error(report.unavailable);
      words = report.words!;
      ours[index]!.push(await measure(words / report.seconds, vectorPath, questions));
    }
    const [report, vectorPath] = await train(peer.side);
    if ('unavailable' in report) {
      const notes = [`${own[0]!.name}: ${peer.name} skipped: ${report.unavailable}.`];
      return { records: [], notes, versions: {} };
    }
    version = report.version ?? version;
    theirs.push(await measure((report.words ?? words) / report.seconds, vectorPath, questions));
  }
  const accuracy = (all: readonly Measured[]): number => mean(all.map(({ analogies }) => analogies));
  const rates = (all: readonly Measured[]): number[][] => all.map(({ rate }) => [rate]);
  return {
    records: own.map(({ name }, index) =>
      recordOfRounds(
        {
          suite: NAME,
          case: name,
          metric: 'training',
          unit: 'tokens/s',
          quality: { name: 'analogies', value: accuracy(ours[index]!), peerValue: accuracy(theirs) },
        },
        rates(ours[index]!),
        { name: peer.name, rounds: rates(theirs) },
      ),
    ),
    notes: own.map(
      ({ name }, index) =>
        `${name}, means of ${rounds} seeds: ${scores(ours[index]!)}; ${peer.name}: ${scores(theirs)}.`,
    ),
    versions: version ? { [peer.name]: version } : {},
  };
}

/** Means over seeds, and in brackets each seed's. */
function scores(all: readonly Measured[]): string {
  const list = (values: readonly number[], digits: number): string =>
    `${mean(values).toFixed(digits)} (${values.map((value) => value.toFixed(digits)).join(' ')})`;
  const similarities = all.map(({ similarity }) => similarity);
  const percents = all.map(({ analogies }) => 100 * analogies);
  return `WordSim-353 ρ ${list(similarities, 3)}, analogies in percent ${list(percents, 2)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function measure(rate: number, vectorPath: string, { pairs, analogies }: Questions): Promise<Measured> {
  const vectors = await readWordVectorsFile(vectorPath);
  return {
    rate,
    similarity: evaluateWordPairs(vectors, pairs).spearman,
    analogies: evaluateAnalogies(vectors, analogies).accuracy,
  };
}
