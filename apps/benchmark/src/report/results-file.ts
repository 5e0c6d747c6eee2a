import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Machine } from './environment.ts';
import type { BenchmarkRecord } from './record.ts';

/** A suite's results as they stand in `results/<suite>.json`. */
export interface ResultsDocument {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string | null;
  /** ISO 8601. */
  readonly date: string;
  /** What was left out, and what makes the figures doubtful. */
  readonly notes: readonly string[];
  readonly records: readonly BenchmarkRecord[];
}

/** Writes results under a temporary name first: the file holds the old run or the new one, whole. */
export async function writeResults(path: string, document: ResultsDocument): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(document, roundNumbers, 2)}\n`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Six digits: what repeats at all, and a file that people can read. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
