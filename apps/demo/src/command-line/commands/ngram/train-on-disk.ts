import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutOfCoreEvent, StoredNgrams } from '@wordloom/lm-ngram';
import { type TrainNgramFilesOptions, trainNgramFiles } from '@wordloom/lm-ngram/node';
import { describeFileError, Failure, UsageFailure } from '../../failure.ts';
import { interruption } from '../../interruption.ts';
import type { Terminal } from '../../terminal.ts';
import { formatNumber } from './files.ts';

/** What {@link trainOnDisk} is given. */
export interface TrainOnDiskOptions
  extends Pick<TrainNgramFilesOptions, 'order' | 'smoothing' | 'prune' | 'unit' | 'onFallback'> {
  /** Bytes. */
  readonly memoryLimit: number;
  /** A folder for what memory has no room for; training that was stopped goes on from it. */
  readonly temp: string | undefined;
}

/**
 * Trains under a memory limit, with a line that says how far it is.
 *
 * @param use gets the n-grams; they are gone when it returns
 * @returns the exit code: 0, or that of the signal that stopped it
 * @throws {Failure} naming the file, if one cannot be read or written
 */
export async function trainOnDisk(
  paths: readonly string[],
  { temp, ...options }: TrainOnDiskOptions,
  terminal: Terminal,
  use: (ngrams: StoredNgrams) => Promise<void>,
): Promise<number> {
  using stop = interruption();
  const directory = temp === undefined ? undefined : join(temp, 'wordloom-ngram-train');
  const line = new StageLine(terminal);
  const given = { ...options, signal: stop.signal, ...(directory && { directory }) };
  try {
    for await (const event of trainNgramFiles(paths, given)) {
      line.show(event);
      if (event.type === 'training-end' && event.reason === 'finished') await use(event.ngrams);
    }
  } catch (error) {
    line.end();
    if (error instanceof SyntaxError || error instanceof RangeError) {
      throw new Failure(error.message.replace(/^\w+: /, ''));
    }
    throw describeFileError(error, (error as { path?: string }).path ?? temp ?? 'the temporary folder');
  }
  line.end();
  if (stop.exitCode !== undefined) {
    if (directory) terminal.note(`stopped; the same command goes on from ${directory}.`);
    return stop.exitCode;
  }
  if (directory) await rm(directory, { recursive: true, force: true });
  return 0;
}

/** `1GB`, `512 MiB` or bytes. */
export function readMemory(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmg])(i?)b?|b)?$/i.exec(text.trim());
  const bytes = match
    ? Number(match[1]) * (match[3] ? 1024 : 1000) ** ' kmg'.indexOf((match[2] ?? ' ').toLowerCase())
    : 0;
  if (bytes >= 1) return bytes;
  throw new UsageFailure(`ngram train: --memory needs a size such as 1GB or 512MiB, got “${text}”.`);
}

const REWRITE_INTERVAL = 100;
const LINE_INTERVAL = 5_000;
const stages = { read: 'reading', count: 'counting', merge: 'merging', estimate: 'estimating' } as const;

/** One line that says how far it is: rewritten in a terminal, written now and then elsewhere. */
class StageLine {
  readonly #terminal: Terminal;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(event: OutOfCoreEvent): void {
    if (event.type !== 'progress') return;
    const { interactive } = this.#terminal;
    const now = performance.now();
    if (now - this.#shownAt < (interactive ? REWRITE_INTERVAL : LINE_INTERVAL)) return;
    this.#shownAt = now;
    this.#terminal.event(event);
    const parts = [
      event.order > 0 ? `${stages[event.stage]} order ${event.order}` : stages[event.stage],
      event.fraction === undefined ? '' : `${Math.floor(100 * event.fraction)} %`,
      `${formatNumber(event.tokenCount)} words`,
    ];
    const text = parts.filter(Boolean).join('  ');
    if (interactive) this.#terminal.rewrite(text);
    else this.#terminal.note(text);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#terminal.interactive && this.#shownAt > 0) this.#terminal.rewrite('');
  }
}
