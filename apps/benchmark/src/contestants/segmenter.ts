import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type SegmenterSide = 'wordloom' | 'jieba';

/** What one process of the suite `segmentation` measured. */
export interface SegmenterReport {
  /** From importing the library to the first sentence that could be cut. */
  readonly loadMilliseconds: number;
  /** By how much loading made the process larger. */
  readonly loadedMebibytes: number;
  /** Of the first pass over the text. */
  readonly firstMilliseconds: number;
  /** Of each later pass. */
  readonly warmMilliseconds: readonly number[];
  /** How many words a pass found. */
  readonly words: number;
  /** By the bakeoffs' rule, if there was a reference. */
  readonly f1: number | null;
}

const PROGRAM = fileURLToPath(new URL('./segmenter-main.ts', import.meta.url));

/** Runs one side on the lines of a file, in a new process. */
export async function runSegmenter(
  side: SegmenterSide,
  { textPath, passes, goldPath = '' }: { textPath: string; passes: number; goldPath?: string | undefined },
  signal: AbortSignal,
): Promise<SegmenterReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, PROGRAM, side, textPath, String(passes), goldPath],
    { signal },
  );
  return JSON.parse(stdout) as SegmenterReport;
}
