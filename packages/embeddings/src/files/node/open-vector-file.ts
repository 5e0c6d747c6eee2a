import { open } from 'node:fs/promises';
import type { RandomAccess } from '../random-access.ts';
import { VectorFile } from '../vector-file.ts';

/**
 * Opens a file of vectors that are read when they are asked for: see {@link VectorFile}. Close it at the end.
 *
 * @throws {SyntaxError} if the file is broken or of another format. Errors of the file system as they are
 */
export async function openVectorFile(
  path: string,
  options: { signal?: AbortSignal } = {},
): Promise<VectorFile> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const access: RandomAccess = {
      source: path,
      size,
      async read(begin, end) {
        const bytes = new Uint8Array(end - begin);
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, begin + at);
          if (bytesRead === 0)
            throw new SyntaxError(`openVectorFile: ${path}, byte ${begin + at}: the file ends here.`);
          at += bytesRead;
        }
        return bytes;
      },
      close: () => file.close(),
    };
    return await VectorFile.open(access, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}
