import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../training/checkpoints.ts';
import { writeAtomically } from './write-atomically.ts';

/**
 * Checkpoints as files of a folder, which is made when the first is written. A file is whole or not there.
 *
 * @example
 * const checkpoints = { store: checkpointFolder('run'), keepBest: 2 };
 * for await (const event of train(model, data, { steps, optimizer, progress, evaluation, checkpoints })) report(event);
 */
export function checkpointFolder(path: string): CheckpointStore {
  return {
    async write(name, bytes) {
      await mkdir(path, { recursive: true });
      await writeAtomically(join(path, name), (file) => file.writeFile(bytes));
    },
    read: (name) => readFile(join(path, name)),
    remove: (name) => rm(join(path, name), { force: true }),
    async names() {
      try {
        return await readdir(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    },
  };
}
