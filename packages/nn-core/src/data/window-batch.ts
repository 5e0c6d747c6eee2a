import { tensorData } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import type { Batch } from './batch.ts';
import type { TokenSource } from './token-source.ts';

/** Sizes of batches of windows. */
export interface WindowSizes {
  /** Windows in a batch. */
  readonly batchSize: number;
  /** Tokens in a window. */
  readonly contextLength: number;
}

/** @throws {RangeError} if a size is not a positive integer or the tokens have no room for a window and its next token */
export function requireWindows(
  owner: string,
  tokens: Int32Array | TokenSource,
  { batchSize, contextLength }: WindowSizes,
): void {
  requireSizes(owner, { batchSize, contextLength });
  if (tokens.length <= contextLength) {
    throw new RangeError(
      `${owner}: tokens must be longer than contextLength (${contextLength}), got ${tokens.length}. Use a longer text or a smaller contextLength.`,
    );
  }
}

/**
 * The windows that begin at the given tokens, with targets one token ahead.
 *
 * @returns `{ inputs, targets }`, both int32 `[starts, contextLength]`; a promise where the tokens must be read
 */
export function windowsAt(
  tokens: Int32Array | TokenSource,
  starts: readonly number[],
  contextLength: number,
): Batch | Promise<Batch> {
  const end = (start: number): number => start + contextLength + 1;
  return tokens instanceof Int32Array
    ? windowBatch(starts.map((start) => tokens.subarray(start, end(start))))
    : Promise.all(starts.map((start) => tokens.read(start, end(start)))).then(windowBatch);
}

/** @param rows runs of equal length, each one token longer than its window */
function windowBatch(rows: readonly Int32Array[]): Batch {
  const length = rows[0]!.length - 1;
  const inputs = new Int32Array(rows.length * length);
  const targets = new Int32Array(rows.length * length);
  for (const [index, row] of rows.entries()) {
    inputs.set(row.subarray(0, length), index * length);
    targets.set(row.subarray(1), index * length);
  }
  const shape = [rows.length, length];
  return { inputs: tensorData(inputs, shape), targets: tensorData(targets, shape) };
}
