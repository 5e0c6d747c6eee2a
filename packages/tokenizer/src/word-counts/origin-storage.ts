import type { RunFile, RunFileWriter, RunStorage } from './run-storage.ts';

/**
 * Files of words in a folder of the origin's private file system, which browsers keep for a page. They are read and written where they lie, which
 * browsers allow in dedicated workers only: count in one.
 *
 * @param directory of `navigator.storage.getDirectory()`, or a folder in it; used for nothing else
 * @see https://fs.spec.whatwg.org
 * @example
 * const root = await navigator.storage.getDirectory();
 * const storage = originStorage(await root.getDirectoryHandle('counts', { create: true }));
 */
export function originStorage(directory: FileSystemDirectoryHandle): RunStorage {
  return {
    async create(name): Promise<RunFileWriter> {
      const temporary = `${name}.tmp`;
      const handle = await directory.getFileHandle(temporary, { create: true });
      const access = await handle.createSyncAccessHandle();
      access.truncate(0);
      let position = 0;
      return {
        write(bytes) {
          for (let start = 0; start < bytes.length; ) {
            const written = access.write(bytes.subarray(start) as Uint8Array<ArrayBuffer>, { at: position });
            start += written;
            position += written;
          }
        },
        async close() {
          access.flush();
          access.close();
          await (handle as MovableHandle).move(name);
        },
        async discard() {
          access.close();
          await removeIfThere(directory, temporary);
        },
      };
    },
    async open(name): Promise<RunFile> {
      const access = await (await directory.getFileHandle(name)).createSyncAccessHandle();
      return {
        name,
        byteLength: access.getSize(),
        read: (target, position) => access.read(target as Uint8Array<ArrayBuffer>, { at: position }),
        close: () => access.close(),
      };
    },
    remove: (name) => removeIfThere(directory, name),
    async names() {
      const names: string[] = [];
      for await (const name of (directory as unknown as { keys(): AsyncIterable<string> }).keys())
        names.push(name);
      return names;
    },
  };
}

/** `move` is in all browsers' private file systems, but not in TypeScript's types yet. It replaces a file of the new name. */
type MovableHandle = FileSystemFileHandle & { move(name: string): Promise<void> };

async function removeIfThere(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await directory.removeEntry(name);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  }
}
