import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Libraries that the suite `tokenizer-encode` measures. */
export type EncoderSide =
  | 'wordloom'
  | 'hypertok'
  | 'tiktoken'
  | 'tokenizers'
  | 'gpt-tokenizer'
  | 'ai-tokenizer'
  | 'js-tiktoken'
  | '@huggingface/tokenizers';

/** A tokenizer: one of OpenAI's encodings, or another that has a tokenizer.json alone. */
export interface EncoderTask {
  readonly encoding: 'r50k_base' | 'cl100k_base' | 'o200k_base' | null;
  /** Its ranks, as tiktoken has them. */
  readonly ranksPath: string | null;
  /** Its tokenizer.json. */
  readonly jsonPath: string;
  readonly textPath: string;
  /** Passes over the text after the first, at most; no more are begun after two seconds. */
  readonly passes: number;
}

/** What one process of the suite `tokenizer-encode` measured. */
export interface EncoderReport {
  /** From importing the library to the ids of a first word. */
  readonly loadMilliseconds: number;
  /** By how much that made the process larger. */
  readonly loadedMebibytes: number;
  /** Of the first pass over the text. */
  readonly firstMilliseconds: number;
  /** Of each later pass. */
  readonly warmMilliseconds: readonly number[];
  readonly idCount: number;
  /** A hash of all ids. */
  readonly idHash: number;
}

const PROGRAM = fileURLToPath(new URL('./encoder-main.ts', import.meta.url));

/** Runs one side on a text, in a new process. */
export async function runEncoder(
  side: EncoderSide,
  task: EncoderTask,
  signal: AbortSignal,
): Promise<EncoderReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, PROGRAM, side, JSON.stringify(task)],
    { signal },
  );
  return JSON.parse(stdout) as EncoderReport;
}
