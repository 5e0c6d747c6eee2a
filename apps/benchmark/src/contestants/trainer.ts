import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What is trained: byte-level BPE by ours and Hugging Face's trainer; SentencePiece's BPE and Unigram; ours of Unigram. */
export type TrainerSide = 'wordloom-bpe' | 'wordloom-unigram' | 'tokenizers' | 'spm-bpe' | 'spm-unigram';

/** What one process of the suite `tokenizer-train` measured, or why it could not. */
export type TrainerReport =
  | {
      /** From texts in memory (SentencePiece: from the file) to the tokenizer. */
      readonly seconds: number;
      /** Of the process, texts included. */
      readonly peakMebibytes: number;
      /** The merges in order, each `left right`; empty where they cannot be compared. */
      readonly merges: readonly string[];
    }
  | { readonly unavailable: string };

const PROGRAM = fileURLToPath(new URL('./trainer-main.ts', import.meta.url));
const PEERS = fileURLToPath(new URL('../../peers/tokenizer_trainers.py', import.meta.url));

/** Trains on the lines of a file, in a new process, on one thread. */
export async function runTrainer(
  side: TrainerSide,
  { textPath, vocabSize }: { readonly textPath: string; readonly vocabSize: number },
  { python, signal }: { readonly python: string; readonly signal: AbortSignal },
): Promise<TrainerReport> {
  const isOwn = side.startsWith('wordloom');
  const program = isOwn ? [...process.execArgv, PROGRAM] : [PEERS];
  const { stdout } = await promisify(execFile)(
    isOwn ? process.execPath : python,
    [...program, side, textPath, String(vocabSize)],
    {
      signal,
      maxBuffer: 2 ** 26,
      env: { ...process.env, RAYON_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false' },
    },
  );
  return JSON.parse(stdout) as TrainerReport;
}
