import { open } from 'node:fs/promises';
import type { ByteSource } from '../tensor-files/byte-source.ts';

/** A file on a disk of which parts are read. */
export interface OpenFile extends ByteSource {
  /** Nothing can be read afterwards. */
  close(): Promise<void>;
}

/** The system reads at most 2 GiB at a time. */
const READ_BYTES = 2 ** 30;

/** Opens a file to read parts of it. A part is short where the file has become shorter. */
export async function openFileBytes(path: string): Promise<OpenFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return {
      size,
      async read(begin, end) {
        const bytes = new Uint8Array(end - begin);
        let offset = 0;
        while (offset < bytes.length) {
          const length = Math.min(READ_BYTES, bytes.length - offset);
          const { bytesRead } = await file.read(bytes, offset, length, begin + offset);
          if (bytesRead === 0) break;
          offset += bytesRead;
        }
        return bytes.subarray(0, offset);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
