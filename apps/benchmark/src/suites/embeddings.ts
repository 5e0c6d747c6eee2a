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

/** Which sides are measured beside which, and how many readings of the text each round has. */
const PAIRS: readonly {
  name: string;
  architecture: WordVectorTask['architecture'];
  own: WordVectorSide;
  peer: WordVectorSide;
  peerName: string;
  epochs: number;
}[] = [
  {
    name: 'skip-gram',
    architecture: 'skip-gram',
    own: 'wordloom',
    peer: 'gensim',
    peerName: 'gensim',
    epochs: 5,
  },
  {
    name: 'skip-gram in lock step',
    architecture: 'skip-gram',
    own: 'wordloom-lock-step',
    peer: 'gensim',
    peerName: 'gensim',
    epochs: 5,
  },
  { name: 'CBOW', architecture: 'cbow', own: 'wordloom', peer: 'gensim', peerName: 'gensim', epochs: 5 },
  {
    name: 'skip-gram, one epoch',
    architecture: 'skip-gram',
    own: 'wordloom',
    peer: 'fasttext',
    peerName: 'fastText',
    epochs: 1,
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
      for (const pair of PAIRS) {
        const result = await measurePair(pair, textPath, scratch, questions, context);
        if (result.record) records.push(result.record);
        notes.push(result.note);
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

async function measurePair(
  { name, architecture, own, peer, peerName, epochs }: (typeof PAIRS)[number],
  textPath: string,
  scratch: string,
  questions: Questions,
  { quick, rounds = quick ? 1 : 3, threads, python, signal, progress }: SuiteContext,
): Promise<{ record?: BenchmarkRecord; note: string; versions: Record<string, string> }> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  let version: string | undefined;
  for (let round = 0; round < rounds; round++) {
    progress(`${name} beside ${peerName}: round ${round + 1} of ${rounds}`);
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
    const [report, vectorPath] = await train(own);
    if ('unavailable' in report) throw new Error(report.unavailable);
    ours.push(await measure(report.words! / report.seconds, vectorPath, questions));
    const [peerReport, peerPath] = await train(peer);
    if ('unavailable' in peerReport) {
      return { note: `${name}: ${peerName} skipped: ${peerReport.unavailable}.`, versions: {} };
    }
    version = peerReport.version ?? version;
    theirs.push(await measure((peerReport.words ?? report.words!) / peerReport.seconds, peerPath, questions));
  }
  const mean = (all: readonly Measured[], of: (each: Measured) => number): number =>
    all.reduce((sum, each) => sum + of(each), 0) / all.length;
  const quality = (all: readonly Measured[]): string =>
    `WordSim-353 ρ ${mean(all, (each) => each.similarity).toFixed(3)} (${all.map((each) => each.similarity.toFixed(3)).join(' ')}), ` +
    `analogies ${(100 * mean(all, (each) => each.analogies)).toFixed(2)} %`;
  const rates = (all: readonly Measured[]): number[][] => all.map(({ rate }) => [rate]);
  return {
    record: recordOfRounds(
      {
        suite: NAME,
        case: name,
        metric: 'training',
        unit: 'tokens/s',
        quality: {
          name: 'WordSim-353 ρ',
          value: mean(ours, ({ similarity }) => similarity),
          peerValue: mean(theirs, ({ similarity }) => similarity),
        },
      },
      rates(ours),
      { name: peerName, rounds: rates(theirs) },
    ),
    note: `${name}, means of ${rounds} seeds: ${quality(ours)}; ${peerName}: ${quality(theirs)}.`,
    versions: version ? { [peerName]: version } : {},
  };
}

async function measure(rate: number, vectorPath: string, { pairs, analogies }: Questions): Promise<Measured> {
  const vectors = await readWordVectorsFile(vectorPath);
  return {
    rate,
    similarity: evaluateWordPairs(vectors, pairs).spearman,
    analogies: evaluateAnalogies(vectors, analogies).accuracy,
  };
}
