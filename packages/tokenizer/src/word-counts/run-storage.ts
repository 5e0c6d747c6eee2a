import { MemoryRun, type RunBytes } from './run-reader.ts';
import type { RunSink } from './run-writer.ts';

/**
 * Where words go that memory has no room for: a few large files, each written once from beginning to end and then read, several
 * at a time. In Node it is a folder (`countWordsInFiles`), in a browser {@link openOriginStorage}; one of your own may be a
 * database.
 */
export interface RunStorage {
  /** Starts a file. There is no file of this name, or still the old one, until it is closed: a reader never sees half of it. */
  create(name: string): RunFileWriter | Promise<RunFileWriter>;
  /** @throws if there is no such file */
  open(name: string): RunFile | Promise<RunFile>;
  /** Removes a file, if there is one. */
  remove(name: string): void | Promise<void>;
  /** All files, those that were never closed included. */
  names(): readonly string[] | Promise<readonly string[]>;
  /** Gives up the storage, and what is in it if it is a temporary one. */
  close?(): void;
}

/** A file being written. */
export interface RunFileWriter extends RunSink {
  /** Makes it a file that lasts, under its name. */
  close(): void | Promise<void>;
  /** Leaves no file. */
  discard(): void | Promise<void>;
}

/** A file being read. */
export interface RunFile extends RunBytes {
  close(): void;
}

/** Files in memory. */
export class MemoryRunStorage implements RunStorage {
  readonly #runs = new Map<string, MemoryRun>();

  create(name: string): RunFileWriter {
    const run = new MemoryRun();
    return {
      write: (bytes) => run.write(bytes),
      close: () => void this.#runs.set(name, run),
      discard: () => {},
    };
  }

  open(name: string): RunFile {
    const run = this.#runs.get(name);
    if (!run) throw new Error(`MemoryRunStorage: there must be a file ${JSON.stringify(name)}, got none.`);
    const { byteLength } = run;
    return {
      name,
      byteLength,
      read: (target, position) => run.read(target, position),
      close: () => {},
    };
  }

  remove(name: string): void {
    this.#runs.delete(name);
  }

  names(): readonly string[] {
    return [...this.#runs.keys()];
  }
}
