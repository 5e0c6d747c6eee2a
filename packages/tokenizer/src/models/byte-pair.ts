import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { BytePairKernel } from '../byte-pair/kernel/byte-pair-kernel.ts';
import { type MergeTable, mergeSymbols } from '../byte-pair/merge-symbols.ts';
import { mergeWithDropout } from '../byte-pair/merge-with-dropout.ts';
import { PairMap } from '../byte-pair/pair-map.ts';
import { wholeTokens } from '../byte-pair/whole-tokens.ts';
import { writeUtf8 } from '../byte-pair/write-utf8.ts';
import type { IdBuffer } from '../id-buffer.ts';
import type { RandomSource } from '../random-source.ts';
import type { BytePairModelJson } from '../tokenizer-json.ts';
import { BytePlaces, byteCount } from './byte-places.ts';
import { HiddenVocabulary } from './hidden-vocabulary.ts';
import type { Model } from './model.ts';
import type { TokenSpans } from './token-spans.ts';
import type { TokenUnits } from './token-units.ts';
import { UnitVocabulary } from './unit-vocabulary.ts';
import type { TokenLookup } from './vocabulary.ts';

export interface BytePairOptions {
  /** How likely each merge is left out, 0 to 1; null: never (default null). */
  readonly dropout?: number | null;
  /** The token of characters that have none; null: they are left out (default null). */
  readonly unknownToken?: string | null;
  /** What tokens that do not begin a word begin with in the vocabulary (default null: nothing). */
  readonly continuingSubwordPrefix?: string | null;
  /** What tokens that end a word end with in the vocabulary (default null: nothing). */
  readonly endOfWordSuffix?: string | null;
  /** Whether neighboring unknown characters are one token (default false). */
  readonly fuseUnknown?: boolean;
  /** Whether unknown characters become the tokens `<0x00>` … `<0xFF>` of their bytes, if the vocabulary has them (default false). */
  readonly byteFallback?: boolean;
  /** Whether a word that is a token as a whole is taken as it is, whatever the merges make of it (default false). */
  readonly ignoreMerges?: boolean;
}

/**
 * Byte pair encoding: the characters of a word are merged pair by pair, in the order in which the merges were learned.
 *
 * @see Sennrich et al. 2016, §3.2
 */
export class BytePairModel implements Model {
  readonly type = 'BPE';
  readonly isRandom: boolean;
  readonly vocabSize: number;
  readonly tokenCount: number;
  readonly options: Required<BytePairOptions>;
  readonly vocabulary: TokenLookup;
  /** Whether every byte has a token in the byte alphabet, and no prefix or suffix is in its way. */
  readonly isByteLevel: boolean;
  /** As in the reference, dropout counts for words that are tokens, too. */
  readonly #takesWholeWords: boolean;
  /** Ids of the tokens that merges merge: left, right, left, right, … */
  readonly #mergePairs: Int32Array;
  readonly #products: Int32Array;
  #mergeTable: MergeTable | undefined;
  #kernel: BytePairKernel | 'none' | undefined;
  readonly #unknownId: number | undefined;
  /** Ids of the bytes in the byte alphabet; used when the model is byte-level. */
  readonly #byteIds: Int32Array;
  /** Ids of `<0x00>` … `<0xFF>`, −1 where there is none. */
  readonly #fallbackIds: Int32Array | undefined;
  readonly #alphabet: readonly string[];
  #symbols = new Int32Array(256);
  /** How many bytes of the word each symbol stands for. */
  #byteCounts = new Int32Array(256);

  /**
   * @param mergePairs ids of the tokens that merges merge: left, right, left, right, …, first merge first
   * @param products   id of the token that each merge makes
   * @param kernel     the model in WebAssembly, where whoever makes the model has it already
   */
  constructor(
    vocabulary: TokenLookup,
    mergePairs: Int32Array,
    products: Int32Array,
    {
      dropout = null,
      unknownToken = null,
      continuingSubwordPrefix = null,
      endOfWordSuffix = null,
      fuseUnknown = false,
      byteFallback = false,
      ignoreMerges = false,
    }: BytePairOptions = {},
    kernel?: BytePairKernel,
  ) {
    this.options = {
      dropout,
      unknownToken,
      continuingSubwordPrefix,
      endOfWordSuffix,
      fuseUnknown,
      byteFallback,
      ignoreMerges,
    };
    // The unknown token and those of bytes stand for what they stand for, whether or not they are found by their texts.
    const named = vocabulary instanceof HiddenVocabulary ? vocabulary.whole : vocabulary;
    this.vocabulary = vocabulary;
    this.vocabSize = vocabulary.size;
    this.tokenCount = vocabulary.count;
    this.isRandom = dropout !== null && dropout > 0;
    this.#takesWholeWords = ignoreMerges && !this.isRandom;
    this.#mergePairs = mergePairs;
    this.#products = products;
    this.#kernel = kernel;
    this.#unknownId = unknownToken === null ? undefined : named.idOf(unknownToken);
    this.#alphabet = createByteAlphabet().characters;
    this.#byteIds = Int32Array.from(this.#alphabet, (character) => named.idOf(character) ?? -1);
    this.isByteLevel = !continuingSubwordPrefix && !endOfWordSuffix && !this.#byteIds.includes(-1);
    this.#fallbackIds = byteFallback
      ? Int32Array.from({ length: 256 }, (_, byte) => named.idOf(byteToken(byte)) ?? -1)
      : undefined;
  }

  /** The texts of the tokens, where the vocabulary has them as code units. */
  get units(): TokenUnits | undefined {
    return this.vocabulary instanceof UnitVocabulary ? this.vocabulary.tokens : undefined;
  }

  idOf(token: string): number | undefined {
    return this.vocabulary.idOf(token);
  }

  tokenOf(id: number): string | undefined {
    return this.vocabulary.tokenOf(id);
  }

  encode(word: string, output: IdBuffer, random: RandomSource): void {
    const whole = this.#wholeWord(word);
    if (whole !== undefined) {
      output.push(whole);
      return;
    }
    const count = this.#merge(this.#cut(word), random);
    output.append(this.#symbols.subarray(0, count));
  }

  encodeSpans(word: string, output: TokenSpans, random: RandomSource): void {
    const whole = this.#wholeWord(word);
    if (whole !== undefined) {
      output.push(whole, 0, word.length);
      return;
    }
    const length = this.#cut(word);
    const positions = new Int32Array(length);
    const count = this.#merge(length, random, positions);
    // The place of a token is that of its symbols' bytes, counted from the beginning of the word.
    const places = new BytePlaces(word);
    let start = 0;
    for (let index = 0; index < count; index++) {
      const after = index + 1 < count ? positions[index + 1]! : length;
      let end = start;
      for (let symbol = positions[index]!; symbol < after; symbol++) end += this.#byteCounts[symbol]!;
      output.push(this.#symbols[index]!, places.characterStart(start), places.characterEnd(end));
      start = end;
    }
  }

  /**
   * Appends the ids of a word that is not written in the byte alphabet yet; of byte-level models only. Equal to encoding the
   * word's bytes in the alphabet, and faster.
   */
  encodeBytes(word: string, output: IdBuffer, random: RandomSource): void {
    this.#reserve(word.length * 3);
    const symbols = this.#symbols;
    const byteIds = this.#byteIds;
    const length = writeUtf8(word, symbols);
    if (this.#takesWholeWords) {
      let token = '';
      for (let index = 0; index < length; index++) token += this.#alphabet[symbols[index]!];
      const whole = this.vocabulary.idOf(token);
      if (whole !== undefined) {
        output.push(whole);
        return;
      }
    }
    for (let index = 0; index < length; index++) symbols[index] = byteIds[symbols[index]!]!;
    output.append(symbols.subarray(0, this.#merge(length, random)));
  }

  /**
   * The model in WebAssembly, made at first use; of byte-level models that do not draw only.
   *
   * Undefined where WebAssembly cannot be used.
   */
  get kernel(): BytePairKernel | undefined {
    this.#kernel ??=
      BytePairKernel.of(
        this.#byteIds,
        { pairs: this.#mergePairs, products: this.#products },
        this.options.ignoreMerges ? wholeTokens(this.vocabulary) : undefined,
      ) ?? 'none';
    return this.#kernel === 'none' ? undefined : this.#kernel;
  }

  /**
   * The model for text that must not name tokens: neither these nor, where they stand for bytes, `<0x00>` … `<0xFF>` are found in it. Merges that make
   * one of these are left out, and with them what only they lead to.
   */
  withHidden(ids: Iterable<number>): BytePairModel {
    const products = new Set(this.#products);
    const named = [...ids, ...(this.#fallbackIds ?? [])];
    const hidden = new Set(named.filter((id) => products.has(id) || this.#isFoundWhole(id)));
    if (hidden.size === 0) return this;
    const left: number[] = [];
    for (const [rank, product] of this.#products.entries()) if (!hidden.has(product)) left.push(rank);
    return new BytePairModel(
      new HiddenVocabulary(this.vocabulary, hidden),
      Int32Array.from(
        { length: left.length * 2 },
        (_, at) => this.#mergePairs[left[at >> 1]! * 2 + (at & 1)]!,
      ),
      Int32Array.from(left, (rank) => this.#products[rank]!),
      this.options,
    );
  }

  toJSON(): BytePairModelJson {
    const { options } = this;
    const pairs = this.#mergePairs;
    const merges: [string, string][] = [];
    for (let index = 0; index < pairs.length; index += 2) {
      merges.push([this.tokenOf(pairs[index]!)!, this.tokenOf(pairs[index + 1]!)!]);
    }
    return {
      type: 'BPE',
      dropout: options.dropout,
      unk_token: options.unknownToken,
      continuing_subword_prefix: options.continuingSubwordPrefix,
      end_of_word_suffix: options.endOfWordSuffix,
      fuse_unk: options.fuseUnknown,
      byte_fallback: options.byteFallback,
      ignore_merges: options.ignoreMerges,
      vocab: this.vocabulary.toJSON(),
      merges,
    };
  }

  /** Whether a token may be found without a merge: as a whole word, or as a character. Bytes always are what they are. */
  #isFoundWhole(id: number): boolean {
    const token = this.tokenOf(id);
    if (token === undefined || (this.isByteLevel && this.#byteIds.includes(id))) return false;
    const { continuingSubwordPrefix: prefix, endOfWordSuffix: suffix } = this.options;
    const longest = 1 + (prefix?.length ?? 0) + (suffix?.length ?? 0);
    return this.#takesWholeWords || [...token].length <= longest;
  }

  #wholeWord(word: string): number | undefined {
    return this.#takesWholeWords ? this.vocabulary.idOf(word) : undefined;
  }

  /** Made at first use: the kernel does without. */
  get #table(): MergeTable {
    if (this.#mergeTable) return this.#mergeTable;
    const pairs = this.#mergePairs;
    const products = this.#products;
    const ranks = new PairMap(products.length);
    for (let rank = 0; rank < products.length; rank++) {
      ranks.set(pairs[rank * 2]!, pairs[rank * 2 + 1]!, rank);
    }
    this.#mergeTable = { ranks, products };
    return this.#mergeTable;
  }

  #merge(length: number, random: RandomSource, positions?: Int32Array): number {
    return this.isRandom
      ? mergeWithDropout(this.#symbols, length, this.#table, this.options.dropout!, random, positions)
      : mergeSymbols(this.#symbols, length, this.#table, positions);
  }

  /** Writes the tokens of the word's characters to the front of `#symbols`; returns how many they are. */
  #cut(word: string): number {
    const {
      continuingSubwordPrefix: prefix,
      endOfWordSuffix: suffix,
      unknownToken,
      fuseUnknown,
    } = this.options;
    let count = 0;
    // Bytes of the unknown token not yet written. As in the reference, tokens for bytes go ahead of it.
    let unknownBytes = 0;
    for (let index = 0; index < word.length; ) {
      const codePoint = word.codePointAt(index)!;
      const end = index + (codePoint > 0xffff ? 2 : 1);
      let token = word.slice(index, end);
      if (index > 0 && prefix) token = prefix + token;
      if (end === word.length && suffix) token += suffix;
      index = end;
      const id = this.vocabulary.idOf(token);
      if (id !== undefined) {
        if (unknownBytes > 0) count = this.#add(count, this.#unknownId!, unknownBytes);
        unknownBytes = 0;
        count = this.#add(count, id, byteCount(codePoint));
        continue;
      }
      const withBytes = this.#addBytes(count, token);
      if (withBytes > count) {
        count = withBytes;
        continue;
      }
      if (unknownToken === null) continue;
      if (this.#unknownId === undefined) throw missingUnknownToken(token, unknownToken);
      if (unknownBytes > 0 && !fuseUnknown) {
        count = this.#add(count, this.#unknownId, unknownBytes);
        unknownBytes = 0;
      }
      unknownBytes += byteCount(codePoint);
    }
    return unknownBytes > 0 ? this.#add(count, this.#unknownId!, unknownBytes) : count;
  }

  #addBytes(count: number, token: string): number {
    const ids = this.#fallbackIds;
    if (!ids) return count;
    const bytes = new TextEncoder().encode(token);
    if (bytes.some((byte) => ids[byte]! < 0)) return count;
    let added = count;
    for (const byte of bytes) added = this.#add(added, ids[byte]!, 1);
    return added;
  }

  #add(count: number, id: number, bytes: number): number {
    this.#reserve(count + 1);
    this.#symbols[count] = id;
    this.#byteCounts[count] = bytes;
    return count + 1;
  }

  #reserve(length: number): void {
    if (length <= this.#symbols.length) return;
    const capacity = Math.max(length, this.#symbols.length * 2);
    const symbols = new Int32Array(capacity);
    symbols.set(this.#symbols);
    const byteCounts = new Int32Array(capacity);
    byteCounts.set(this.#byteCounts);
    this.#symbols = symbols;
    this.#byteCounts = byteCounts;
  }
}

/** The token of a byte for models with byte fallback: `<0x0A>`. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

function missingUnknownToken(token: string, unknownToken: string): RangeError {
  return new RangeError(
    `encode: text must hold only characters that the vocabulary covers, got ${JSON.stringify(token)}. ` +
      `Add the unknown token ${JSON.stringify(unknownToken)} to the vocabulary.`,
  );
}
