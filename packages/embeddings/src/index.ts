export { cosineSimilarity } from './vectors/cosine-similarity.ts';
export { WordVectors } from './vectors/word-vectors.ts';
