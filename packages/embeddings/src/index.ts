export type { VectorFormat } from './files/detect-format.ts';
export type { ReadProgress } from './files/format-context.ts';
export { type ReadWordVectorsOptions, readWordVectors } from './files/read-word-vectors.ts';
export { type WriteWordVectorsOptions, writeWordVectors } from './files/write-word-vectors.ts';
export { cosineSimilarity } from './vectors/cosine-similarity.ts';
export { WordVectors } from './vectors/word-vectors.ts';
