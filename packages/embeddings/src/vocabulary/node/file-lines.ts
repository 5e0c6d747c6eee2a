import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/**
 * The lines of files of UTF-8, one after the other, anew at each iteration: sentences for training on more text than memory holds. Names that
 * end in `.gz` are unpacked.
 *
 * @throws errors of the file system and of zlib as they are, when the file is read
 * @example
 * for await (const event of trainWordVectors(fileLines(['a.txt', 'b.txt.gz']))) report(event);
 */
export function fileLines(paths: string | readonly string[]): AsyncIterable<string> {
  const all = typeof paths === 'string' ? [paths] : [...paths];
  return {
    async *[Symbol.asyncIterator]() {
      for (const path of all) yield* linesOf(path);
    },
  };
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const packed = path.endsWith('.gz') ? createGunzip() : undefined;
  file.on('error', (error) => packed?.destroy(error));
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of packed ? file.pipe(packed) : file) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    rest += decoder.decode();
    if (rest !== '') yield rest;
  } finally {
    file.destroy();
    packed?.destroy();
  }
}
