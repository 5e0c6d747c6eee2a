import type { Module } from '../module/module.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { decodeSafetensors } from '../safetensors/decode.ts';
import { type KeptCheckpoint, TrainingProgress, type TrainingProgressState } from './training-progress.ts';
import { encodeTrainingState, restoreTrainingState } from './training-state.ts';

/** Where checkpoints are kept: a folder (`checkpointFolder` of `@wordloom/nn-core/node`), memory, or a store of your own. */
export interface CheckpointStore {
  /** All of it or nothing: after a failure the name holds what it held before. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Rejects if there is none of that name. */
  read(name: string): Promise<Uint8Array>;
  /** Does nothing if there is none of that name. */
  remove(name: string): Promise<void>;
  /** Names of all that is there. */
  names(): Promise<readonly string[]>;
}

/** Which checkpoints {@link train} writes and keeps. */
export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** How many of the lowest losses of the watched set are kept beside the last; default 1. */
  readonly keepBest?: number;
  /** Steps between checkpoints; default only after evaluations. One is always written at the end. */
  readonly interval?: number;
  /** Free strings to keep along, such as the run's configuration. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What belongs together in a checkpoint. */
export interface TrainingParts {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly progress: TrainingProgress;
}

/** A checkpoint that was loaded. */
export interface RestoredCheckpoint {
  readonly name: string;
  /** The strings given to {@link CheckpointOptions.metadata}. */
  readonly metadata: Readonly<Record<string, string>>;
}

const PROGRESS = 'progress';

/**
 * Writes a checkpoint, then removes those that are neither among the best nor the last. A run that stops in between has
 * some too many, and its next checkpoint removes them.
 *
 * @param step as the file's name says it
 * @param loss of the watched set, if it was evaluated at this step
 * @returns the name, and the names of those that were removed
 */
export async function saveCheckpoint(
  { model, optimizer, progress }: TrainingParts,
  { store, keepBest = 1, metadata = {} }: CheckpointOptions,
  { step, loss }: { readonly step: number; readonly loss: number | null },
): Promise<{ readonly name: string; readonly removed: readonly string[] }> {
  const name = `step-${String(step).padStart(8, '0')}.safetensors`;
  const checkpoints = [...progress.checkpoints.filter((other) => other.name !== name), { name, step, loss }];
  const state: TrainingProgressState = { ...progress.state(), checkpoints };
  await store.write(
    name,
    encodeTrainingState(model, optimizer, { ...metadata, [PROGRESS]: JSON.stringify(state) }),
  );
  progress.update({ checkpoints });
  const kept = new Set([name, ...bestOf(checkpoints, keepBest).map((checkpoint) => checkpoint.name)]);
  const removed = checkpoints.map((checkpoint) => checkpoint.name).filter((other) => !kept.has(other));
  for (const other of removed) await store.remove(other);
  progress.update({ checkpoints: checkpoints.filter((checkpoint) => kept.has(checkpoint.name)) });
  return { name, removed };
}

/**
 * Loads a checkpoint that {@link train} wrote, so that the run goes on exactly where it was.
 *
 * @param name default the one of the most steps
 * @returns undefined if the store has no checkpoint
 * @throws {RangeError} if it is broken @throws {ShapeError} if it is another model's; nothing is loaded in either case
 * @example
 * const store = checkpointFolder('run');
 * const progress = new TrainingProgress();
 * await restoreCheckpoint(store, { model, optimizer, progress }); // nothing on the first start
 * for await (const event of train(model, data, { steps, optimizer, progress, evaluation, checkpoints: { store } })) report(event);
 */
export async function restoreCheckpoint(
  store: CheckpointStore,
  { model, optimizer, progress }: TrainingParts,
  name?: string,
): Promise<RestoredCheckpoint | undefined> {
  const chosen = name ?? newestOf(await store.names());
  if (chosen === undefined) return undefined;
  const file = decodeSafetensors(await store.read(chosen), chosen);
  const state = parseProgress(file.metadata[PROGRESS], chosen);
  const { [PROGRESS]: _, ...metadata } = restoreTrainingState(file, model, optimizer, chosen);
  progress.loadState(state);
  return { name: chosen, metadata };
}

/** Checkpoints in memory, lost with the program: for tests and short runs. */
export function memoryCheckpoints(): CheckpointStore {
  const files = new Map<string, Uint8Array>();
  return {
    write: async (name, bytes) => void files.set(name, bytes),
    async read(name) {
      const bytes = files.get(name);
      if (!bytes) throw new RangeError(`memoryCheckpoints: name must be one that was written, got ${name}.`);
      return bytes;
    },
    remove: async (name) => void files.delete(name),
    names: async () => [...files.keys()],
  };
}

/** The lowest losses; of equal ones the first. */
export function bestOf(checkpoints: readonly KeptCheckpoint[], count: number): readonly KeptCheckpoint[] {
  return checkpoints
    .filter(({ loss }) => loss !== null && !Number.isNaN(loss))
    .sort((a, b) => a.loss! - b.loss!)
    .slice(0, count);
}

function newestOf(names: readonly string[]): string | undefined {
  let newest: { readonly name: string; readonly step: number } | undefined;
  for (const name of names) {
    const digits = /^step-(\d+)\.safetensors$/.exec(name)?.[1];
    if (digits !== undefined && Number(digits) >= (newest?.step ?? 0))
      newest = { name, step: Number(digits) };
  }
  return newest?.name;
}

/** Checked before anything is loaded. */
function parseProgress(text: string | undefined, source: string): TrainingProgressState {
  try {
    const state = JSON.parse(text ?? 'null') as TrainingProgressState;
    new TrainingProgress().loadState(state);
    return state;
  } catch {
    throw new RangeError(
      `restoreCheckpoint: ${source} must hold the progress of a run, got ${text?.slice(0, 100) ?? 'none'}. Was it written by train?`,
    );
  }
}
