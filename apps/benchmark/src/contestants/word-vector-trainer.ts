import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Who trains word vectors: ours, ours in lock step, gensim, or the command fasttext. */
export type WordVectorSide = 'wordloom' | 'wordloom-lock-step' | 'gensim' | 'fasttext';

/** What all sides are told. */
export interface WordVectorTask {
  readonly architecture: 'skip-gram' | 'cbow';
  readonly size: number;
  readonly window: number;
  readonly negative: number;
  readonly sample: number;
  readonly minCount: number;
  readonly epochs: number;
  readonly seed: number;
  readonly threads: number;
}

/** What a process measured, or why it could not. */
export type WordVectorReport =
  | {
      /** Of training, the words being counted; of fastText's whole process, as it does not tell. */
      readonly seconds: number;
      /** Words trained on in all epochs; fastText does not tell. */
      readonly words?: number;
      readonly version?: string;
    }
  | { readonly unavailable: string };

const PROGRAM = fileURLToPath(new URL('./word-vector-trainer-main.ts', import.meta.url));
const PEERS = fileURLToPath(new URL('../../peers/word_vectors.py', import.meta.url));

/** Trains on the lines of a file, in a new process, which writes the vectors to a file of text. */
export async function runWordVectorTrainer(
  side: WordVectorSide,
  { textPath, vectorPath }: { readonly textPath: string; readonly vectorPath: string },
  task: WordVectorTask,
  { python, signal }: { readonly python: string; readonly signal: AbortSignal },
): Promise<WordVectorReport> {
  const isOwn = side.startsWith('wordloom');
  const program = isOwn ? [...process.execArgv, PROGRAM] : [PEERS];
  const { stdout } = await promisify(execFile)(
    isOwn ? process.execPath : python,
    [...program, side, textPath, vectorPath, JSON.stringify(task)],
    { signal, maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout) as WordVectorReport;
}
