import { characterLength } from './best-path.ts';
import { logAdd } from './lattice.ts';
import type { PieceTrie } from './piece-trie.ts';

/**
 * The pieces that lie in a word, for training: every piece occurs with the probability that the model gives to the ways through it.
 *
 * One object is used for word after word, and holds its numbers in arrays that grow. It multiplies probabilities, each of them scaled by the length of its
 * piece so that products of many stay about 1; words in which they do not are done again with logarithms.
 */
export class WordLattice {
  readonly #trie: PieceTrie;
  readonly #scores: Float64Array;
  readonly #scale: number;
  /** By id: probabilities, scaled. */
  readonly #weights: Float64Array;
  /** By node. */
  #count = 0;
  #ids = new Int32Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);
  #products = new Float64Array(256);
  /** By place: the trie's number of the code unit; the summed probability of all ways from the word's start, and to its end. */
  #numbers = new Uint16Array(64);
  #forward = new Float64Array(64);
  #backward = new Float64Array(64);

  /**
   * @param texts  pieces by id
   * @param scores logarithms of their probabilities
   * @param scale  nats by which a code unit of the words makes them less likely, about (default 0)
   */
  constructor(trie: PieceTrie, texts: readonly string[], scores: Float64Array, scale = 0) {
    this.#trie = trie;
    this.#scores = scores;
    this.#scale = scale;
    this.#weights = scores.map((score, id) => Math.exp(score + scale * texts[id]!.length));
  }

  /**
   * Adds to `expected`, by id, how often each piece is expected in a word that occurs `frequency` times.
   *
   * @returns the logarithm of the word's probability, all ways together; −∞ if there is no way
   * @see Rabiner 1989 (the forward-backward algorithm)
   */
  addExpected(word: string, frequency: number, expected: Float64Array): number {
    const total = this.#read(word);
    if (!(total > SMALLEST && total < 1 / SMALLEST)) return this.#addByLogarithms(word, frequency, expected);
    const { length } = word;
    const backward = this.#backward;
    const weights = this.#weights;
    const ids = this.#ids;
    const starts = this.#starts;
    const ends = this.#ends;
    const products = this.#products;
    backward.fill(0, 0, length);
    backward[length] = 1;
    const share = frequency / total;
    for (let node = this.#count - 1; node >= 0; node--) {
      const id = ids[node]!;
      const rest = backward[ends[node]!]!;
      backward[starts[node]!]! += rest * weights[id]!;
      expected[id]! += share * (products[node]! * rest);
    }
    return Math.log(total) - this.#scale * length;
  }

  /**
   * Finds all pieces in the word, by start and then by end, which is an order in which every way runs forward.
   *
   * @returns the scaled probability of all ways together
   */
  #read(word: string): number {
    const { length } = word;
    this.#reserve(length + 1);
    const { numbers: numberOf, cells } = this.#trie;
    const numbers = this.#numbers;
    const forward = this.#forward;
    const weights = this.#weights;
    for (let index = 0; index < length; index++) numbers[index] = numberOf[word.charCodeAt(index)]!;
    forward.fill(0, 1, length + 1);
    forward[0] = 1;
    let count = 0;
    for (let start = 0; start < length; start += characterLength(word, start)) {
      if (count + length - start > this.#ids.length) this.#reserveNodes(length);
      const ids = this.#ids;
      const starts = this.#starts;
      const ends = this.#ends;
      const products = this.#products;
      const here = forward[start]!;
      for (let node = 0, index = start; index < length; ) {
        const child = cells[4 * node]! + numbers[index]!;
        if (cells[4 * child + 1] !== node) break;
        node = child;
        index++;
        const id = cells[4 * node + 2]!;
        if (id < 0) continue;
        const product = here * weights[id]!;
        ids[count] = id;
        starts[count] = start;
        ends[count] = index;
        products[count++] = product;
        forward[index]! += product;
      }
    }
    this.#count = count;
    return forward[length]!;
  }

  /** For the word that was read last. */
  #addByLogarithms(word: string, frequency: number, expected: Float64Array): number {
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

  #reserve(size: number): void {
    if (this.#numbers.length >= size) return;
    this.#numbers = new Uint16Array(2 * size);
    this.#forward = new Float64Array(2 * size);
    this.#backward = new Float64Array(2 * size);
  }

  /** Makes room for as many more nodes as there can be at one start, at least. */
  #reserveNodes(more: number): void {
    const capacity = 2 * this.#ids.length + more;
    const grown = <A extends Int32Array | Float64Array>(array: A, larger: A): A => {
      larger.set(array);
      return larger;
    };
    this.#ids = grown(this.#ids, new Int32Array(capacity));
    this.#starts = grown(this.#starts, new Int32Array(capacity));
    this.#ends = grown(this.#ends, new Int32Array(capacity));
    this.#products = grown(this.#products, new Float64Array(capacity));
  }
}

/** Sums of products that are smaller, or larger than one over it, may have lost digits. */
const SMALLEST = 1e-200;
