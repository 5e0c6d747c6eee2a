import { type AddedToken, AddedTokens } from '../added-tokens.ts';
import { checkText } from '../check-text.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { DecodeOptions, EncodeOptions, StreamingTextDecoder, Tokenizer } from '../tokenizer.ts';
import { type TokenizerJson, vocabJson } from '../tokenizer-json.ts';
import { unknownIdError } from '../unknown-id-error.ts';
import { createByteAlphabet, tokenBytes } from './byte-alphabet.ts';
import { type MergeTable, mergeSymbols } from './merge-symbols.ts';
import { PairMap } from './pair-map.ts';
import { PieceCache } from './piece-cache.ts';
import { pieceEnd } from './pre-tokenize.ts';
import { writeUtf8 } from './write-utf8.ts';

/** All that makes a byte-level BPE tokenizer. */
export interface BytePairDefinition {
  /** Token text in the byte alphabet, by id; an id may be missing. Every byte has a token. */
  readonly tokens: readonly (string | undefined)[];
  /** Left and right token ids of each merge, first merge first. */
  readonly merges: readonly (readonly [left: number, right: number])[];
  /** Tokens matched as a whole; their contents are in `tokens` too. */
  readonly addedTokens: readonly AddedToken[];
  /** Whether a stretch of text that does not begin with a space gets one. */
  readonly addPrefixSpace: boolean;
  /** Whether text is cut by GPT-2's pattern before merging. */
  readonly cutsPieces: boolean;
}

/**
 * Byte-level byte pair encoding, as in GPT-2.
 *
 * Added tokens are cut out; the rest is cut into pieces (words with their leading space, mostly); the UTF-8 bytes of each
 * piece are merged pair by pair, lowest rank first. Every text can be encoded, and decoding gives it back exactly.
 *
 * @see Sennrich et al. 2016; Radford et al. 2019, §2.2
 */
export class BytePairTokenizer implements Tokenizer {
  readonly kind = 'byte-pair';
  readonly vocabSize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly #definition: BytePairDefinition;
  readonly #addedTokens: AddedTokens;
  readonly #byteIds: Int32Array;
  readonly #mergeTable: MergeTable;
  readonly #cache = new PieceCache();
  /** Where short pieces are merged. */
  readonly #symbols = new Int32Array(LONGEST_CACHED * BYTES_PER_UNIT);
  /** The bytes of all tokens one after the other; token `id` is `[offsets[id], offsets[id + 1])`. */
  readonly #bytes: Uint8Array;
  readonly #offsets: Int32Array;

  constructor(definition: BytePairDefinition) {
    const { tokens, merges, addedTokens } = definition;
    this.#definition = definition;
    this.vocabSize = tokens.length;
    this.#addedTokens = new AddedTokens(addedTokens);
    this.specialTokens = this.#addedTokens.special;

    const ids = new Map<string, number>();
    for (const [id, token] of tokens.entries()) if (token !== undefined) ids.set(token, id);
    const alphabet = createByteAlphabet();
    this.#byteIds = Int32Array.from(alphabet.characters, (character) => ids.get(character)!);
    const ranks = new PairMap(merges.length);
    const products = new Int32Array(merges.length);
    for (const [rank, [left, right]] of merges.entries()) {
      ranks.set(left, right, rank);
      products[rank] = ids.get(tokens[left]! + tokens[right]!)!;
    }
    this.#mergeTable = { ranks, products };

    const addedIds = new Set(addedTokens.map(({ id }) => id));
    const encoder = new TextEncoder();
    const bytes = tokens.map((token, id) =>
      addedIds.has(id) ? encoder.encode(token) : tokenBytes(token ?? '', alphabet),
    );
    this.#offsets = new Int32Array(tokens.length + 1);
    for (const [id, { length }] of bytes.entries()) this.#offsets[id + 1] = this.#offsets[id]! + length;
    this.#bytes = new Uint8Array(this.#offsets[tokens.length]!);
    for (const [id, part] of bytes.entries()) this.#bytes.set(part, this.#offsets[id]!);
  }

  encode(text: string, { parseSpecialTokens = true }: EncodeOptions = {}): Int32Array {
    const wellFormed = checkText(text, 'encode', 'text');
    const output = new IdBuffer(wellFormed.length >> 1);
    for (const segment of this.#addedTokens.split(wellFormed, parseSpecialTokens)) {
      if (typeof segment === 'number') output.push(segment);
      else this.#encodeStretch(segment, output);
    }
    return output.toArray();
  }

  decode(ids: ArrayLike<number>, { skipSpecialTokens = false }: DecodeOptions = {}): string {
    return newUtf8Decoder().decode(this.#concatenateBytes(ids, skipSpecialTokens));
  }

  createTextDecoder({ skipSpecialTokens = false }: DecodeOptions = {}): StreamingTextDecoder {
    const decoder = newUtf8Decoder();
    return {
      push: (ids) => {
        const bytes = this.#concatenateBytes(typeof ids === 'number' ? [ids] : ids, skipSpecialTokens);
        return decoder.decode(bytes, { stream: true });
      },
      end: () => decoder.decode(),
    };
  }

  toJSON(): TokenizerJson {
    const { tokens, merges, addPrefixSpace, cutsPieces } = this.#definition;
    return {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: this.#addedTokens.toJSON(),
      normalizer: null,
      pre_tokenizer: {
        type: 'ByteLevel',
        add_prefix_space: addPrefixSpace,
        trim_offsets: true,
        use_regex: cutsPieces,
      },
      post_processor: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: vocabJson(tokens),
        merges: merges.map(([left, right]) => [tokens[left]!, tokens[right]!]),
      },
    };
  }

  #encodeStretch(text: string, output: IdBuffer): void {
    const { addPrefixSpace, cutsPieces } = this.#definition;
    const stretch = addPrefixSpace && !text.startsWith(' ') ? ` ${text}` : text;
    let start = 0;
    while (start < stretch.length) {
      const end = cutsPieces ? pieceEnd(stretch, start) : stretch.length;
      const piece = stretch.slice(start, end);
      if (piece.length > LONGEST_CACHED) {
        const symbols = new Int32Array(piece.length * BYTES_PER_UNIT);
        output.append(symbols.subarray(0, this.#mergePiece(piece, symbols)));
      } else {
        let ids = this.#cache.get(piece);
        if (!ids) {
          ids = this.#symbols.slice(0, this.#mergePiece(piece, this.#symbols));
          this.#cache.set(piece, ids);
        }
        output.append(ids);
      }
      start = end;
    }
  }

  /** Writes the piece's token ids to the front of `symbols`; returns how many they are. */
  #mergePiece(piece: string, symbols: Int32Array): number {
    const byteCount = writeUtf8(piece, symbols);
    for (let index = 0; index < byteCount; index++) symbols[index] = this.#byteIds[symbols[index]!]!;
    return mergeSymbols(symbols, byteCount, this.#mergeTable);
  }

  #concatenateBytes(ids: ArrayLike<number>, skipSpecialTokens: boolean): Uint8Array {
    const { tokens } = this.#definition;
    const offsets = this.#offsets;
    let length = 0;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (tokens[id] === undefined) throw unknownIdError(ids, index, tokens.length);
      length += offsets[id + 1]! - offsets[id]!;
    }
    const bytes = new Uint8Array(length);
    let end = 0;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (skipSpecialTokens && this.#addedTokens.isSpecial(id)) continue;
      for (let at = offsets[id]!; at < offsets[id + 1]!; at++) bytes[end++] = this.#bytes[at]!;
    }
    return bytes.subarray(0, end);
  }
}

/** Longer pieces are unlikely to come again, and would make the cache's memory unbounded. In code units. */
const LONGEST_CACHED = 32;

/** The most bytes of UTF-8 that a UTF-16 code unit becomes. */
const BYTES_PER_UNIT = 3;

/** Keeps a leading byte order mark, which TextDecoder drops unless told. */
function newUtf8Decoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}
