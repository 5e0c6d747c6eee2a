import { type BuiltTrie, buildTrie, DuplicateNgramError } from '../build-trie.ts';
import { NgramModel } from '../ngram-model.ts';
import { NgramVocabulary, RESERVED_WORDS } from '../vocabulary.ts';
import { KenlmReader, readKenlmHeader, readKenlmWords } from './kenlm-file.ts';
import { readKenlmTrie } from './kenlm-trie.ts';

/** Options of {@link readKenlm}. */
export interface ReadKenlmOptions {
  /** How errors call the file (default `KenLM file`). */
  readonly source?: string;
}

/**
 * Reads a model from a KenLM binary file of one of the trie kinds: plain, quantized (`-q`, `-b`), with array pointers (`-a`), or both.
 *
 * Probing files hold hashes in place of n-grams, so their n-grams cannot be listed: {@link KenlmProbingModel} asks them. Files that were built
 * without their words (`-v`) are refused.
 *
 * @throws {SyntaxError} if the file is of another kind, cut off or damaged; the message names the byte
 */
export function readKenlm(bytes: Uint8Array, { source = 'KenLM file' }: ReadKenlmOptions = {}): NgramModel {
  const reader = new KenlmReader(bytes, source);
  const header = readKenlmHeader(reader);
  const { counts, modelType } = header;
  if (modelType.startsWith('probing')) {
    throw reader.wrong(
      96,
      `the model is of the kind "${modelType}", whose n-grams cannot be listed. Open it with KenlmProbingModel, build it as a trie, or read the ARPA file`,
    );
  }
  if (!header.hasWords) throw reader.wrong(100, 'the file was built without its words');
  if (header.searchVersion !== 1) {
    throw reader.wrong(104, `the trie must be version 1, got ${header.searchVersion}`);
  }
  // Hashes of the words, and how many they are, come first.
  const { levels, end } = readKenlmTrie(reader, header, header.length + 8 + 8 * counts[0]!);
  const words = readKenlmWords(reader, end, counts[0]!);

  const vocabulary = NgramVocabulary.of(words);
  const ids = vocabulary.encode(words);
  const lists = levels.slice(1).map(({ ngrams }) => ngrams.map((word) => ids[word]!));
  const { trie, entries } = build(vocabulary.size, lists, reader, end);
  const logProbabilities = new Float32Array(trie.nodeCount);
  const logBackoffs = new Float32Array(trie.contextCount);
  logProbabilities.fill(-99, 1, RESERVED_WORDS.length + 1);
  for (const [word, id] of ids.entries()) {
    logProbabilities[id + 1] = levels[0]!.logProbabilities[word]!;
    if (trie.order > 1) logBackoffs[id + 1] = levels[0]!.logBackoffs[word]!;
  }
  for (let level = 2; level <= trie.order; level++) {
    const { logProbabilities: probabilities, logBackoffs: backoffs } = levels[level - 1]!;
    for (let node = trie.levelStart(level); node < trie.levelEnd(level); node++) {
      const entry = entries[node]!;
      if (entry < 0)
        throw reader.wrong(
          end,
          `an n-gram of order ${level} must be there, because longer ones begin with it`,
        );
      logProbabilities[node] = probabilities[entry]!;
      if (level < trie.order) logBackoffs[node] = backoffs[entry]!;
    }
  }
  return new NgramModel({ vocabulary, trie, logProbabilities, logBackoffs });
}

function build(vocabSize: number, lists: readonly Int32Array[], reader: KenlmReader, end: number): BuiltTrie {
  try {
    return buildTrie(vocabSize, lists);
  } catch (error) {
    throw error instanceof DuplicateNgramError ? reader.wrong(end, error.message) : error;
  }
}
