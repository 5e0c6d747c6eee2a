import { describeValue } from '../describe-value.ts';
import type { WordScore } from '../language-model.ts';
import { type ChildVisitor, likelyNextWords, type NextWord, type NextWordSource } from '../next-words.ts';
import { type NgramVocabulary, SENTENCE_START, UNKNOWN } from '../vocabulary.ts';
import { BlockCache } from './block-cache.ts';
import type { ByteSource } from './byte-source.ts';
import { type ChildRange, CompactIndex, indexSections } from './compact-index.ts';
import { COMPACT_PREFIX, headerLengthOf, readLayout, type Section } from './compact-layout.ts';
import { packedBitsAt } from './packed-bits.ts';

/** Options of {@link openRemoteModel}. */
export interface OpenRemoteModelOptions {
  /** How errors call the file (default `compact model`). */
  readonly source?: string;
  /** Bytes that are read at once (default 32 768). */
  readonly blockSize?: number;
  /** Bytes that are kept of what was read (default 8 MiB). */
  readonly cacheBytes?: number;
  readonly signal?: AbortSignal;
}

/**
 * Opens a compact file that stays where it is. Reads words, unigrams and where children are, some eighth of the file; what else a query needs is
 * read when it is asked.
 *
 * @throws {SyntaxError} if the file is none, or damaged where it can be seen. Errors of the source as they are
 * @throws {RangeError} if an option is out of range
 * @example
 * const model = await openRemoteModel(await openHttpSource('model.ngram'));
 */
export async function openRemoteModel(
  bytes: ByteSource,
  {
    source = 'compact model',
    blockSize = 1 << 15,
    cacheBytes = 1 << 23,
    signal,
  }: OpenRemoteModelOptions = {},
): Promise<RemoteModel> {
  for (const [name, value] of Object.entries({ blockSize, cacheBytes })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new RangeError(`openRemoteModel: ${name} must be a positive integer, got ${describeValue(value)}.`);
  }
  const options = signal ? { signal } : {};
  const prefix = await bytes.read(0, Math.min(COMPACT_PREFIX, bytes.length), options);
  const headerLength = Math.min(headerLengthOf(prefix, source), bytes.length - COMPACT_PREFIX);
  const layout = readLayout(await bytes.read(COMPACT_PREFIX, headerLength, options), source, bytes.length);
  const sections = indexSections(layout);
  const parts = await Promise.all(
    sections.map(({ start, length }) =>
      length > 0 ? bytes.read(start, length, options) : new Uint8Array(0),
    ),
  );
  const byStart = new Map(sections.map((section, index) => [section, parts[index]!]));
  const index = new CompactIndex(layout, (section) => byStart.get(section)!, source);
  return new RemoteModel(index, new BlockCache(bytes, blockSize, cacheBytes));
}

/**
 * A model that is asked without being loaded. As a `CompactModel`, with answers that come later; words of different contexts are asked for at
 * once, so that a word takes two rounds of reading at most.
 */
export class RemoteModel {
  readonly vocabulary: NgramVocabulary;
  readonly order: number;
  readonly emptyState: readonly number[] = [];
  readonly sentenceStart: readonly number[];
  readonly #index: CompactIndex;
  readonly #blocks: BlockCache;
  readonly #read: ReadContexts;

  /** Made by {@link openRemoteModel}. */
  constructor(index: CompactIndex, blocks: BlockCache) {
    this.#index = index;
    this.#blocks = blocks;
    this.#read = new ReadContexts(index);
    this.vocabulary = index.vocabulary;
    this.order = index.order;
    this.sentenceStart = this.order > 1 ? [SENTENCE_START + 1] : [];
  }

  /** @throws {RangeError} if there is no such id. Errors of the source as they are: ask again */
  async score(state: readonly number[], word: number): Promise<WordScore<readonly number[]>> {
    this.vocabulary.wordOf(word);
    const children = await Promise.all(state.map((context) => this.#child(context, word)));
    const longest = children.findIndex((child) => child >= 0);
    const found = longest < 0 ? word + 1 : children[longest]!;
    const passed = longest < 0 ? state : state.slice(0, longest);
    const [log, ...backoffs] = await Promise.all([
      this.#logProbability(found),
      ...passed.map((context) => this.#logBackoff(context)),
    ]);
    const next = children.filter((child) => child >= 0 && this.#index.levelOf(child) < this.order);
    if (this.order > 1) next.push(word + 1);
    return {
      log10Probability: backoffs.reduce((sum, backoff) => sum + backoff, 0) + log,
      order: word === UNKNOWN ? 0 : this.#index.levelOf(found),
      state: next,
    };
  }

  /** Scores words in a row. */
  async scoreAll(
    words: Iterable<number>,
    state: readonly number[] = this.emptyState,
  ): Promise<{ readonly log10Probability: number; readonly state: readonly number[] }> {
    let log10Probability = 0;
    let after = state;
    for (const word of words) {
      const score = await this.score(after, word);
      log10Probability += score.log10Probability;
      after = score.state;
    }
    return { log10Probability, state: after };
  }

  /** The most likely next words, as `likelyNextWords` finds them. */
  async likelyNextWords(state: readonly number[], count: number): Promise<NextWord[]> {
    const contexts = await Promise.all(
      state.map(async (context) => {
        const range = this.#index.childrenOf(context);
        const [words, logs, backoff] = await Promise.all([
          this.#wordsOf(range),
          this.#logsOf(range),
          this.#logBackoff(context),
        ]);
        return { words, logs, backoff, order: range.level };
      }),
    );
    this.#read.contexts = [this.#read.root, ...contexts];
    return likelyNextWords(this.#read, state, count);
  }

  async #child(context: number, word: number): Promise<number> {
    const range = this.#index.childrenOf(context);
    const place = (await this.#wordsOf(range)).indexOf(word);
    return place < 0 ? -1 : this.#index.levelStarts[range.level]! + range.start + place;
  }

  #wordsOf(range: ChildRange): Promise<Int32Array> {
    return this.#packed(this.#index.sectionsOf(range.level).words, this.#index.layout.header.wordBits, range);
  }

  async #logsOf(range: ChildRange): Promise<Float32Array> {
    const { probabilityCodes } = this.#index.sectionsOf(range.level);
    const codes = await this.#packed(probabilityCodes, this.#index.layout.header.probabilityBits, range);
    const book = this.#index.probabilityBooks[range.level - 2]!;
    return Float32Array.from(codes, (code) => book[code]!);
  }

  async #logProbability(node: number): Promise<number> {
    const level = this.#index.levelOf(node);
    const place = node - this.#index.levelStarts[level]!;
    if (level === 1) return this.#index.unigramProbabilities[place]!;
    return (await this.#logsOf({ level, start: place, end: place + 1 }))[0]!;
  }

  async #logBackoff(context: number): Promise<number> {
    const level = this.#index.levelOf(context);
    const place = context - this.#index.levelStarts[level]!;
    if (level === 1) return this.#index.unigramBackoffs[place]!;
    const { backoffBits } = this.#index.layout.header;
    const range = { level, start: place, end: place + 1 };
    const [code] = await this.#packed(this.#index.sectionsOf(level).backoffCodes, backoffBits, range);
    return this.#index.backoffBooks[level - 2]![code!]!;
  }

  /** Numbers of a section, read in one piece. */
  async #packed(section: Section, bits: number, { start, end }: ChildRange): Promise<Int32Array> {
    const numbers = new Int32Array(end - start);
    if (numbers.length === 0) return numbers;
    const first = Math.floor((start * bits) / 8);
    const last = Math.ceil((end * bits) / 8) + 4; // four bytes can be read anywhere
    const bytes = await this.#blocks.read(section.start + first, last - first);
    const shift = start * bits - first * 8;
    for (let index = 0; index < numbers.length; index++) {
      numbers[index] = packedBitsAt(bytes, shift + index * bits, bits);
    }
    return numbers;
  }
}

interface ReadContext {
  readonly words: Int32Array;
  readonly logs: Float32Array;
  readonly backoff: number;
  /** Words of the children. */
  readonly order: number;
}

/** Contexts that were read: numbers from 1, the longest first, and the root. One for a model, so that unigrams are sorted once. */
class ReadContexts implements NextWordSource<readonly number[]> {
  readonly vocabulary: NgramVocabulary;
  readonly root: ReadContext;
  contexts: readonly ReadContext[] = [];

  constructor({ vocabulary, unigramProbabilities: logs }: CompactIndex) {
    this.vocabulary = vocabulary;
    this.root = { words: Int32Array.from(logs.keys()), logs, backoff: 0, order: 1 };
  }

  contextsOf(): readonly number[] {
    return this.contexts.map((_, index) => (index + 1) % this.contexts.length);
  }

  levelOf(context: number): number {
    return this.contexts[context]!.order - 1;
  }

  logBackoff(context: number): number {
    return this.contexts[context]!.backoff;
  }

  hasChild(context: number, word: number): boolean {
    return this.contexts[context]!.words.includes(word);
  }

  forEachChild(context: number, visit: ChildVisitor): void {
    const { words, logs } = this.contexts[context]!;
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      // A damaged file may hold others.
      if (word < this.vocabulary.size && visit(word, logs[index]!) === true) return;
    }
  }
}
