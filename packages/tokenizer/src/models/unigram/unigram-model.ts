import { describeValue } from '../../describe-value.ts';
import type { IdBuffer } from '../../id-buffer.ts';
import type { RandomSource } from '../../random-source.ts';
import type { Model } from '../model.ts';
import type { TokenSpans } from '../token-spans.ts';
import { BestPath } from './best-path.ts';
import { Lattice, type LatticePath } from './lattice.ts';
import { PieceTrie } from './piece-trie.ts';

/** A piece and the logarithm of its probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/** Options of {@link UnigramModel}. */
export interface UnigramOptions {
  /** Id of the token for characters that are no piece; null: such characters are an error. */
  readonly unknownId: number | null;
  /** Whether unknown characters become the tokens `<0x00>` … `<0xFF>` of their UTF-8 bytes, if the vocabulary has them all (default false). */
  readonly byteFallback?: boolean;
  /**
   * Draws one way to cut a word in proportion to its probability to the power of `alpha`, among the `nbestSize` best ways, or among all (−1).
   * Default: the best way is taken.
   *
   * @see Kudo 2018, "Subword regularization", §3.2
   */
  readonly sampling?: UnigramSampling;
  /** Ids of tokens that are in the vocabulary, but not found in text (default none). */
  readonly hidden?: ReadonlySet<number>;
}

/** How {@link UnigramModel} draws. */
export interface UnigramSampling {
  readonly alpha: number;
  readonly nbestSize: number;
}

/** The `model` of tokenizer.json. */
export interface UnigramModelJson {
  readonly type: 'Unigram';
  readonly unk_id: number | null;
  readonly vocab: readonly ScoredPiece[];
  readonly byte_fallback: boolean;
}

/** How much less likely an unknown character is than the least likely piece. */
const UNKNOWN_PENALTY = 10;

/**
 * Unigram language model over pieces: a word is cut in the way whose pieces have the largest product of probabilities.
 *
 * Neighboring unknown characters are one token.
 *
 * @see Kudo 2018, "Subword regularization", §3.1
 */
export class UnigramModel implements Model {
  readonly type = 'Unigram';
  readonly isRandom: boolean;
  readonly vocabSize: number;
  readonly tokenCount: number;
  readonly unknownId: number | null;
  readonly byteFallback: boolean;
  readonly sampling: UnigramSampling | undefined;
  readonly #pieces: readonly ScoredPiece[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  /** Made at first use: a model that is only read and written again needs none. */
  #search: { readonly bestPath: BestPath; readonly lattice: Lattice } | undefined;
  readonly #hidden: ReadonlySet<number>;
  /** Ids of the bytes' tokens, if there are all of them. */
  readonly #byteIds: Int32Array | undefined;

  /**
   * @param pieces by id
   * @throws {RangeError} if a score is no finite number, the unknown id is none of the ids, or the sampling is out of range
   */
  constructor(
    pieces: readonly ScoredPiece[],
    { unknownId, byteFallback = false, sampling, hidden = new Set() }: UnigramOptions,
  ) {
    requireUnknownId(unknownId, pieces.length);
    requireSampling(sampling);
    const scores = new Float64Array(pieces.length);
    let smallest = Number.POSITIVE_INFINITY;
    for (const [id, [piece, score]] of pieces.entries()) {
      if (!Number.isFinite(score)) {
        throw new RangeError(
          `UnigramModel: the score of ${describeValue(piece)} must be a finite number, got ${describeValue(score)}.`,
        );
      }
      scores[id] = score;
      smallest = Math.min(smallest, score);
    }
    this.#pieces = pieces;
    this.#ids = new Map(pieces.map(([piece], id) => [piece, id]));
    this.vocabSize = pieces.length;
    this.tokenCount = this.#ids.size;
    this.unknownId = unknownId;
    this.byteFallback = byteFallback;
    this.sampling = sampling;
    this.#hidden = hidden;
    this.isRandom = sampling !== undefined;
    this.#scores = scores;
    this.#unknownScore = (pieces.length > 0 ? smallest : 0) - UNKNOWN_PENALTY;
    const byteIds = byteFallback ? byteTokens().map((token) => this.#ids.get(token)) : [];
    this.#byteIds = byteIds.length > 0 ? Int32Array.from(byteIds, (id) => id ?? -1) : undefined;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#pieces[id]?.[0];
  }

  /** The logarithm of a piece's probability; undefined if no piece has the id. */
  scoreOf(id: number): number | undefined {
    return this.#pieces[id]?.[1];
  }

  encode(word: string, output: IdBuffer, random: RandomSource): void {
    this.#emit(word, random, (id) => output.push(id));
  }

  encodeSpans(word: string, output: TokenSpans, random: RandomSource): void {
    this.#emit(word, random, (id, start, end, text) => output.push(id, start, end, text));
  }

  /**
   * The best ways to cut a word, the best one first.
   *
   * @param count how many at most
   * @returns ids of pieces (null: a character that is no piece), and the logarithm of each way's probability
   */
  nbest(word: string, count: number): LatticePath[] {
    return this.#searchers().lattice.nbest(word, count);
  }

  /**
   * The model for text that must not name tokens: neither these nor, where bytes have tokens, those of bytes are found in it, as SentencePiece finds
   * none of them. (Hugging Face's model finds them all.)
   */
  withHidden(ids: Iterable<number>): UnigramModel {
    const { unknownId, byteFallback, sampling } = this;
    return new UnigramModel(this.#pieces, {
      unknownId,
      byteFallback,
      ...(sampling && { sampling }),
      hidden: new Set([...ids, ...(this.#byteIds ?? [])]),
    });
  }

  toJSON(): UnigramModelJson {
    return {
      type: 'Unigram',
      unk_id: this.unknownId,
      vocab: this.#pieces,
      byte_fallback: this.byteFallback,
    };
  }

  #emit(
    word: string,
    random: RandomSource,
    emit: (id: number, start: number, end: number, text?: string) => void,
  ): void {
    const { count, ids, ends } = this.#cut(word, random);
    for (let index = 0; index < count; index++) {
      const id = ids[index]!;
      const start = index === 0 ? 0 : ends[index - 1]!;
      if (!this.#isUnknown(id)) {
        emit(id, start, ends[index]!);
        continue;
      }
      while (index + 1 < count && this.#isUnknown(ids[index + 1]!)) index++;
      this.#emitUnknown(word, start, ends[index]!, emit);
    }
  }

  #isUnknown(id: number): boolean {
    return id < 0 || id === this.unknownId;
  }

  /** A run of unknown characters: a piece after all, its bytes, or the unknown token. */
  #emitUnknown(
    word: string,
    start: number,
    end: number,
    emit: (id: number, start: number, end: number, text?: string) => void,
  ): void {
    const text = word.slice(start, end);
    const id = this.#ids.get(text);
    if (id !== undefined && !this.#hidden.has(id)) {
      emit(id, start, end);
      return;
    }
    if (this.#byteIds) {
      const bytes = new TextEncoder().encode(text);
      const ids = this.#byteIds;
      if (bytes.every((byte) => ids[byte]! >= 0)) {
        for (const byte of bytes) emit(ids[byte]!, start, end);
        return;
      }
    }
    if (this.unknownId === null) {
      throw new RangeError(
        `encode: text must hold only characters that the vocabulary covers, got ${describeValue(text)}. Give the model an unknown token.`,
      );
    }
    emit(this.unknownId, start, end, text);
  }

  /** The pieces of a word in order: ids (−1: no piece) and ends; valid until the next call. */
  #cut(
    word: string,
    random: RandomSource,
  ): { count: number; ids: ArrayLike<number>; ends: ArrayLike<number> } {
    const { bestPath, lattice } = this.#searchers();
    if (!this.sampling) {
      const count = bestPath.find(word);
      return { count, ids: bestPath.ids, ends: bestPath.ends };
    }
    const { alpha, nbestSize } = this.sampling;
    const nodes = lattice.sample(word, alpha, nbestSize, random);
    return {
      count: nodes.length,
      ids: nodes.map(({ id }) => id),
      ends: nodes.map(({ start, length }) => start + length),
    };
  }

  #searchers(): { readonly bestPath: BestPath; readonly lattice: Lattice } {
    if (!this.#search) {
      const entries = this.#pieces.map(([piece], id): [string, number] => [piece, id]);
      const trie = new PieceTrie(entries.filter(([, id]) => !this.#hidden.has(id)));
      this.#search = {
        bestPath: new BestPath(trie, this.#scores, this.#unknownScore),
        lattice: new Lattice(trie, this.#scores, this.#unknownScore),
      };
    }
    return this.#search;
  }
}

function byteTokens(): string[] {
  return Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
}

function requireUnknownId(unknownId: number | null, size: number): void {
  if (unknownId === null || (Number.isInteger(unknownId) && unknownId >= 0 && unknownId < size)) return;
  throw new RangeError(
    `UnigramModel: unknownId must be null, or an id of at least 0 and below ${size}, got ${describeValue(unknownId)}.`,
  );
}

function requireSampling(sampling: UnigramSampling | undefined): void {
  if (!sampling) return;
  const { alpha, nbestSize } = sampling;
  if (!(Number.isFinite(alpha) && alpha >= 0)) {
    throw new RangeError(
      `UnigramModel: sampling.alpha must be a number of at least 0, got ${describeValue(alpha)}.`,
    );
  }
  if (!(Number.isInteger(nbestSize) && (nbestSize === -1 || nbestSize > 0))) {
    throw new RangeError(
      `UnigramModel: sampling.nbestSize must be a positive integer, or −1 for all ways, got ${describeValue(nbestSize)}.`,
    );
  }
}
