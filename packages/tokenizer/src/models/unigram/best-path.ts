import type { Trie } from '../../trie.ts';

/**
 * The most likely way to cut a word into pieces: the Viterbi algorithm over all ends of pieces, in time that grows with the word's length times
 * that of the longest piece.
 *
 * Of two ways with the same score, the one found first stays: that whose last piece is longer.
 */
export class BestPath {
  readonly #trie: Trie;
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  readonly #isSingle: boolean;
  /** By end of piece: score of the best way to get there, the last piece's id, and where that begins (−1: no way). */
  #bestScores = new Float64Array(64);
  #bestIds = new Int32Array(64);
  #bestStarts = new Int32Array(64);

  /**
   * @param trie         the pieces, with their ids
   * @param scores       log probabilities by id
   * @param unknownScore of a character that is no piece
   * @param isSingle     whether sums are kept in single precision and compared before they are rounded, as in SentencePiece: it decides between ways that are as good as equal
   */
  constructor(trie: Trie, scores: Float64Array, unknownScore: number, isSingle = false) {
    this.#trie = trie;
    this.#scores = scores;
    this.#unknownScore = unknownScore;
    this.#isSingle = isSingle;
  }

  /**
   * Visits the pieces of the best way from the last to the first.
   *
   * @param visit gets the id (−1: a character that is no piece), the start and the end
   */
  find(word: string, visit: (id: number, start: number, end: number) => void): void {
    this.#reserve(word.length + 1);
    const trie = this.#trie;
    const isSingle = this.#isSingle;
    const scores = this.#scores;
    const bestScores = this.#bestScores;
    const bestIds = this.#bestIds;
    const bestStarts = this.#bestStarts;
    bestStarts.fill(-1, 0, word.length + 1);
    bestScores[0] = 0;
    for (let start = 0; start < word.length; ) {
      const scoreHere = bestScores[start]!;
      const single = start + characterLength(word, start);
      let hasSingle = false;
      let node = 0;
      for (let index = start; index < word.length; index++) {
        node = trie.child(node, word.charCodeAt(index));
        if (node < 0) break;
        const id = trie.valueAt(node);
        if (id < 0) continue;
        const end = index + 1;
        const score = scores[id]! + scoreHere;
        if (bestStarts[end]! < 0 || score > bestScores[end]!) {
          bestScores[end] = isSingle ? Math.fround(score) : score;
          bestIds[end] = id;
          bestStarts[end] = start;
        }
        if (end === single) hasSingle = true;
      }
      if (!hasSingle) {
        const sum = this.#unknownScore + scoreHere;
        const score = isSingle ? Math.fround(sum) : sum;
        if (bestStarts[single]! < 0 || score > bestScores[single]!) {
          bestScores[single] = score;
          bestIds[single] = -1;
          bestStarts[single] = start;
        }
      }
      start = single;
    }
    for (let end = word.length; end > 0; ) {
      const start = bestStarts[end]!;
      visit(bestIds[end]!, start, end);
      end = start;
    }
  }

  #reserve(size: number): void {
    if (this.#bestIds.length >= size) return;
    const capacity = 2 * size;
    this.#bestScores = new Float64Array(capacity);
    this.#bestIds = new Int32Array(capacity);
    this.#bestStarts = new Int32Array(capacity);
  }
}

/** Code units of the character at a place: 2 for those beyond U+FFFF. */
export function characterLength(text: string, index: number): number {
  return text.codePointAt(index)! > 0xffff ? 2 : 1;
}
