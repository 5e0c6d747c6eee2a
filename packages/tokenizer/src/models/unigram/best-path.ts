import type { PieceTrie } from './piece-trie.ts';

/**
 * The most likely way to cut a word into pieces: the Viterbi algorithm over all ends of pieces, in time that grows with the word's length times
 * that of the longest piece.
 *
 * Of two ways with the same score, the one found first stays: that whose last piece is longer.
 */
export class BestPath {
  /** The pieces of the way found last, in order: their ids (−1: a character that is no piece) and ends. */
  ids: Int32Array = new Int32Array(FIRST_SIZE);
  ends: Int32Array = new Int32Array(FIRST_SIZE);
  /** The logarithm of its probability. */
  score = 0;
  /** Whether ways that are as good as equal met at some place of the word, so that the order in which they were found decided. */
  hasTie = false;
  readonly #trie: PieceTrie;
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  readonly #isSingle: boolean;
  /** By place: the trie's number of the code unit there. */
  #numbers = new Uint16Array(FIRST_SIZE);
  /** By end of piece: score of the best way to get there, the last piece's id, and where that begins (−1: no way). */
  #bestScores = new Float64Array(FIRST_SIZE);
  #bestIds = new Int32Array(FIRST_SIZE);
  #bestStarts = new Int32Array(FIRST_SIZE);

  /**
   * @param trie         the pieces, with their ids
   * @param scores       log probabilities by id
   * @param unknownScore of a character that is no piece
   * @param isSingle     whether sums are kept in single precision and compared before they are rounded, as in SentencePiece: it decides between ways that are as good as equal
   */
  constructor(trie: PieceTrie, scores: Float64Array, unknownScore: number, isSingle = false) {
    this.#trie = trie;
    this.#scores = scores;
    this.#unknownScore = unknownScore;
    this.#isSingle = isSingle;
  }

  /**
   * Finds the best way, and leaves it in `ids`, `ends`, `score` and `hasTie` until the next call.
   *
   * @param excluded id of a piece that is not to be used (default none)
   * @returns how many pieces it has
   */
  find(word: string, excluded = -1): number {
    const { length } = word;
    this.#reserve(length + 1);
    const { numbers: numberOf, cells } = this.#trie;
    const isSingle = this.#isSingle;
    const unknownScore = this.#unknownScore;
    const scores = this.#scores;
    const numbers = this.#numbers;
    const bestScores = this.#bestScores;
    const bestIds = this.#bestIds;
    const bestStarts = this.#bestStarts;
    for (let index = 0; index < length; index++) numbers[index] = numberOf[word.charCodeAt(index)]!;
    bestStarts.fill(-1, 0, length + 1);
    bestScores[0] = 0;
    let hasTie = false;
    for (let start = 0; start < length; ) {
      const scoreHere = bestScores[start]!;
      const single = start + characterLength(word, start);
      let hasSingle = false;
      for (let node = 0, index = start; index < length; ) {
        const child = cells[4 * node]! + numbers[index]!;
        if (cells[4 * child + 1] !== node) break;
        node = child;
        index++;
        const id = cells[4 * node + 2]!;
        if (id < 0 || id === excluded) continue;
        const score = scores[id]! + scoreHere;
        const isFirst = bestStarts[index]! < 0;
        if (!isFirst && Math.abs(score - bestScores[index]!) < TIE) hasTie = true;
        if (isFirst || score > bestScores[index]!) {
          bestScores[index] = isSingle ? Math.fround(score) : score;
          bestIds[index] = id;
          bestStarts[index] = start;
        }
        if (index === single) hasSingle = true;
      }
      if (!hasSingle) {
        const sum = unknownScore + scoreHere;
        const score = isSingle ? Math.fround(sum) : sum;
        if (bestStarts[single]! < 0 || score > bestScores[single]!) {
          bestScores[single] = score;
          bestIds[single] = -1;
          bestStarts[single] = start;
        }
      }
      start = single;
    }
    this.score = bestScores[length]!;
    this.hasTie = hasTie;
    return this.#follow(length);
  }

  /** Writes down the way that ends at a place. */
  #follow(length: number): number {
    const { ids, ends } = this;
    const bestIds = this.#bestIds;
    const bestStarts = this.#bestStarts;
    let count = 0;
    for (let end = length; end > 0; end = bestStarts[end]!) count++;
    let index = count;
    for (let end = length; end > 0; end = bestStarts[end]!) {
      index--;
      ids[index] = bestIds[end]!;
      ends[index] = end;
    }
    return count;
  }

  #reserve(size: number): void {
    if (this.#bestIds.length >= size) return;
    const capacity = 2 * size;
    this.ids = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.#numbers = new Uint16Array(capacity);
    this.#bestScores = new Float64Array(capacity);
    this.#bestIds = new Int32Array(capacity);
    this.#bestStarts = new Int32Array(capacity);
  }
}

/** Sums of scores that differ by less may be in another order when they are added up in another order. */
export const TIE = 1e-9;

/** Code units of words that there is room for from the start. */
const FIRST_SIZE = 64;

/** Code units of the character at a place: 2 for those beyond U+FFFF. */
export function characterLength(text: string, index: number): number {
  return text.codePointAt(index)! > 0xffff ? 2 : 1;
}
