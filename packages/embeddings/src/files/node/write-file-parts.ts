import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Writes a file that gets its name when it is whole, packed if the name ends in `.gz`; makes the folder if it is missing. */
export async function writeFileParts(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = createWriteStream(temporary, { flags: 'wx', flush: true });
    if (path.endsWith('.gz')) await pipeline(Readable.from(parts), createGzip(), file);
    else await pipeline(Readable.from(parts), file);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
