import { type AddedToken, AddedTokens, type Segment } from './added-tokens.ts';
import { type CountTokensOptions, countTokens } from './counting/count-tokens.ts';
import type { Decoder } from './decoders/decoder.ts';
import { Encoding } from './encoding.ts';
import { EncodingBuilder } from './encoding-builder.ts';
import { collectIds, IdBuffer } from './id-buffer.ts';
import { BytePairModel } from './models/byte-pair.ts';
import type { Model } from './models/model.ts';
import { untrustedModel } from './models/untrusted-model.ts';
import { NormalizedText } from './normalized-text.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { convertOffsets, type OffsetUnit } from './offset-unit.ts';
import { type Padding, paddedLength, padEncoding, padIds } from './padding.ts';
import type { PostProcessor } from './post-processors/post-processor.ts';
import { asksForOrigin } from './pre-tokenizers/asks-for-origin.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import { createRandomSource, type RandomSource } from './random-source.ts';
import { createSegmentEncoder, type SegmentEncoder } from './segment-encoder.ts';
import { createTextDecoder } from './text-decoder.ts';
import { type BatchInput, checkInput, type TextInput, withPair } from './text-input.ts';
import type { BrandedEncoding, BrandedTextDecoder, TokenId, TokenIds } from './token-id.ts';
import { TokenTexts } from './token-texts.ts';
import { paddingJson, type TokenizerJson, truncationJson } from './tokenizer-json.ts';
import {
  type CountedPiece,
  countedLength,
  type Truncation,
  truncatedLengths,
  truncateEncoding,
  truncateIds,
} from './truncation.ts';

/** The parts of a tokenizer; all but the model may be missing. */
export interface TokenizerParts {
  readonly model: Model;
  readonly normalizer?: Normalizer | undefined;
  readonly preTokenizer?: PreTokenizer | undefined;
  readonly postProcessor?: PostProcessor | undefined;
  readonly decoder?: Decoder | undefined;
  /** Tokens matched as a whole; their ids may, but need not, be in the model's vocabulary. */
  readonly addedTokens?: readonly AddedToken[];
  /** How texts that are too long are cut (default undefined: they are not). */
  readonly truncation?: Truncation | undefined;
  /** How texts are filled up (default undefined: they are not). */
  readonly padding?: Padding | undefined;
}

export interface EncodeOptions {
  /** The second text of a pair (default none). */
  readonly pair?: TextInput;
  /** Whether the post-processor puts special tokens in (default true). */
  readonly addSpecialTokens?: boolean;
  /**
   * Whether special tokens written in the text become their ids (default true). Say false for text from people you do not
   * trust: then `<|endoftext|>` is only thirteen characters.
   */
  readonly parseSpecialTokens?: boolean;
  /** Where models that draw (BPE dropout, Unigram sampling) start: another seed, another way to cut (default 0). */
  readonly seed?: number;
}

export interface EncodeWithOffsetsOptions extends EncodeOptions {
  /** What offsets count: UTF-16 code units, as JavaScript's strings, code points or bytes of UTF-8 (default `utf-16`). */
  readonly offsetUnit?: OffsetUnit;
  /** Whether what truncation cuts off is kept as `overflowing` windows (default false). */
  readonly overflow?: boolean;
}

export interface DecodeOptions {
  /** Whether special tokens are left out (default false). */
  readonly skipSpecialTokens?: boolean;
}

/**
 * A tokenizer: turns text into token ids and back. An immutable value, put together of the parts that Hugging Face's
 * tokenizer.json has.
 *
 * A lone surrogate in a text counts as U+FFFD, the replacement character.
 *
 * @typeParam V a name for the vocabulary, if the compiler is to keep its ids apart from those of others; see {@link TokenId}
 */
export class Tokenizer<V extends string = string> {
  readonly model: Model;
  readonly normalizer: Normalizer | undefined;
  readonly preTokenizer: PreTokenizer | undefined;
  readonly postProcessor: PostProcessor | undefined;
  readonly decoder: Decoder | undefined;
  readonly truncation: Truncation | undefined;
  readonly padding: Padding | undefined;
  /** One more than the largest token id: the rows an embedding table needs. */
  readonly vocabSize: number;
  /** The ids of the special tokens, by their text. */
  readonly specialTokens: ReadonlyMap<string, TokenId<V>>;
  readonly #addedTokens: AddedTokens;
  readonly #encoder: SegmentEncoder;
  /** The same for text in which special tokens are only text; made at first use. */
  #untrusted: { readonly model: Model; readonly encoder: SegmentEncoder } | undefined;
  readonly #texts: TokenTexts;
  /** Whether the pre-tokenizer asks where in the original text a stretch begins, and something before it may have moved that. */
  readonly #needsOrigin: boolean;

  /** @throws {RangeError} if two added tokens have the same content or id */
  constructor(parts: TokenizerParts) {
    this.model = parts.model;
    this.normalizer = parts.normalizer;
    this.preTokenizer = parts.preTokenizer;
    this.postProcessor = parts.postProcessor;
    this.decoder = parts.decoder;
    this.truncation = parts.truncation;
    this.padding = parts.padding;
    this.#addedTokens = new AddedTokens(parts.addedTokens ?? [], parts.normalizer);
    this.specialTokens = this.#addedTokens.special as ReadonlyMap<string, TokenId<V>>;
    this.vocabSize = this.#addedTokens.tokens.reduce(
      (size, { id }) => Math.max(size, id + 1),
      parts.model.vocabSize,
    );
    this.#encoder = createSegmentEncoder(parts.preTokenizer, parts.model);
    this.#texts = new TokenTexts(
      {
        vocabSize: this.vocabSize,
        tokenOf: (id) => this.idToToken(id as TokenId<V>),
        addedIds: this.#addedTokens.tokens.map(({ id }) => id),
        units: parts.model instanceof BytePairModel ? parts.model.units : undefined,
      },
      parts.decoder,
    );
    this.#needsOrigin = asksForOrigin(parts.preTokenizer, parts.normalizer !== undefined);
  }

  /** The added tokens, in the order they were given. */
  get addedTokens(): readonly Required<AddedToken>[] {
    return this.#addedTokens.tokens;
  }

  /** The tokenizer with some parts replaced; undefined takes a part away. */
  with(parts: Partial<TokenizerParts>): Tokenizer<V> {
    const { model, normalizer, preTokenizer, postProcessor, decoder, truncation, padding, addedTokens } =
      this;
    return new Tokenizer({
      ...{ model, normalizer, preTokenizer, postProcessor, decoder, truncation, padding, addedTokens },
      ...parts,
    });
  }

  /** The id of a token by its text, added tokens first. */
  tokenToId(token: string): TokenId<V> | undefined {
    const id = this.#addedTokens.idOf(token) ?? this.model.idOf(token);
    return id as TokenId<V> | undefined;
  }

  /** The text of a token by its id, added tokens first. */
  idToToken(id: TokenId<V>): string | undefined {
    return this.#addedTokens.contentOf(id) ?? this.model.tokenOf(id);
  }

  /**
   * The token ids of a text.
   *
   * @throws {TypeError} if `text` is neither a string nor an array of strings
   * @throws {RangeError} if the vocabulary has no token for a part of the text, or it cannot be truncated
   */
  encode(text: TextInput, options: EncodeOptions = {}): TokenIds<V> {
    const ids = this.#encodeIds(text, options);
    const { padding } = this;
    return (padding ? padIds(ids, paddedLength([ids.length], padding), padding) : ids) as TokenIds<V>;
  }

  /**
   * The tokens of a text with everything that is known of them: places, words, types, masks.
   *
   * @throws as {@link encode}
   */
  encodeWithOffsets(text: TextInput, options: EncodeWithOffsetsOptions = {}): BrandedEncoding<V> {
    const encoding = this.#encodeFully(text, options);
    const padded = this.padding
      ? padEncoding(encoding, paddedLength([encoding.length], this.padding), this.padding)
      : encoding;
    return padded as BrandedEncoding<V>;
  }

  /** The token ids of several texts or pairs, padded to one length if the tokenizer has padding. */
  encodeBatch(inputs: readonly BatchInput[], options: Omit<EncodeOptions, 'pair'> = {}): TokenIds<V>[] {
    const { padding } = this;
    const batch = inputs.map((input) => this.#encodeIds(...withPair(input, options)));
    if (!padding) return batch as TokenIds<V>[];
    const length = paddedLength(
      batch.map((ids) => ids.length),
      padding,
    );
    return batch.map((ids) => padIds(ids, length, padding) as TokenIds<V>);
  }

  /** The encodings of several texts or pairs, padded to one length if the tokenizer has padding. */
  encodeBatchWithOffsets(
    inputs: readonly BatchInput[],
    options: Omit<EncodeWithOffsetsOptions, 'pair'> = {},
  ): BrandedEncoding<V>[] {
    const { padding } = this;
    const batch = inputs.map((input) => this.#encodeFully(...withPair(input, options)));
    if (!padding) return batch as BrandedEncoding<V>[];
    const length = paddedLength(
      batch.map((encoding) => encoding.length),
      padding,
    );
    return batch.map((encoding) => padEncoding(encoding, length, padding) as BrandedEncoding<V>);
  }

  /**
   * How many ids `encode` gives without truncation and padding; with a `limit`, as far as that, see {@link CountTokensOptions}.
   *
   * @throws as {@link encode}
   */
  countTokens(text: TextInput, options: CountTokensOptions = {}): number {
    return countTokens(this, text, options);
  }

  /**
   * The number of tokens of a text that has at most `limit`, else false. The text is read no further than to where that is known.
   *
   * @throws as {@link encode}
   */
  isWithinTokenLimit(text: TextInput, limit: number, options: EncodeOptions = {}): number | false {
    const count = countTokens(this, text, { ...options, limit });
    return count <= limit && count;
  }

  /**
   * The text of token ids.
   *
   * @throws {RangeError} if an id is not in the vocabulary
   */
  decode(ids: ArrayLike<TokenId<V>>, { skipSpecialTokens = false }: DecodeOptions = {}): string {
    const skips = skipSpecialTokens ? (id: number) => this.#addedTokens.isSpecial(id) : undefined;
    return this.#texts.decode(ids, skips);
  }

  /** A decoder for ids that arrive one after the other. */
  createTextDecoder({ skipSpecialTokens = false }: DecodeOptions = {}): BrandedTextDecoder<V> {
    const skips = skipSpecialTokens ? (id: number) => this.#addedTokens.isSpecial(id) : undefined;
    return createTextDecoder(this.#texts, skips) as BrandedTextDecoder<V>;
  }

  /** The tokenizer in the form of Hugging Face's tokenizer.json; `JSON.stringify(tokenizer)` is that file's text. */
  toJSON(): TokenizerJson {
    return {
      version: '1.0',
      truncation: this.truncation ? truncationJson(this.truncation) : null,
      padding: this.padding ? paddingJson(this.padding) : null,
      added_tokens: this.#addedTokens.toJSON(),
      normalizer: this.normalizer?.toJSON() ?? null,
      pre_tokenizer: this.preTokenizer?.toJSON() ?? null,
      post_processor: this.postProcessor?.toJSON() ?? null,
      decoder: this.decoder?.toJSON() ?? null,
      model: this.model.toJSON(),
    };
  }

  #encodeIds(
    text: TextInput,
    { pair, addSpecialTokens = true, parseSpecialTokens = true, seed = 0 }: EncodeOptions,
  ) {
    const random = createRandomSource(seed);
    const inputs = (pair === undefined ? [text] : [text, pair]).map(checkInput);
    let parts = inputs.map((words) => this.#sequenceIds(words, parseSpecialTokens, random));
    const { truncation, postProcessor } = this;
    if (truncation) {
      const added = addSpecialTokens ? (postProcessor?.addedCount(parts.length > 1) ?? 0) : 0;
      const lengths = truncatedLengths(
        this.#countedLengths(inputs, parts, truncation, parseSpecialTokens, seed),
        added,
        truncation,
      );
      parts = parts.map((ids, index) => truncateIds(ids, lengths[index]!, truncation.direction ?? 'right'));
    }
    const processed = postProcessor?.processIds(parts, addSpecialTokens) ?? parts;
    if (processed.length === 1 && !truncation) return processed[0]!;
    const ids = new IdBuffer(processed.reduce((length, part) => length + part.length, 0));
    for (const part of processed) ids.append(part);
    return ids.toArray();
  }

  #sequenceIds(words: readonly string[], parseSpecialTokens: boolean, random: RandomSource): Int32Array {
    const encode = parseSpecialTokens ? this.#encoder : this.#forUntrusted().encoder;
    return collectIds((ids) => {
      for (const word of words) {
        for (const { text, id } of this.#segments(word, this.#needsOrigin, parseSpecialTokens)) {
          if (id === undefined) encode(text, ids, random);
          else ids.push(id);
        }
      }
    });
  }

  #encodeFully(
    text: TextInput,
    {
      pair,
      addSpecialTokens = true,
      parseSpecialTokens = true,
      seed = 0,
      offsetUnit = 'utf-16',
      overflow = false,
    }: EncodeWithOffsetsOptions,
  ): Encoding {
    const random = createRandomSource(seed);
    const inputs = (pair === undefined ? [text] : [text, pair]).map(checkInput);
    const isCut = [Array.isArray(text), Array.isArray(pair)];
    const model = parseSpecialTokens ? this.model : this.#forUntrusted().model;
    let parts = inputs.map((words, sequence) => {
      const builder = new EncodingBuilder(model, sequence);
      for (const [index, word] of words.entries()) {
        if (isCut[sequence]) builder.startWord(index);
        for (const segment of this.#segments(word, true, parseSpecialTokens)) {
          if (segment.id !== undefined) builder.addToken(segment.id, segment.text);
          else for (const piece of this.#pieces(segment)) builder.addPiece(piece, random);
        }
      }
      return builder.build();
    });
    // Before truncation and post-processors: what those take away at the ends of places is counted in the unit asked for.
    if (offsetUnit !== 'utf-16') {
      parts = parts.map((part, index) => convertOffsets(part, inputs[index]!, isCut[index]!, offsetUnit));
    }
    const { truncation, postProcessor } = this;
    if (truncation) {
      const added = addSpecialTokens ? (postProcessor?.addedCount(parts.length > 1) ?? 0) : 0;
      const lengths = truncatedLengths(
        this.#countedLengths(inputs, parts, truncation, parseSpecialTokens, seed),
        added,
        truncation,
      );
      parts = parts.map((part, index) => truncateEncoding(part, lengths[index]!, truncation, overflow));
    }
    const processed = postProcessor?.process(parts, addSpecialTokens) ?? parts;
    return Encoding.concatenate(processed);
  }

  /** The lengths that decide how texts are truncated; see {@link countedLength}. */
  #countedLengths(
    inputs: readonly (readonly string[])[],
    parts: readonly { readonly length: number }[],
    truncation: Truncation,
    parseSpecialTokens: boolean,
    seed: number,
  ): number[] {
    const random = createRandomSource(seed);
    const piece = new IdBuffer(64);
    const model = parseSpecialTokens ? this.model : this.#forUntrusted().model;
    return inputs.map((words, index) => {
      const { length } = parts[index]!;
      const isWhole = inputs.length === 1 || (index === 0 && truncation.strategy === 'only-second');
      if (isWhole || length <= truncation.maxLength) return length;
      return words.reduce((total, word) => {
        const pieces: CountedPiece[] = [];
        for (const segment of this.#segments(word, this.#needsOrigin, parseSpecialTokens)) {
          if (segment.id !== undefined) pieces.push({ count: 1, isAdded: true });
          else {
            for (const { text } of this.#pieces(segment)) {
              piece.clear();
              model.encode(text, piece, random);
              pieces.push({ count: piece.length, isAdded: false });
            }
          }
        }
        return total + countedLength(pieces, truncation);
      }, 0);
    });
  }

  #forUntrusted(): { readonly model: Model; readonly encoder: SegmentEncoder } {
    if (!this.#untrusted) {
      const model = untrustedModel(this.model, this.specialTokens.values());
      const isSame = model === this.model;
      this.#untrusted = {
        model,
        encoder: isSame ? this.#encoder : createSegmentEncoder(this.preTokenizer, model),
      };
    }
    return this.#untrusted;
  }

  #segments(text: string, isTracked: boolean, parseSpecialTokens: boolean): Segment[] {
    return this.#addedTokens.split(NormalizedText.of(text, isTracked), this.normalizer, parseSpecialTokens);
  }

  #pieces({ text }: Segment): readonly NormalizedText[] {
    if (!this.preTokenizer) return [text];
    const pieces: NormalizedText[] = [];
    this.preTokenizer.split(text, pieces);
    return pieces;
  }
}
