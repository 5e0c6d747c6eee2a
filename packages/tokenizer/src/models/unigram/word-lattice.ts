import { characterLength } from './best-path.ts';
import { logAdd } from './lattice.ts';
import type { PieceTrie } from './piece-trie.ts';

/**
 * The pieces that lie in a word, for training: every piece occurs with the probability that the model gives to the ways through it.
 *
 * One object is used for word after word, and holds its numbers in arrays that grow.
 */
export class WordLattice {
  readonly #trie: PieceTrie;
  readonly #scores: Float64Array;
  #count = 0;
  #ids = new Int32Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);
  /** By place: log of the summed probability of all ways from the word's start, and to its end. */
  #forward = new Float64Array(64);
  #backward = new Float64Array(64);

  constructor(trie: PieceTrie, scores: Float64Array) {
    this.#trie = trie;
    this.#scores = scores;
  }

  /**
   * Adds to `expected`, by id, how often each piece is expected in a word that occurs `frequency` times.
   *
   * @returns the logarithm of the word's probability, all ways together; −∞ if there is no way
   * @see Rabiner 1989 (the forward-backward algorithm)
   */
  addExpected(word: string, frequency: number, expected: Float64Array): number {
    this.#read(word);
    const forward = this.#forward;
    const backward = this.#backward;
    const scores = this.#scores;
    forward.fill(Number.NEGATIVE_INFINITY, 0, word.length + 1);
    backward.fill(Number.NEGATIVE_INFINITY, 0, word.length + 1);
    forward[0] = 0;
    backward[word.length] = 0;
    for (let node = 0; node < this.#count; node++) {
      const end = this.#ends[node]!;
      const score = forward[this.#starts[node]!]! + scores[this.#ids[node]!]!;
      forward[end] = logAdd(forward[end]!, score);
    }
    const total = forward[word.length]!;
    if (total === Number.NEGATIVE_INFINITY) return total;
    for (let node = this.#count - 1; node >= 0; node--) {
      const start = this.#starts[node]!;
      const rest = backward[this.#ends[node]!]! + scores[this.#ids[node]!]!;
      backward[start] = logAdd(backward[start]!, rest);
      expected[this.#ids[node]!]! += frequency * Math.exp(forward[start]! + rest - total);
    }
    return total;
  }

  /** All pieces in the word, by start and then by end, which is an order in which every way runs forward. */
  #read(word: string): void {
    this.#count = 0;
    if (this.#forward.length <= word.length) {
      this.#forward = new Float64Array(2 * word.length + 2);
      this.#backward = new Float64Array(2 * word.length + 2);
    }
    for (let start = 0; start < word.length; start += characterLength(word, start)) {
      let node = 0;
      for (let index = start; index < word.length; index++) {
        node = this.#trie.child(node, word.charCodeAt(index));
        if (node < 0) break;
        const id = this.#trie.valueAt(node);
        if (id >= 0) this.#push(id, start, index + 1);
      }
    }
  }

  #push(id: number, start: number, end: number): void {
    if (this.#count === this.#ids.length) {
      [this.#ids, this.#starts, this.#ends] = [
        doubled(this.#ids),
        doubled(this.#starts),
        doubled(this.#ends),
      ];
    }
    this.#ids[this.#count] = id;
    this.#starts[this.#count] = start;
    this.#ends[this.#count++] = end;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
