import { writeLog } from '../arpa/format-log.ts';
import { NgramModel } from '../ngram-model.ts';
import { NgramTrie } from '../ngram-trie.ts';
import { type NgramVocabulary, SENTENCE_END, UNKNOWN } from '../vocabulary.ts';
import { BlockReader } from './block-file.ts';
import { NgramPacking } from './ngram-packing.ts';
import type { RunStorage } from './run-storage.ts';
import { backoffsName, ngramsName, probabilitiesName } from './share-pass.ts';

/** Some n-grams of an order, in the order of their words. */
export interface NgramBlock {
  readonly order: number;
  /** How many there are. */
  readonly count: number;
  /** Ids, `order` of them an n-gram. */
  readonly words: Int32Array;
  /** Base 10. */
  readonly logProbabilities: Float32Array;
  /** Base 10; empty at the highest order. */
  readonly logBackoffs: Float32Array;
}

/** What {@link StoredNgrams} is made of. */
export interface StoredNgramsParts {
  readonly storage: RunStorage;
  readonly vocabulary: NgramVocabulary;
  /** Of an id and one. */
  readonly bits: number;
  /** N-grams of each order, unigrams first. */
  readonly sizes: readonly number[];
  /** The base-10 logarithm of the empty context's back-off weight, which no file has. */
  readonly rootLogBackoff: number;
}

const BLOCK = 1 << 13;

/** A model that lies in a storage: it can be read from beginning to end, as often as one likes, for as long as the storage is there. */
export class StoredNgrams {
  readonly vocabulary: NgramVocabulary;
  /** N-grams of each order, unigrams first; unigrams count that do not occur. */
  readonly sizes: readonly number[];
  readonly #storage: RunStorage;
  readonly #bits: number;
  readonly #rootLogBackoff: number;

  constructor({ storage, vocabulary, bits, sizes, rootLogBackoff }: StoredNgramsParts) {
    this.#storage = storage;
    this.vocabulary = vocabulary;
    this.#bits = bits;
    this.sizes = sizes;
    this.#rootLogBackoff = rootLogBackoff;
  }

  get order(): number {
    return this.sizes.length;
  }

  /**
   * The n-grams of an order, in blocks of a few thousand.
   *
   * @returns blocks that the next step overwrites
   */
  async *blocks(order: number): AsyncGenerator<NgramBlock, void, void> {
    const storage = this.#storage;
    const packing = new NgramPacking(this.#bits, order);
    const isContext = order < this.order;
    const size = this.sizes[order - 1]!;
    const readers: BlockReader<Uint32Array | Float32Array>[] = [];
    try {
      const ngrams =
        order > 1
          ? await BlockReader.open(storage, ngramsName(order), Uint32Array, BLOCK * packing.words)
          : undefined;
      if (ngrams) readers.push(ngrams);
      const probabilities = await BlockReader.open(storage, probabilitiesName(order), Float32Array, BLOCK);
      readers.push(probabilities);
      const backoffs = isContext
        ? await BlockReader.open(storage, backoffsName(order), Float32Array, BLOCK)
        : undefined;
      if (backoffs) readers.push(backoffs);
      const words = new Int32Array(BLOCK * order);
      const ngram = new Int32Array(order);
      for (let start = 0; start < size; start += BLOCK) {
        const count = Math.min(BLOCK, size - start);
        for (const reader of readers) reader.fill();
        for (let index = 0; index < count; index++) {
          if (!ngrams) {
            words[index] = start + index;
            continue;
          }
          packing.unpack(ngrams.block, index * packing.words, ngram);
          for (let word = 0; word < order; word++) words[index * order + word] = ngram[word]! - 1;
        }
        yield {
          order,
          count,
          words,
          logProbabilities: probabilities.block.subarray(0, count),
          logBackoffs: backoffs ? backoffs.block.subarray(0, count) : new Float32Array(),
        };
      }
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  /** The whole model in memory: about 16 bytes an n-gram. */
  async toModel(): Promise<NgramModel> {
    const { order, sizes } = this;
    const levelStarts = new Int32Array(order + 2);
    levelStarts[1] = 1;
    for (const [index, size] of sizes.entries()) levelStarts[index + 2] = levelStarts[index + 1]! + size;
    const nodeCount = levelStarts[order + 1]!;
    const words = new Int32Array(nodeCount);
    const firstChildren = new Int32Array(levelStarts[order]! + 1);
    const logProbabilities = new Float32Array(nodeCount);
    const logBackoffs = new Float32Array(levelStarts[order]!);
    words[0] = -1;
    firstChildren[0] = 1;
    logBackoffs[0] = this.#rootLogBackoff;
    for (let level = 1; level <= order; level++) {
      const above = level > 2 ? new ContextWalk(this.blocks(level - 1), levelStarts[level - 1]!) : undefined;
      let node = levelStarts[level]!;
      let parent = levelStarts[level - 1]!;
      firstChildren[parent] = node;
      for await (const block of this.blocks(level)) {
        logProbabilities.set(block.logProbabilities, node);
        if (level < order) logBackoffs.set(block.logBackoffs, node);
        for (let index = 0; index < block.count; index++, node++) {
          const start = index * level;
          words[node] = block.words[start + level - 1]!;
          if (level === 1) continue;
          const context = above ? await above.find(block.words, start) : block.words[start]! + 1;
          while (parent < context) firstChildren[++parent] = node;
        }
      }
      while (parent < levelStarts[level]! - 1) firstChildren[++parent] = node;
    }
    firstChildren[levelStarts[order]!] = nodeCount;
    const trie = new NgramTrie({ levelStarts, words, firstChildren });
    return new NgramModel({ vocabulary: this.vocabulary, trie, logProbabilities, logBackoffs });
  }

  /** The model as an ARPA file, in parts: the same text as `writeArpa` of {@link toModel}, without the model in memory. */
  async *arpa(): AsyncGenerator<Uint8Array, void, void> {
    const encoder = new TextEncoder();
    const { texts, starts, longest } = blankBeforeEach(this.vocabulary.words);
    const counts = this.sizes.map((size, index) => `ngram ${index + 1}=${size}\n`).join('');
    yield encoder.encode(`\\data\\\n${counts}`);
    for (let order = 1; order <= this.order; order++) {
      yield encoder.encode(`\n\\${order}-grams:\n`);
      for await (const { count, words, logProbabilities, logBackoffs } of this.blocks(order)) {
        const target = new Uint8Array(count * (2 * LONGEST_NUMBER + order * longest + 2));
        let at = 0;
        for (let index = 0; index < count; index++) {
          at = writeLog(logProbabilities[index]!, target, at);
          const start = at;
          for (let word = index * order; word < (index + 1) * order; word++) {
            const id = words[word]!;
            for (let byte = starts[id]!; byte < starts[id + 1]!; byte++) target[at++] = texts[byte]!;
          }
          target[start] = TAB; // in place of the first blank
          const last = words[(index + 1) * order - 1]!;
          const isContext = last !== UNKNOWN && last !== SENTENCE_END;
          if (order < this.order && (isContext || logBackoffs[index] !== 0)) {
            target[at++] = TAB;
            at = writeLog(logBackoffs[index]!, target, at);
          }
          target[at++] = NEWLINE;
        }
        yield target.subarray(0, at);
      }
    }
    yield encoder.encode('\n\\end\\\n');
  }
}

/** All words in UTF-8, one after the other, a blank before each; an array for each word would take several times as much memory. */
function blankBeforeEach(words: readonly string[]): {
  texts: Uint8Array;
  starts: Float64Array;
  longest: number;
} {
  const encoder = new TextEncoder();
  let texts = new Uint8Array(1 << 16);
  const starts = new Float64Array(words.length + 1);
  let at = 0;
  let longest = 0;
  for (const [id, word] of words.entries()) {
    if (at + 3 * word.length + 1 > texts.length) {
      const larger = new Uint8Array(2 * (at + 3 * word.length + 1));
      larger.set(texts);
      texts = larger;
    }
    texts[at] = BLANK;
    const { written } = encoder.encodeInto(word, texts.subarray(at + 1));
    longest = Math.max(longest, written + 1);
    at += written + 1;
    starts[id + 1] = at;
  }
  return { texts, starts, longest };
}

const BLANK = 32;
const LONGEST_NUMBER = 24;
const TAB = 9;
const NEWLINE = 10;

/** Finds the contexts of n-grams that come in order. */
class ContextWalk {
  readonly #blocks: AsyncGenerator<NgramBlock, void, void>;
  #block: NgramBlock | undefined;
  #index = 0;
  #node: number;

  constructor(blocks: AsyncGenerator<NgramBlock, void, void>, firstNode: number) {
    this.#blocks = blocks;
    this.#node = firstNode;
  }

  /** The node of the n-gram's words but the last. */
  find(words: Int32Array, start: number): number | Promise<number> {
    const block = this.#block;
    if (!block) return this.#findFurther(words, start);
    const { order } = block;
    for (; this.#index < block.count; this.#index++, this.#node++) {
      let word = 0;
      const at = this.#index * order;
      while (word < order && block.words[at + word] === words[start + word]) word++;
      if (word === order) return this.#node;
    }
    return this.#findFurther(words, start);
  }

  async #findFurther(words: Int32Array, start: number): Promise<number> {
    const { value } = await this.#blocks.next();
    if (!value) throw new Error('StoredNgrams: an n-gram must have its context in the model, got none.');
    this.#block = value;
    this.#index = 0;
    return this.find(words, start);
  }
}
