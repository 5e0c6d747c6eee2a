import type { AddedToken } from '../added-tokens.ts';
import { ByteFallbackDecoder } from '../decoders/byte-fallback.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { FuseDecoder } from '../decoders/fuse.ts';
import { ReplaceDecoder } from '../decoders/replace.ts';
import { SequenceDecoder } from '../decoders/sequence.ts';
import { StripDecoder } from '../decoders/strip.ts';
import { describeValue } from '../describe-value.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import type { Model } from '../models/model.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import { UnigramModel } from '../models/unigram/unigram-model.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { PrecompiledNormalizer } from '../normalizers/precompiled.ts';
import { PrependNormalizer } from '../normalizers/prepend.ts';
import { ReplaceNormalizer } from '../normalizers/replace.ts';
import { SequenceNormalizer } from '../normalizers/sequence.ts';
import type { SpecialToken } from '../post-processors/post-processor.ts';
import { surroundingTemplate } from '../post-processors/surrounding-template.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';
import { LiteralPattern } from '../text-pattern.ts';
import { Tokenizer } from '../tokenizer.ts';
import { mergesOfScores } from './merges-of-scores.ts';
import { decodeSentencePieceFile, type SentencePieceFile } from './sentence-piece-file.ts';
import { SPACE_MARK } from './text-normalizer.ts';

/** Options of {@link sentencePieceToTokenizer}. */
export interface SentencePieceToTokenizerOptions {
  /** Whether `<s>` goes first, as Llama has it (default false). */
  readonly addBeginning?: boolean;
  /** Whether `</s>` goes last, as T5 has it (default false). */
  readonly addEnd?: boolean;
  /** What errors call the file (default `tokenizer.model`). */
  readonly source?: string;
}

/**
 * Makes a {@link Tokenizer} of a SentencePiece model, one of parts, which can be saved as tokenizer.json and has offsets, padding and all else.
 *
 * Control pieces become special tokens, user-defined pieces added tokens. Ids are those of SentencePiece but for these cases, in which
 * Hugging Face's converters differ from it too:
 * - rules of normalization apply to the shortest beginning of a character that has one, in SentencePiece to the longest;
 * - BPE: pieces of the same score are merged in a fixed order instead of from left to right, and a piece one of whose characters is no piece is
 *   never made;
 * - Unigram: sums are made in double precision, so ways that are equally likely to seven digits may be cut otherwise, and control
 *   pieces are found in the text even where special tokens are not parsed;
 * - the text around user-defined pieces is normalized for itself, so spaces may be removed before one, and what follows one may be rewritten
 *   otherwise.
 * Unknown pieces decode to their name, not to ` ⁇ `.
 *
 * @param file what {@link decodeSentencePieceFile} reads, or the bytes of a `.model` file
 * @throws {RangeError} if the bytes are no such file, the algorithm is `word` or `char`, spaces end pieces, or a piece comes twice
 * @see Kudo & Richardson 2018, "SentencePiece"
 * @example
 * const tokenizer = sentencePieceToTokenizer(await readFile('tokenizer.model'), { addBeginning: true });
 * await writeTokenizer('tokenizer.json', tokenizer);
 */
export function sentencePieceToTokenizer(
  file: SentencePieceFile | Uint8Array,
  { addBeginning = false, addEnd = false, source = 'tokenizer.model' }: SentencePieceToTokenizerOptions = {},
): Tokenizer {
  const place = `sentencePieceToTokenizer: ${source}`;
  const decoded = file instanceof Uint8Array ? decodeSentencePieceFile(file, place) : file;
  const { pieces } = decoded;
  requireSupported(decoded, place);
  // SentencePiece looks for pieces where spaces have become marks already, so it never finds one with a space.
  const isOutOfReach = (piece: string): boolean => decoded.escapeSpaces && piece.includes(' ');
  const addedTokens = pieces.flatMap(({ piece, kind }, id): AddedToken[] => {
    if (kind === 'control' || kind === 'unknown') return [{ id, content: piece, special: true }];
    // What has marks is found where spaces have become marks; all else in the text as it is.
    if (kind !== 'user-defined' || isOutOfReach(piece)) return [];
    return [{ id, content: piece, normalized: piece.includes(SPACE_MARK) }];
  });
  const control = (content: string, option: string): SpecialToken => {
    const id = pieces.findIndex(({ piece, kind }) => kind === 'control' && piece === content);
    if (id >= 0) return [content, id];
    throw new RangeError(`${place} must have the control piece ${content} for ${option}, got none.`);
  };
  return new Tokenizer({
    model: modelOf(decoded, place),
    ...partsOf(decoded, place),
    addedTokens,
    postProcessor: surroundingTemplate(
      addBeginning ? [control('<s>', 'addBeginning')] : [],
      addEnd ? [control('</s>', 'addEnd')] : [],
    ),
  });
}

function requireSupported({ algorithm, pieces, spaceAsSuffix }: SentencePieceFile, place: string): void {
  if (algorithm === 'word' || algorithm === 'char') {
    throw new RangeError(
      `${place} must be a unigram or bpe model, got ${algorithm}. Read it with loadSentencePiece.`,
    );
  }
  if (spaceAsSuffix) {
    throw new RangeError(
      `${place} must have spaces before words, got them after words. Read it with loadSentencePiece.`,
    );
  }
  if (pieces.length > largestVocabSize) {
    throw new RangeError(`${place} must have at most ${largestVocabSize} pieces, got ${pieces.length}.`);
  }
  const ids = new Map<string, number>();
  for (const [id, { piece }] of pieces.entries()) {
    const other = ids.get(piece);
    if (other !== undefined) {
      throw new RangeError(
        `${place} must have each piece once, got ${describeValue(piece)} as ${other} and ${id}.`,
      );
    }
    ids.set(piece, id);
  }
}

function modelOf({ algorithm, pieces, byteFallback }: SentencePieceFile, place: string): Model {
  const unknownId = pieces.findIndex(({ kind }) => kind === 'unknown');
  if (algorithm === 'unigram') {
    if (unknownId < 0) throw new RangeError(`${place} must have an unknown piece, got none.`);
    return new UnigramModel(
      pieces.map(({ piece, score }) => [piece, score]),
      { unknownId, byteFallback },
    );
  }
  const { pairs, products } = mergesOfScores(pieces);
  return new BytePairModel(new Vocabulary(pieces.map(({ piece }) => piece)), pairs, products, {
    unknownToken: unknownId < 0 ? null : pieces[unknownId]!.piece,
    fuseUnknown: true,
    byteFallback,
  });
}

/** Normalizer, pre-tokenizer and decoder. */
function partsOf(
  { pieces, byteFallback, characterMap, addDummyPrefix, removeExtraSpaces, escapeSpaces }: SentencePieceFile,
  place: string,
): Pick<Tokenizer, 'normalizer' | 'preTokenizer' | 'decoder'> {
  const hasLiterals = pieces.some(({ kind }) => kind === 'user-defined');
  const mark = escapeSpaces ? SPACE_MARK : ' ';
  // Where the text goes on after an added token, only Metaspace knows that it is not at its start. Prepend is exact for all else.
  const onlyFirst = addDummyPrefix && hasLiterals && escapeSpaces;
  const normalizers: Normalizer[] = [];
  if (characterMap.length > 0) normalizers.push(precompiled(characterMap, place));
  if (removeExtraSpaces) {
    normalizers.push(replace(' {2,}', ' '));
    if (!hasLiterals) normalizers.push(replace('\\A ', ''));
    normalizers.push(replace(`[ ${mark}]+\\z`, ''));
  }
  if (addDummyPrefix && !onlyFirst) normalizers.push(new PrependNormalizer(mark));
  if (escapeSpaces) normalizers.push(new ReplaceNormalizer(new LiteralPattern(' '), SPACE_MARK));
  const decoders: Decoder[] = [];
  if (escapeSpaces) decoders.push(new ReplaceDecoder(new LiteralPattern(SPACE_MARK), ' '));
  if (byteFallback) decoders.push(new ByteFallbackDecoder());
  decoders.push(new FuseDecoder());
  if (addDummyPrefix || removeExtraSpaces) decoders.push(new StripDecoder({ content: ' ', start: 1 }));
  // Words may be cut apart, and remembered, where no piece goes on after a space.
  const split =
    escapeSpaces && !pieces.some(({ piece, kind }) => kind === 'normal' && piece.includes(SPACE_MARK, 1));
  return {
    normalizer: normalizers.length === 1 ? normalizers[0] : new SequenceNormalizer(normalizers),
    preTokenizer:
      split || onlyFirst
        ? new MetaspacePreTokenizer({ prependScheme: onlyFirst ? 'first' : 'never', split })
        : undefined,
    decoder: new SequenceDecoder(decoders),
  };
}

function precompiled(characterMap: Uint8Array, place: string): PrecompiledNormalizer {
  let binary = '';
  for (const byte of characterMap) binary += String.fromCharCode(byte);
  try {
    return PrecompiledNormalizer.fromBase64(btoa(binary));
  } catch (error) {
    throw new RangeError(`${place}: the character map must be ${(error as Error).message}.`);
  }
}

function replace(pattern: string, content: string): ReplaceNormalizer {
  return new ReplaceNormalizer(new RegexPattern(pattern), content);
}
