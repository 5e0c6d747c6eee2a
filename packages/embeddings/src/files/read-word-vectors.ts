import { checkCount, describeValue } from '../describe-value.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { readWord2vecBinary } from './binary-format.ts';
import { type ByteParts, ByteReader, refuseFor, unpackedParts } from './byte-reader.ts';
import type { InvalidText } from './decode-word.ts';
import { detectFormat, type VectorFormat } from './detect-format.ts';
import type { FormatContext, ReadProgress } from './format-context.ts';
import type { RowSelection } from './row-collector.ts';
import { readSafetensors } from './safetensors-format.ts';
import { selectRows } from './select-rows.ts';
import { readGloveText, readWord2vecText } from './text-format.ts';

/** Options of {@link readWordVectors}. */
export interface ReadWordVectorsOptions extends RowSelection {
  /** Default what the first bytes say. */
  readonly format?: VectorFormat;
  /** What is done with words that are not UTF-8: default they are refused. */
  readonly invalidText?: InvalidText;
  /** What errors call the file, such as its path. Default "the file". */
  readonly source?: string;
  /** Bytes in the file, if it is not packed; then memory is taken at once, and a header that asks for more is refused. */
  readonly fileSize?: number;
  readonly signal?: AbortSignal;
  /** Called for each part that is read. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/**
 * Reads words and their vectors: word2vec's text and binary formats, fastText's `.vec`, GloVe's text, or safetensors with words; packed by gzip
 * or not. Nothing but what is kept is held in memory, but for safetensors.
 *
 * Of a word that is there twice the first vector counts. With `limit` or `words` reading ends as soon as they are found.
 *
 * @param parts its bytes: an array, a stream (such as `response.body`), or parts of it
 * @throws {SyntaxError} if the file is broken or ends too early; the message names it and the byte
 * @example
 * const response = await fetch('glove.6B.100d.txt.gz');
 * const vectors = await readWordVectors(response.body!, { limit: 50_000, source: response.url });
 */
export async function readWordVectors(
  parts: ByteParts,
  options: ReadWordVectorsOptions = {},
): Promise<WordVectors> {
  const { source = 'the file', invalidText = 'refuse', signal, onProgress, format } = options;
  const { limit, words } = options;
  if (limit !== undefined) checkCount('readWordVectors', 'limit', limit);
  const packed = parts instanceof Uint8Array && parts[0] === 0x1f && parts[1] === 0x8b;
  const fileSize = options.fileSize ?? (parts instanceof Uint8Array && !packed ? parts.length : undefined);
  const refuse = refuseFor('readWordVectors', source);
  const context: FormatContext = { refuse, invalidText, fileSize, onProgress, limit, words };
  const reader = new ByteReader(unpackedParts(parts, 'readWordVectors', source), signal);
  try {
    const found = format ?? (await detectFormat(reader));
    switch (found) {
      case 'word2vec':
        return await readWord2vecText(reader, context);
      case 'word2vec-binary':
        return await readWord2vecBinary(reader, context);
      case 'glove':
        return await readGloveText(reader, context);
      case 'safetensors':
        while (await reader.more());
        return selectRows(readSafetensors(reader.bytes.subarray(reader.begin, reader.end), refuse), context);
      case 'pickle':
        throw refuse(0, 'the file must hold vectors, this is a Python pickle: read it with readGensim');
      case 'fasttext':
        throw refuse(
          0,
          "the file must hold vectors, this is a model of fastText's: read it with readFastText",
        );
      default:
        throw new RangeError(`readWordVectors: format must be a known one, got ${describeValue(found)}.`);
    }
  } finally {
    await reader.close();
  }
}
