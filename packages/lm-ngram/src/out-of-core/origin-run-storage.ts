import type { RunFile, RunFileWriter, RunStorage } from './run-storage.ts';

/**
 * Files in a folder of the origin's private file system, which browsers keep for a page. They are read and written where they lie, which browsers
 * allow in dedicated workers only: train in one.
 *
 * @param directory of `navigator.storage.getDirectory()`, or a folder in it; used for nothing else
 * @see https://fs.spec.whatwg.org
 * @example
 * const root = await navigator.storage.getDirectory();
 * const storage = originRunStorage(await root.getDirectoryHandle('training', { create: true }));
 */
export function originRunStorage(directory: FileSystemDirectoryHandle): RunStorage {
  return {
    async create(name): Promise<RunFileWriter> {
      const temporary = `${name}.tmp`;
      const handle = (await directory.getFileHandle(temporary, { create: true })) as PrivateFileHandle;
      const access = await handle.createSyncAccessHandle();
      access.truncate(0);
      let position = 0;
      return {
        write(bytes) {
          for (let start = 0; start < bytes.length; ) {
            const written = access.write(bytes.subarray(start), { at: position });
            if (written === 0)
              throw new Error(`originRunStorage: ${name} does not fit: the quota is used up.`);
            start += written;
            position += written;
          }
        },
        async close() {
          access.flush();
          access.close();
          await handle.move(name);
        },
        async discard() {
          access.close();
          await removeIfThere(directory, temporary);
        },
      };
    },
    async open(name): Promise<RunFile> {
      const handle = (await directory.getFileHandle(name)) as PrivateFileHandle;
      const access = await handle.createSyncAccessHandle();
      return {
        name,
        byteLength: access.getSize(),
        read: (target, position) => access.read(target, { at: position }),
        close: () => access.close(),
      };
    },
    remove: (name) => removeIfThere(directory, name),
    async names() {
      const names: string[] = [];
      const folder = directory as unknown as { keys(): AsyncIterable<string> };
      for await (const name of folder.keys()) names.push(name);
      return names;
    },
  };
}

/** What TypeScript's types of a page, or of any place, lack of a file in a private file system. */
interface PrivateFileHandle extends FileSystemFileHandle {
  /** In dedicated workers. */
  createSyncAccessHandle(): Promise<SyncAccess>;
  /** Replaces a file of the new name. */
  move(name: string): Promise<void>;
}

interface SyncAccess {
  read(target: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(length: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

async function removeIfThere(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await directory.removeEntry(name);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  }
}
