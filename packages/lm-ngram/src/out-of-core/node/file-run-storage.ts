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

/** Files in a folder. */
export class FileRunStorage implements RunStorage {
  readonly directory: string;
  readonly #isLasting: boolean;

  /** @param directory is made if it is missing; files of a lasting one are on the disk when they get their names */
  constructor(directory: string, { isLasting }: { readonly isLasting: boolean }) {
    this.directory = directory;
    this.#isLasting = isLasting;
    mkdirSync(directory, { recursive: true });
  }

  create(name: string): RunFileWriter {
    const path = join(this.directory, name);
    const temporary = `${path}.tmp`;
    const file = openSync(temporary, 'w');
    let isOpen = true;
    const end = () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    };
    return {
      write: (bytes) => {
        for (let start = 0; start < bytes.length; ) start += writeSync(file, bytes, start);
      },
      close: () => {
        if (this.#isLasting) fsyncSync(file);
        end();
        renameSync(temporary, path);
      },
      discard: () => {
        end();
        rmSync(temporary, { force: true });
      },
    };
  }

  open(name: string): RunFile {
    const path = join(this.directory, name);
    const file = openSync(path, 'r');
    let isOpen = true;
    return {
      name: path,
      byteLength: fstatSync(file).size,
      read: (target, position) => readSync(file, target, 0, Math.min(target.length, LARGEST_READ), position),
      close: () => {
        if (isOpen) closeSync(file);
        isOpen = false;
      },
    };
  }

  remove(name: string): void {
    rmSync(join(this.directory, name), { force: true });
  }

  names(): readonly string[] {
    return readdirSync(this.directory);
  }
}

/** Systems read no more than 2 GiB at once. */
const LARGEST_READ = 1 << 30;
