import type { WordVectors } from '../../vectors/word-vectors.ts';
import type { VectorFormat } from '../detect-format.ts';
import { type WriteWordVectorsOptions, writeWordVectors } from '../write-word-vectors.ts';
import { writeFileParts } from './write-file-parts.ts';

/**
 * Writes words and their vectors to a file, packed if its name ends in `.gz`; makes the folder if it is missing. The file gets its name only
 * when it is whole.
 *
 * @param options the format is, by default, what the name says: `.bin` word2vec's binary, `.safetensors`, everything else word2vec's text
 */
export async function writeWordVectorsFile(
  path: string,
  vectors: WordVectors,
  options: WriteWordVectorsOptions = {},
): Promise<void> {
  await writeFileParts(path, writeWordVectors(vectors, { format: formatOfName(path), ...options }));
}

function formatOfName(path: string): VectorFormat {
  if (/\.safetensors(\.gz)?$/.test(path)) return 'safetensors';
  return /\.bin(\.gz)?$/.test(path) ? 'word2vec-binary' : 'word2vec';
}
