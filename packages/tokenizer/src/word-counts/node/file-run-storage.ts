import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunFile, RunFileWriter, RunStorage } from '../run-storage.ts';

/** Files of words in a folder. */
export class FileRunStorage implements RunStorage {
  readonly directory: string;
  readonly #isTemporary: boolean;

  /** @param directory is made if it is missing; a temporary one is removed with all that is in it when the storage is closed */
  constructor(directory: string, { isTemporary = false }: { readonly isTemporary?: boolean } = {}) {
    this.directory = directory;
    this.#isTemporary = isTemporary;
    mkdirSync(directory, { recursive: true });
  }

  create(name: string): RunFileWriter {
    const path = join(this.directory, name);
    const temporary = `${path}.tmp`;
    const file = openSync(temporary, 'w');
    return {
      write(bytes) {
        for (let start = 0; start < bytes.length; ) start += writeSync(file, bytes, start);
      },
      close() {
        fsyncSync(file);
        closeSync(file);
        renameSync(temporary, path);
      },
      discard() {
        try {
          closeSync(file);
        } catch {
          // it was closed before it could not be renamed
        }
        rmSync(temporary, { force: true });
      },
    };
  }

  open(name: string): RunFile {
    const path = join(this.directory, name);
    const file = openSync(path, 'r');
    return {
      name: path,
      byteLength: fstatSync(file).size,
      read: (target, position) => readSync(file, target, 0, target.length, position),
      close: () => closeSync(file),
    };
  }

  remove(name: string): void {
    rmSync(join(this.directory, name), { force: true });
  }

  names(): readonly string[] {
    return readdirSync(this.directory);
  }

  close(): void {
    if (this.#isTemporary) rmSync(this.directory, { recursive: true, force: true });
  }
}
