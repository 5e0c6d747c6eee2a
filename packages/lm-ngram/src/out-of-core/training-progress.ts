import type { RunFile, RunStorage } from './run-storage.ts';

/** How far a training is; what it names is in the storage. Immutable. */
export interface TrainingProgress {
  readonly format: 1;
  /** The corpus and the options; training goes on only if they are the same. */
  readonly task: unknown;
  /** Once the corpus is read. */
  readonly corpus: {
    readonly length: number;
    readonly textCount: number;
    readonly tokenCount: number;
  } | null;
  /** Stretches of the corpus that are counted, in ids, each with its run. */
  readonly counted: readonly { readonly start: number; readonly end: number; readonly run: string }[];
  /** Once all orders are counted. */
  readonly orders: {
    readonly sizes: readonly number[];
    readonly countsOfCounts: readonly (readonly number[])[];
    /** By order from 2. */
    readonly runs: readonly (readonly string[])[];
  } | null;
  /** N-grams of each order that is finished, unigrams first. */
  readonly finished: readonly number[];
}

/** The file of the progress. */
export const PROGRESS_NAME = 'progress.json';

/**
 * The progress in a storage, or a new one.
 *
 * @throws {Error} if it is that of another task, or no progress at all
 */
export async function loadProgress(storage: RunStorage, task: unknown): Promise<TrainingProgress> {
  if (!(await storage.names()).includes(PROGRESS_NAME)) {
    return { format: 1, task, corpus: null, counted: [], orders: null, finished: [] };
  }
  const { text, name } = await readText(storage, PROGRESS_NAME);
  let progress: Partial<TrainingProgress> | null;
  try {
    progress = JSON.parse(text) as Partial<TrainingProgress> | null;
  } catch {
    throw new Error(`trainNgramsOutOfCore: ${name} must be JSON.`);
  }
  if (progress?.format !== 1 || !Array.isArray(progress.counted) || !Array.isArray(progress.finished)) {
    throw new Error(`trainNgramsOutOfCore: ${name} must be the progress of a training, format 1.`);
  }
  if (JSON.stringify(progress.task) !== JSON.stringify(task)) {
    throw new Error(
      `trainNgramsOutOfCore: ${name} must be of the same corpus and options, got ${differences(progress.task, task)}. Take another folder, or remove this one.`,
    );
  }
  return progress as TrainingProgress;
}

/** Replaces the progress; whoever reads it sees the old one or the new one. */
export async function saveProgress(storage: RunStorage, progress: TrainingProgress): Promise<void> {
  await writeText(storage, PROGRESS_NAME, `${JSON.stringify(progress)}\n`);
}

export async function writeText(storage: RunStorage, name: string, text: string): Promise<void> {
  const file = await storage.create(name);
  try {
    file.write(new TextEncoder().encode(text));
    await file.close();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

export async function readText(storage: RunStorage, name: string): Promise<{ text: string; name: string }> {
  const file: RunFile = await storage.open(name);
  try {
    const bytes = new Uint8Array(file.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const count = file.read(bytes.subarray(at), at);
      if (count === 0) break;
      at += count;
    }
    return { text: new TextDecoder().decode(bytes), name: file.name };
  } finally {
    file.close();
  }
}

/** What is not counted yet, in stretches of a size. */
export function* gaps(
  counted: readonly { readonly start: number; readonly end: number }[],
  length: number,
  size: number,
): Generator<{ start: number; end: number }> {
  let at = 0;
  const stretches = [...counted].sort((a, b) => a.start - b.start);
  for (const { start, end } of [...stretches, { start: length, end: length }]) {
    for (; at < start; at += size) yield { start: at, end: Math.min(at + size, start) };
    at = end;
  }
}

function differences(was: unknown, is: unknown): string {
  if (typeof was !== 'object' || was === null || typeof is !== 'object' || is === null) return 'another one';
  for (const [key, value] of Object.entries(is)) {
    const before = JSON.stringify((was as Record<string, unknown>)[key]);
    if (before !== JSON.stringify(value))
      return `${key} ${short(before)} before and ${short(JSON.stringify(value))} now`;
  }
  return 'another one';
}

function short(text: string | undefined): string {
  return text === undefined ? 'nothing' : text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
