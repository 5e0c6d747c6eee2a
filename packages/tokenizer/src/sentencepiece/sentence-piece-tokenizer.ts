import { checkText } from '../check-text.ts';
import { describeValue } from '../describe-value.ts';
import { IdBuffer } from '../id-buffer.ts';
import { createRandomSource } from '../random-source.ts';
import type { StreamingTextDecoder } from '../text-decoder.ts';
import type { DecodeOptions } from '../tokenizer.ts';
import { unknownIdError } from '../unknown-id-error.ts';
import { BytePairPieces } from './byte-pair-pieces.ts';
import { PieceDecoder } from './piece-decoder.ts';
import type { EmitPiece, PieceModel } from './piece-model.ts';
import { CharacterPieces, WordPieces } from './plain-pieces.ts';
import {
  decodeSentencePieceFile,
  encodeSentencePieceFile,
  type SentencePieceFile,
} from './sentence-piece-file.ts';
import { TextNormalizer } from './text-normalizer.ts';
import { UnigramPieces } from './unigram-pieces.ts';

/** Options of {@link SentencePieceTokenizer.encode}. */
export interface SentencePieceEncodeOptions {
  /** Puts the piece `<s>` first (default false). */
  readonly addBeginning?: boolean;
  /** Puts the piece `</s>` last (default false). */
  readonly addEnd?: boolean;
}

/** Options of {@link SentencePieceTokenizer.sample}. */
export interface SentencePieceSampleOptions extends SentencePieceEncodeOptions {
  /** The same seed, the same pieces. */
  readonly seed: number;
  /** 0: all ways are as likely; 1: as likely as the model says; larger: ever closer to the best way. */
  readonly alpha: number;
  /** Among how many of the best ways; default −1: among all. */
  readonly nbestSize?: number;
}

/** One way to cut a text. */
export interface ScoredIds {
  readonly ids: Int32Array;
  /** The logarithm of its probability. */
  readonly score: number;
}

/**
 * The tokenizer of a SentencePiece `.model` file: pieces and ids are those that SentencePiece finds, for all four of its algorithms.
 *
 * @see Kudo & Richardson 2018, "SentencePiece"
 */
export class SentencePieceTokenizer {
  readonly file: SentencePieceFile;
  readonly vocabSize: number;
  /** Ids of the control pieces, by their text. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** Undefined where the file has none. */
  readonly unknownId: number | undefined;
  readonly #model: PieceModel;
  readonly #normalizer: TextNormalizer;
  readonly #ids: ReadonlyMap<string, number>;
  /** By byte; undefined without byte fallback. */
  readonly #byteIds: Int32Array | undefined;

  /** @throws {RangeError} if the file contradicts itself */
  constructor(file: SentencePieceFile, source = 'SentencePieceTokenizer') {
    const { pieces } = file;
    this.file = file;
    this.vocabSize = pieces.length;
    this.specialTokens = new Map(
      pieces.flatMap(({ piece, kind }, id) => (kind === 'control' ? [[piece, id] as const] : [])),
    );
    const unknownId = pieces.findIndex(({ kind }) => kind === 'unknown');
    this.unknownId = unknownId < 0 ? undefined : unknownId;
    this.#ids = new Map(pieces.map(({ piece }, id) => [piece, id]));
    this.#byteIds = file.byteFallback ? byteIds(file, source) : undefined;
    const literals = pieces.filter(({ kind }) => kind === 'user-defined').map(({ piece }) => piece);
    this.#normalizer = new TextNormalizer(file, literals, source);
    this.#model = modelOf(file);
  }

  idOf(piece: string): number | undefined {
    return this.#ids.get(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.file.pieces[id]?.piece;
  }

  /** The text as the model sees it: rewritten by the file's rules, spaces marked. Lone surrogates count as U+FFFD. */
  normalize(text: string): string {
    return this.#normalizer.normalize(checkText(text, 'normalize', 'text'));
  }

  /**
   * The ids of a text. Control pieces written in the text are only text.
   *
   * @throws {RangeError} if a character has no piece, and the file no unknown piece; or if `<s>` or `</s>` is asked for and missing
   */
  encode(text: string, options: SentencePieceEncodeOptions = {}): Int32Array {
    const normalized = this.normalize(text);
    return this.#ids32(normalized, (emit) => this.#model.cut(normalized, emit), options);
  }

  /** The pieces of a text as strings; unknown ones as they stand in the normalized text. */
  encodeAsPieces(text: string): string[] {
    const normalized = this.normalize(text);
    const pieces: string[] = [];
    this.#emit(
      normalized,
      (emit) => this.#model.cut(normalized, emit),
      (id, start, end) =>
        pieces.push(id === this.unknownId ? normalized.slice(start, end) : this.pieceOf(id)!),
    );
    return pieces;
  }

  /**
   * The best ways to cut a text, the best one first.
   *
   * @throws {TypeError} if the model is not a Unigram model
   */
  nbest(text: string, count: number): ScoredIds[] {
    const model = this.#unigram('nbest');
    const normalized = this.normalize(text);
    return model.nbest(normalized, count).map(({ nodes, score }) => ({
      score,
      ids: this.#ids32(normalized, (emit) => {
        for (const { id, start, length } of nodes) emit(id, start, start + length);
      }),
    }));
  }

  /**
   * One way to cut a text, drawn in proportion to its probability to the power of `alpha`: noise that makes models robust.
   *
   * @throws {TypeError} if the model is not a Unigram model
   * @see Kudo 2018, "Subword regularization", §3.2
   */
  sample(text: string, { seed, alpha, nbestSize = -1, ...options }: SentencePieceSampleOptions): Int32Array {
    const model = this.#unigram('sample');
    const normalized = this.normalize(text);
    const nodes = model.sample(normalized, alpha, nbestSize, createRandomSource(seed));
    const cut = (emit: EmitPiece): void => {
      for (const { id, start, length } of nodes) emit(id, start, start + length);
    };
    return this.#ids32(normalized, cut, options);
  }

  /** @throws {RangeError} if an id is not in the vocabulary */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string {
    const decoder = this.createTextDecoder(options);
    return decoder.push(ids) + decoder.end();
  }

  /**
   * A decoder for ids that arrive one after the other; holds back the bytes of a character until all are there.
   *
   * @param options `skipSpecialTokens` makes no difference: control pieces read as nothing
   */
  createTextDecoder(_options?: DecodeOptions): StreamingTextDecoder {
    const decoder = new PieceDecoder(this.file);
    return {
      push: (ids) => {
        const list = typeof ids === 'number' ? [ids] : ids;
        let text = '';
        for (let index = 0; index < list.length; index++) {
          const piece = this.file.pieces[list[index]!];
          if (!piece) throw unknownIdError(list, index, this.vocabSize);
          text += decoder.push(piece);
        }
        return text;
      },
      end: () => decoder.end(),
    };
  }

  /** The `.model` file. */
  toBytes(): Uint8Array {
    return encodeSentencePieceFile(this.file);
  }

  #ids32(
    normalized: string,
    cut: (emit: EmitPiece) => void,
    { addBeginning = false, addEnd = false }: SentencePieceEncodeOptions = {},
  ): Int32Array {
    const output = new IdBuffer(normalized.length / 3 + 2);
    if (addBeginning) output.push(this.#control('<s>', 'addBeginning'));
    this.#emit(normalized, cut, (id) => output.push(id));
    if (addEnd) output.push(this.#control('</s>', 'addEnd'));
    return output.toArray();
  }

  /** Turns what is no piece into bytes, or runs of it into one unknown piece. */
  #emit(normalized: string, cut: (emit: EmitPiece) => void, emit: EmitPiece): void {
    let [unknownStart, unknownEnd] = [0, 0];
    const endUnknown = (): void => {
      if (unknownEnd > unknownStart) emit(this.unknownId!, unknownStart, unknownEnd);
      unknownStart = unknownEnd;
    };
    cut((id, start, end) => {
      if (id >= 0) {
        endUnknown();
        emit(id, start, end);
      } else if (this.#byteIds) {
        for (const byte of new TextEncoder().encode(normalized.slice(start, end)))
          emit(this.#byteIds[byte]!, start, end);
      } else {
        if (this.unknownId === undefined) throw this.#unknownCharacter(normalized.slice(start, end));
        if (unknownEnd <= unknownStart) unknownStart = start;
        unknownEnd = end;
      }
    });
    endUnknown();
  }

  #control(piece: string, option: string): number {
    const id = this.specialTokens.get(piece);
    if (id !== undefined) return id;
    throw new RangeError(`encode: ${option} needs the control piece ${piece}, which the vocabulary lacks.`);
  }

  #unknownCharacter(character: string): RangeError {
    return new RangeError(
      `encode: text must hold only characters that the vocabulary covers, got ${describeValue(character)}, and there is no unknown piece.`,
    );
  }

  #unigram(caller: string): UnigramPieces {
    if (this.#model instanceof UnigramPieces) return this.#model;
    throw new TypeError(`${caller}: the model must be a Unigram model, got ${this.file.algorithm}.`);
  }
}

/**
 * Reads a SentencePiece `.model` file.
 *
 * @param source names the file in errors
 * @throws {RangeError} if the bytes are no such file, or it contradicts itself
 * @example
 * const tokenizer = loadSentencePiece(await readFile('tokenizer.model'));
 * tokenizer.encodeAsPieces('Hello world'); // [ '▁Hello', '▁world' ]
 */
export function loadSentencePiece(
  bytes: Uint8Array,
  { source = 'loadSentencePiece' }: { readonly source?: string } = {},
): SentencePieceTokenizer {
  return new SentencePieceTokenizer(decodeSentencePieceFile(bytes, source), source);
}

function modelOf({ algorithm, pieces }: SentencePieceFile): PieceModel {
  switch (algorithm) {
    case 'unigram':
      return new UnigramPieces(pieces);
    case 'bpe':
      return new BytePairPieces(pieces);
    case 'char':
      return new CharacterPieces(pieces);
    case 'word':
      return new WordPieces(pieces);
  }
}

function byteIds({ pieces }: SentencePieceFile, source: string): Int32Array {
  const ids = new Map(
    pieces.flatMap(({ piece, kind }, id) => (kind === 'byte' ? [[piece, id] as const] : [])),
  );
  return Int32Array.from({ length: 256 }, (_, byte) => {
    const piece = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    const id = ids.get(piece);
    if (id === undefined)
      throw new RangeError(`${source}: byte fallback needs the piece ${piece}, got none.`);
    return id;
  });
}
