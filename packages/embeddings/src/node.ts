export { readFastTextFile, writeFastTextFile } from './fasttext/node/fasttext-file.ts';
export { openVectorFile } from './files/node/open-vector-file.ts';
export { type ReadWordVectorsFileOptions, readWordVectorsFile } from './files/node/read-word-vectors-file.ts';
export { writeWordVectorsFile } from './files/node/write-word-vectors-file.ts';
export { UsearchIndex, type UsearchIndexOptions } from './search/node/usearch-index.ts';
export { fileLines } from './vocabulary/node/file-lines.ts';
