import { describeValue } from './describe-value.ts';

/** What a {@link NgramTrie} is made of. */
export interface NgramTrieParts {
  readonly levelStarts: Int32Array;
  readonly words: Int32Array;
  readonly firstChildren: Int32Array;
  /** Left out: found when they are asked for. */
  readonly suffixes?: Int32Array;
}

/**
 * N-grams up to an order, as paths from a root; what counts and models have in common.
 *
 * Nodes are numbered level by level, and within a level in the order of their words: node 0 is the root (the empty n-gram), node
 * `word + 1` is the unigram of a word, whether it occurs or not, and the children of a node (it, followed by one more word) stand one
 * after the other by rising word. Every node knows its longest proper suffix in the trie: `b c` for `a b c`. That makes the trie an
 * automaton: a node is all that has to be remembered of the words before.
 */
export class NgramTrie {
  /** Words of the longest n-grams. */
  readonly order: number;
  /** Where each level begins; level k holds the n-grams of k words. `order + 2` numbers, the last is the node count. */
  readonly levelStarts: Int32Array;
  /** The last word of each node; −1 for the root. */
  readonly words: Int32Array;
  /** The first child of each node below the highest order, and one number more: the children of `n` end where those of `n + 1` begin. */
  readonly firstChildren: Int32Array;
  /** The suffix of each node; 0 from the bigrams on where nobody has asked for it yet, as their suffixes are no roots. */
  readonly #suffixes: Int32Array;
  /**
   * For each node below the highest order a bit for every child, at a place that the child's word has; 0 where nobody has looked for a
   * child yet. Most words that do not follow are told by it, without a look at the children.
   */
  readonly #signatures: Int32Array;
  #parents: Int32Array | undefined;

  constructor(parts: NgramTrieParts) {
    this.order = parts.levelStarts.length - 2;
    this.levelStarts = parts.levelStarts;
    this.words = parts.words;
    this.firstChildren = parts.firstChildren;
    this.#suffixes = parts.suffixes ?? new Int32Array(parts.words.length);
    this.#signatures = new Int32Array(this.contextCount);
  }

  get nodeCount(): number {
    return this.words.length;
  }

  /** Bytes of its arrays; {@link parents} are not counted. */
  get byteLength(): number {
    const arrays = [this.levelStarts, this.words, this.firstChildren, this.#suffixes, this.#signatures];
    return arrays.reduce((sum, array) => sum + array.byteLength, 0);
  }

  /** How many nodes may have children: those below the highest order. They come first. */
  get contextCount(): number {
    return this.levelStarts[this.order]!;
  }

  get vocabSize(): number {
    return this.levelStarts[2]! - 1;
  }

  /** N-grams of each order, 1 first; unigrams count that do not occur. */
  get sizes(): number[] {
    return Array.from(
      { length: this.order },
      (_, index) => this.levelEnd(index + 1) - this.levelStart(index + 1),
    );
  }

  /**
   * The n-grams of at most so many words; the arrays are shared, and nodes keep their numbers.
   *
   * @throws {RangeError} if the trie has no n-grams of that order
   */
  upTo(order: number): NgramTrie {
    if (!Number.isInteger(order) || order < 1 || order > this.order) {
      throw new RangeError(
        `upTo: order must be an integer from 1 to ${this.order}, got ${describeValue(order)}.`,
      );
    }
    const nodeCount = this.levelEnd(order);
    return new NgramTrie({
      levelStarts: this.levelStarts.subarray(0, order + 2),
      words: this.words.subarray(0, nodeCount),
      firstChildren: this.firstChildren.subarray(0, this.levelStart(order) + 1),
      suffixes: this.#suffixes.subarray(0, nodeCount),
    });
  }

  levelStart(level: number): number {
    return this.levelStarts[level]!;
  }

  levelEnd(level: number): number {
    return this.levelStarts[level + 1]!;
  }

  /** How many words a node has. */
  levelOf(node: number): number {
    let level = 0;
    while (node >= this.levelStarts[level + 1]!) level++;
    return level;
  }

  /** The child of a node below the highest order by a word, −1 if there is none. */
  child(node: number, word: number): number {
    if (node === 0) return word + 1;
    let low = this.firstChildren[node]!;
    let high = this.firstChildren[node + 1]!;
    if (!(low < high)) return -1;
    const signature = this.#signatures[node]! || this.#sign(node);
    if (((signature >>> signaturePlace(word)) & 1) === 0) return -1;
    const { words } = this;
    while (high - low > FEW) {
      const middle = (low + high) >>> 1;
      if (words[middle]! <= word) low = middle;
      else high = middle;
    }
    for (; low < high; low++) if (words[low] === word) return low;
    return -1;
  }

  #sign(node: number): number {
    const start = this.firstChildren[node]!;
    const end = this.firstChildren[node + 1]!;
    let signature = end - start > MANY ? -1 : 0;
    for (let child = start; child < end && signature !== -1; child++) {
      signature |= 1 << signaturePlace(this.words[child]!);
    }
    this.#signatures[node] = signature;
    return signature;
  }

  /** The node of an n-gram, −1 if it is not there. */
  find(ngram: ArrayLike<number>): number {
    if (ngram.length > this.order) return -1;
    let node = 0;
    for (let index = 0; index < ngram.length; index++) {
      const word = ngram[index]!;
      if (word < 0 || word >= this.vocabSize) return -1;
      node = this.child(node, word);
      if (node < 0) return -1;
    }
    return node;
  }

  /** The node to remember after a node was reached: itself, or its suffix if it is too long to have children. */
  contextAfter(node: number): number {
    return node < this.contextCount ? node : this.suffixOf(node);
  }

  /** The longest proper suffix of a node that is in the trie: the root for unigrams. */
  suffixOf(node: number): number {
    const suffix = this.#suffixes[node]!;
    return suffix > 0 || node < this.levelStarts[2]! ? suffix : this.#findSuffix(node);
  }

  /**
   * The suffix of the parent, or the longest suffix of that one that the word follows, and the word.
   *
   * @see Aho and Corasick 1975, failure function
   */
  #findSuffix(node: number): number {
    const word = this.words[node]!;
    let context = this.suffixOf(this.parentOf(node));
    let suffix = this.child(context, word);
    while (suffix < 0) {
      context = this.suffixOf(context);
      suffix = this.child(context, word);
    }
    this.#suffixes[node] = suffix;
    return suffix;
  }

  /** The n-gram without its last word; by binary search. Not for the root. */
  parentOf(node: number): number {
    let low = 0;
    let high = this.contextCount;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if (this.firstChildren[middle]! <= node) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The n-gram without its last word, by node; −1 for the root. Computed at the first call. */
  get parents(): Int32Array {
    if (this.#parents) return this.#parents;
    const parents = new Int32Array(this.nodeCount).fill(-1);
    for (let node = 0; node < this.contextCount; node++) {
      parents.fill(node, this.firstChildren[node]!, this.firstChildren[node + 1]!);
    }
    this.#parents = parents;
    return parents;
  }

  /** The words of a node. */
  ngramOf(node: number): number[] {
    const ngram: number[] = [];
    for (let at = node; at > 0; at = this.parents[at]!) ngram.push(this.words[at]!);
    return ngram.reverse();
  }
}

/** So few children are gone through one by one. */
const FEW = 4;
/** So many children leave no bit of a signature unset worth looking at. */
const MANY = 64;

/** 0 to 31, from the upper bits of a product with 2³² divided by the golden ratio. */
function signaturePlace(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 27;
}
