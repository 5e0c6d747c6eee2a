import { WordVectors } from './word-vectors.ts';

/**
 * The vectors of some words alone, in the order in which the words are given; words that have none, or come again, are left out.
 */
export function restrictVocabulary(vectors: WordVectors, words: Iterable<string>): WordVectors {
  const kept = [...new Set(words)].filter((word) => vectors.has(word));
  return gather(kept, vectors.size, (word) => vectors.vectorOf(word));
}

/** The words that both have, in the first one's order, with the vectors of each. */
export function intersectVocabularies(left: WordVectors, right: WordVectors): [WordVectors, WordVectors] {
  const shared = left.words.filter((word) => right.has(word));
  return [restrictVocabulary(left, shared), restrictVocabulary(right, shared)];
}

/**
 * The words of all, in the order in which they first come. Of a word that several have the first one's vector counts.
 *
 * @throws {RangeError} if sizes differ
 */
export function mergeVocabularies(first: WordVectors, ...others: readonly WordVectors[]): WordVectors {
  const homes = new Map<string, WordVectors>();
  for (const vectors of [first, ...others]) {
    if (vectors.size !== first.size) {
      throw new RangeError(
        `mergeVocabularies: vectors must have one size, got ${first.size} and ${vectors.size}.`,
      );
    }
    for (const word of vectors.words) if (!homes.has(word)) homes.set(word, vectors);
  }
  return gather([...homes.keys()], first.size, (word) => homes.get(word)!.vectorOf(word));
}

function gather(
  words: readonly string[],
  size: number,
  vectorOf: (word: string) => Float32Array,
): WordVectors {
  const table = new Float32Array(words.length * size);
  for (const [row, word] of words.entries()) table.set(vectorOf(word), row * size);
  return new WordVectors(words, table, size);
}
