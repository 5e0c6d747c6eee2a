import type { NormalizerJson } from '../normalizers/normalizer.ts';
import type { PreTokenizerJson } from '../pre-tokenizers/pre-tokenizer.ts';
import { addRange, type ByteRange } from './byte-ranges.ts';
import type { RunStorage } from './run-storage.ts';
import type { WordTotals } from './run-writer.ts';
import type { TextFormat } from './text-chunk.ts';
import type { TextSource } from './text-source.ts';

/** A file of words in the storage. */
export interface StoredRun {
  readonly name: string;
  readonly byteLength: number;
}

/** What is counted, which must stay the same for a count to go on. */
export interface CountedCorpus extends TextFormat {
  readonly sources: readonly Pick<TextSource, 'name' | 'byteLength' | 'version'>[];
  readonly normalizer: NormalizerJson | null;
  readonly preTokenizer: PreTokenizerJson | null;
}

/** How far a count is: what `runs` hold is exactly the words of `done`. Immutable. */
export interface CountingProgress {
  readonly format: 1;
  readonly corpus: CountedCorpus;
  /** The ranges of each source that are counted. */
  readonly done: readonly (readonly ByteRange[])[];
  readonly runs: readonly StoredRun[];
  readonly byteCount: number;
  readonly characterCount: number;
  readonly wordCount: number;
  /** The one run that is the result, once all is counted and merged. */
  readonly words: (StoredRun & WordTotals) | null;
}

/** What one more step of counting adds. */
export interface ProgressStep {
  readonly chunks: readonly { readonly source: number; readonly range: ByteRange }[];
  readonly runs: readonly StoredRun[];
  readonly byteCount: number;
  readonly characterCount: number;
  readonly wordCount: number;
}

export function startProgress(corpus: CountedCorpus): CountingProgress {
  const done = corpus.sources.map(() => []);
  return { format: 1, corpus, done, runs: [], byteCount: 0, characterCount: 0, wordCount: 0, words: null };
}

export function advance(progress: CountingProgress, step: ProgressStep): CountingProgress {
  const done = [...progress.done];
  for (const { source, range } of step.chunks) done[source] = addRange(done[source] ?? [], range);
  return {
    ...progress,
    done,
    runs: [...progress.runs, ...step.runs],
    byteCount: progress.byteCount + step.byteCount,
    characterCount: progress.characterCount + step.characterCount,
    wordCount: progress.wordCount + step.wordCount,
  };
}

/** Replaces the progress in a storage; whoever reads it sees the old one or the new one. */
export async function saveProgress(storage: RunStorage, progress: CountingProgress): Promise<void> {
  const file = await storage.create(PROGRESS_NAME);
  try {
    file.write(new TextEncoder().encode(`${JSON.stringify(progress)}\n`));
    await file.close();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * The progress in a storage, or a new one if there is none; files that do not belong to it are removed, as they were not finished.
 *
 * @throws {Error} if it is that of another corpus or of other options, or no progress at all
 */
export async function loadProgress(storage: RunStorage, corpus: CountedCorpus): Promise<CountingProgress> {
  const names = await storage.names();
  if (!names.includes(PROGRESS_NAME)) {
    for (const name of names) if (isOurs(name)) await storage.remove(name);
    return startProgress(corpus);
  }
  const file = await storage.open(PROGRESS_NAME);
  const bytes = new Uint8Array(file.byteLength);
  try {
    for (let at = 0; at < bytes.length; ) {
      const count = file.read(bytes.subarray(at), at);
      if (count === 0) break;
      at += count;
    }
  } finally {
    file.close();
  }
  const progress = parse(new TextDecoder().decode(bytes), file.name);
  requireSame(progress.corpus, corpus, file.name);
  const used = new Set([PROGRESS_NAME, ...progress.runs.map(({ name }) => name), progress.words?.name]);
  for (const name of names) if (isOurs(name) && !used.has(name)) await storage.remove(name);
  return progress;
}

/** A name that no other run has, of this count or of one that was interrupted. */
export function newRunName(): string {
  return `${crypto.randomUUID()}${RUN_SUFFIX}`;
}

const PROGRESS_NAME = 'progress.json';
const RUN_SUFFIX = '.words';

/** Whether a file is one of these, or one that was being written. */
function isOurs(name: string): boolean {
  return name.includes(RUN_SUFFIX) || name.startsWith(`${PROGRESS_NAME}.`);
}

function parse(text: string, name: string): CountingProgress {
  let progress: Partial<CountingProgress> | undefined;
  try {
    progress = JSON.parse(text) as Partial<CountingProgress>;
  } catch {
    // told below
  }
  if (progress?.format !== 1 || !progress.corpus || !progress.done || !progress.runs) {
    throw new Error(`countWords: ${name} must be the progress of a count, format 1, got something else.`);
  }
  return progress as CountingProgress;
}

/** @throws {Error} naming the first thing that differs */
function requireSame(was: CountedCorpus, is: CountedCorpus, name: string): void {
  const differs = (what: string, before: unknown, now: unknown): never => {
    throw new Error(
      `countWords: ${name} is the progress of another count: ${what} was ${describe(before)}, got ${describe(now)}. ` +
        'Give the same corpus and options, or another directory.',
    );
  };
  for (const option of ['delimiter', 'invalidUtf8', 'normalizer', 'preTokenizer'] as const) {
    if (JSON.stringify(was[option]) !== JSON.stringify(is[option])) differs(option, was[option], is[option]);
  }
  if (was.sources.length !== is.sources.length) {
    differs('the number of files', was.sources.length, is.sources.length);
  }
  for (const [index, before] of was.sources.entries()) {
    const now = is.sources[index]!;
    if (before.name !== now.name) differs(`file ${index + 1}`, before.name, now.name);
    if (before.byteLength !== now.byteLength) {
      differs(`the size of ${now.name}`, `${before.byteLength} bytes`, `${now.byteLength} bytes`);
    }
    if (before.version !== now.version) {
      differs(`the time when ${now.name} was changed`, before.version, now.version);
    }
  }
}

function describe(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shown = text === '\n' ? '\\n' : text;
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
