import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
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

/** Beside the sources, to which the benchmark's own process resolves the package. */
const BUILT = new URL('../dist/index.js', import.meta.resolve('@wordloom/tokenizer'));
const PROGRAM = fileURLToPath(new URL('./encoder-main.js', import.meta.url));

/**
 * Runs one side on a text, in a new process.
 *
 * @throws {Error} if Wordloom's package is not built: it is measured as it is published, not as TypeScript that is compiled while it loads
 */
export async function runEncoder(
  side: EncoderSide,
  task: EncoderTask,
  signal: AbortSignal,
): Promise<EncoderReport> {
  if (side === 'wordloom' && !existsSync(BUILT)) {
    throw new Error(
      'tokenizer-encode measures the built package. Run: pnpm build --filter @wordloom/tokenizer',
    );
  }
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, side, JSON.stringify(task)], {
    signal,
  });
  return JSON.parse(stdout) as EncoderReport;
}
