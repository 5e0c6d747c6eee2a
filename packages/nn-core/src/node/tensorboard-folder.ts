import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { TensorBoardWriter } from '../logging/tensorboard-writer.ts';

/** Files that this process began: one second may see several. */
let begun = 0;

/**
 * Writes an event file of a folder, which `tensorboard --logdir` shows as one run. The file is made when something is
 * written, and every record is in it when its promise is fulfilled. A run that goes on writes another file of the same
 * folder.
 *
 * @param path of the folder; it is made if it is not there
 * @example
 * const board = tensorBoardFolder('runs/first');
 * await board.text('configuration', '`layers` 4, `heads` 4', { step: 0 });
 * for await (const event of logged(train(model, data, { steps, runtime }), [tensorBoardLogger(board)])) report(event);
 */
export function tensorBoardFolder(path: string): TensorBoardWriter {
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  const name = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${begun++}`;
  let file: FileHandle | undefined;
  return new TensorBoardWriter(
    async (bytes) => {
      if (!file) {
        await mkdir(path, { recursive: true });
        file = await open(join(path, name), 'a');
      }
      await file.appendFile(bytes);
    },
    {
      async onClose() {
        await file?.close();
        file = undefined; // opened again if more is written
      },
    },
  );
}
