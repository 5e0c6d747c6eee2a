import type { LanguageModel, WordScore } from '../language-model.ts';
import { NgramVocabulary, SENTENCE_START, UNKNOWN } from '../vocabulary.ts';
import { extendHash, type Hash, HashTable } from './hash-table.ts';
import {
  type KenlmHeader,
  KenlmReader,
  probingBucketCount,
  readKenlmHeader,
  readKenlmWords,
} from './kenlm-file.ts';
import type { ReadKenlmOptions } from './read-kenlm.ts';

/**
 * A model in a KenLM file of the probing kind. The file holds hashes of n-grams, so the model can be asked, but not listed: it is no
 * {@link NgramModel}, cannot be pruned, and cannot be written as an ARPA file.
 *
 * A state is the last words, at most one fewer than the order.
 *
 * @see Heafield 2011, §3.1
 */
export class KenlmProbingModel implements LanguageModel<readonly number[]> {
  readonly vocabulary: NgramVocabulary;
  readonly order: number;
  readonly emptyState: readonly number[] = [];
  readonly sentenceStart: readonly number[];
  /** KenLM's ids by ours. */
  readonly #ids: Int32Array;
  /** By KenLM's id. */
  readonly #unigrams: { readonly logProbabilities: Float32Array; readonly logBackoffs: Float32Array };
  /** By order, from 2. */
  readonly #tables: readonly HashTable[];

  /** @throws {SyntaxError} if the file is of another kind, cut off or damaged; the message names the byte */
  constructor(bytes: Uint8Array, { source = 'KenLM file' }: ReadKenlmOptions = {}) {
    const reader = new KenlmReader(bytes, source);
    const header = readKenlmHeader(reader);
    const { counts, modelType, length, hasWords } = header;
    if (modelType !== 'probing')
      throw reader.wrong(96, `the model must be of the kind "probing", got "${modelType}"`);
    if (!hasWords) throw reader.wrong(100, 'the file was built without its words');
    this.order = counts.length;
    // The table of the words' hashes comes first.
    let at = length + 8 + 12 * bucketCount(header, 1);
    const unigramCount = counts[0]!;
    reader.require(at, 8 * (unigramCount + 1), 'unigrams');
    const logProbabilities = Float32Array.from({ length: unigramCount }, (_, word) =>
      negative(reader.view.getFloat32(at + 8 * word, true)),
    );
    const logBackoffs = Float32Array.from({ length: unigramCount }, (_, word) =>
      reader.view.getFloat32(at + 8 * word + 4, true),
    );
    this.#unigrams = { logProbabilities, logBackoffs };
    at += 8 * (unigramCount + 1);
    const tables: HashTable[] = [];
    for (let level = 2; level <= this.order; level++) {
      const entryLength = level < this.order ? 16 : 12;
      const buckets = bucketCount(header, level);
      reader.require(at, buckets * entryLength, `n-grams of order ${level}`);
      tables.push(readTable(reader, at, buckets, entryLength));
      at += buckets * entryLength;
    }
    this.#tables = tables;
    const words = readKenlmWords(reader, at, unigramCount);
    this.vocabulary = NgramVocabulary.of(words);
    const ids = new Map(words.map((word, id) => [word, id]));
    this.#ids = Int32Array.from(this.vocabulary.words, (word) => ids.get(word) ?? 0);
    this.sentenceStart = this.order > 1 ? [SENTENCE_START] : [];
  }

  score(state: readonly number[], word: number): WordScore<readonly number[]> {
    this.vocabulary.wordOf(word);
    const id = this.#ids[word]!;
    let logProbability = this.#unigrams.logProbabilities[id]!;
    let order = 1;
    const hash: Hash = { high: 0, low: id };
    for (let length = 1; length <= state.length; length++) {
      extendHash(hash, this.#ids[state[state.length - length]!]!);
      const table = this.#tables[length - 1]!;
      const slot = table.find(hash);
      if (slot < 0) break;
      logProbability = table.logProbabilities[slot]!;
      order = length + 1;
    }
    logProbability += this.#backoff(state, order);
    return {
      log10Probability: logProbability,
      order: word === UNKNOWN ? 0 : order,
      state: this.order > 1 ? [...state, word].slice(1 - this.order) : [],
    };
  }

  /** The weights of all contexts of at least `shortest` words. */
  #backoff(state: readonly number[], shortest: number): number {
    if (state.length === 0) return 0;
    const last = this.#ids[state[state.length - 1]!]!;
    let sum = shortest <= 1 ? this.#unigrams.logBackoffs[last]! : 0;
    const hash: Hash = { high: 0, low: last };
    for (let length = 2; length <= state.length; length++) {
      extendHash(hash, this.#ids[state[state.length - length]!]!);
      const table = this.#tables[length - 2]!;
      const slot = table.find(hash);
      if (slot < 0) break;
      if (length >= shortest) sum += table.logBackoffs[slot]!;
    }
    return sum;
  }
}

function bucketCount({ counts, probingMultiplier }: KenlmHeader, level: number): number {
  return probingBucketCount(counts[level - 1]!, probingMultiplier);
}

function readTable({ view }: KenlmReader, at: number, buckets: number, entryLength: number): HashTable {
  const table = new HashTable(buckets);
  for (let entry = at; entry < at + buckets * entryLength; entry += entryLength) {
    const [low, high] = [view.getUint32(entry, true), view.getUint32(entry + 4, true)];
    if (low === 0 && high === 0) continue;
    table.add(
      high,
      low,
      negative(view.getFloat32(entry + 8, true)),
      entryLength === 16 ? view.getFloat32(entry + 12, true) : 0,
    );
  }
  return table;
}

/** The sign says something else. */
function negative(number: number): number {
  return -Math.abs(number);
}
