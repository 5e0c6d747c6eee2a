/**
 * Where n-grams go that memory has no room for: large files, each written once from beginning to end and then read, several at a time. In Node it
 * is a folder (`./node`), in a browser {@link originRunStorage}; one of your own may be anything that keeps bytes.
 */
export interface RunStorage {
  /** Starts a file. It gets its name when it is closed: a reader never sees half of it. */
  create(name: string): RunFileWriter | Promise<RunFileWriter>;
  /** @throws if there is no such file */
  open(name: string): RunFile | Promise<RunFile>;
  /** Removes a file, if there is one. */
  remove(name: string): void | Promise<void>;
  /** All files, those that were never closed included. */
  names(): readonly string[] | Promise<readonly string[]>;
}

/** A file being written. */
export interface RunFileWriter {
  write(bytes: Uint8Array): void;
  /** Makes it a file that lasts, under its name. */
  close(): void | Promise<void>;
  /** Leaves no file. */
  discard(): void | Promise<void>;
}

/** A file being read. */
export interface RunFile {
  /** How errors call it. */
  readonly name: string;
  readonly byteLength: number;
  /** @returns how many bytes were read, 0 at the end */
  read(target: Uint8Array, position: number): number;
  close(): void;
}

/** Files in memory. */
export class MemoryRunStorage implements RunStorage {
  readonly #files = new Map<string, Uint8Array>();

  create(name: string): RunFileWriter {
    let bytes = new Uint8Array(1 << 12);
    let length = 0;
    return {
      write: (part) => {
        if (length + part.length > bytes.length) {
          const larger = new Uint8Array(2 * (length + part.length));
          larger.set(bytes.subarray(0, length));
          bytes = larger;
        }
        bytes.set(part, length);
        length += part.length;
      },
      close: () => void this.#files.set(name, bytes.slice(0, length)),
      discard: () => {},
    };
  }

  open(name: string): RunFile {
    const bytes = this.#files.get(name);
    if (!bytes) throw new Error(`MemoryRunStorage: there must be a file ${JSON.stringify(name)}, got none.`);
    return {
      name,
      byteLength: bytes.length,
      read: (target, position) => {
        const part = bytes.subarray(position, position + target.length);
        target.set(part);
        return part.length;
      },
      close: () => {},
    };
  }

  remove(name: string): void {
    this.#files.delete(name);
  }

  names(): readonly string[] {
    return [...this.#files.keys()];
  }
}
