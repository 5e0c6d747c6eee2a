/**
 * A language model that only counts: the line every neural model here is measured against.
 *
 * Interpolated n-gram with Witten-Bell smoothing. A context h that was followed by c(h) tokens, u(h) different ones,
 * keeps u(h) / (c(h) + u(h)) of its probability for what the next shorter context h′ says:
 *
 *   P(w | h) = (c(h w) + u(h) · P(w | h′)) / (c(h) + u(h)),   and P(w) ends in 1 / vocabSize
 *
 * All counts are exact and live in one trie of n-grams, addressed by a hash table on (node, token).
 *
 * @see Witten and Bell 1991; Chen and Goodman 1998, §2.4
 */
export interface CountModel {
  /** Longest n-gram counted, in tokens; the context is one shorter. */
  readonly order: number;
  readonly vocabSize: number;
  /** P(token | the last `order - 1` tokens of context); sums to one over the vocabulary. */
  probability(context: ArrayLike<number>, token: number): number;
}

export interface CountModelOptions {
  readonly order: number;
  readonly vocabSize: number;
}

/** Counts every n-gram of `tokens` up to the given order; one pass, about a second for a million tokens. */
export function fitCountModel(
  tokens: ArrayLike<number>,
  { order, vocabSize }: CountModelOptions,
): CountModel {
  if (!Number.isInteger(order) || order < 1) {
    throw new RangeError(`fitCountModel: order must be a positive integer, got ${order}.`);
  }
  const trie = new NgramTrie();
  // Nodes of the contexts that end before the current token, by length; length 0 is the root.
  const contexts = new Int32Array(order);
  for (let position = 0; position < tokens.length; position++) {
    for (let length = Math.min(position, order - 1); length >= 0; length--) {
      const node = trie.count(contexts[length]!, tokens[position]!);
      if (length + 1 < order) contexts[length + 1] = node;
    }
  }
  return {
    order,
    vocabSize,
    probability(context, token) {
      let probability = 1 / vocabSize;
      const longest = Math.min(order - 1, context.length);
      for (let length = 0; length <= longest; length++) {
        const node = trie.find(context, context.length - length);
        if (node < 0 || trie.followers[node] === 0) break;
        const child = trie.child(node, token);
        const different = trie.different[node]!;
        const seen = child < 0 ? 0 : trie.occurrences[child]!;
        probability = (seen + different * probability) / (trie.followers[node]! + different);
      }
      return probability;
    },
  };
}

/**
 * Mean nats per token of `tokens` after the first, each given those before it.
 *
 * @param order longest n-gram to use; a model knows all its shorter ones too
 */
export function countModelLoss(
  model: CountModel,
  tokens: Int32Array,
  { order = model.order }: { readonly order?: number } = {},
): number {
  let nats = 0;
  for (let position = 1; position < tokens.length; position++) {
    const context = tokens.subarray(Math.max(0, position - order + 1), position);
    nats -= Math.log(model.probability(context, tokens[position]!));
  }
  return nats / (tokens.length - 1);
}

const ROOT = 0;

/** N-grams as paths from the root. Node properties and the hash table are flat arrays that double when full. */
class NgramTrie {
  /** How often the n-gram occurred, per node. */
  occurrences: Int32Array = new Int32Array(1 << 12);
  /** How many tokens followed it. */
  followers: Int32Array = new Int32Array(1 << 12);
  /** How many different tokens followed it. */
  different: Int32Array = new Int32Array(1 << 12);

  #parents = new Int32Array(1 << 12);
  #tokens = new Int32Array(1 << 12);
  #nodeCount = 1;
  /** Open addressing: node at each slot, 0 (the root, nobody's child) where empty. */
  #slots = new Int32Array(1 << 13);

  /** Counts one occurrence of `token` after `node`, and returns the longer n-gram's node. */
  count(node: number, token: number): number {
    const slot = this.#slot(node, token);
    const child = this.#slots[slot] || this.#add(slot, node, token);
    if (this.occurrences[child]!++ === 0) this.different[node]!++;
    this.followers[node]!++;
    return child;
  }

  /** The node of `node`'s n-gram followed by `token`, or -1 if that never occurred. */
  child(node: number, token: number): number {
    return this.#slots[this.#slot(node, token)] || -1;
  }

  /** The node of the n-gram `tokens[start…]`, or -1 if that never occurred. */
  find(tokens: ArrayLike<number>, start: number): number {
    let node = ROOT;
    for (let index = start; index < tokens.length && node >= 0; index++)
      node = this.child(node, tokens[index]!);
    return node;
  }

  #slot(node: number, token: number): number {
    const mask = this.#slots.length - 1;
    // Multiplicative hashing with two odd constants (Knuth's and the one of murmur3's finalizer).
    const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (;;) {
      const occupant = this.#slots[slot]!;
      if (occupant === 0 || (this.#parents[occupant] === node && this.#tokens[occupant] === token))
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  #add(slot: number, node: number, token: number): number {
    const child = this.#nodeCount++;
    if (child >= this.#parents.length) this.#growNodes();
    this.#parents[child] = node;
    this.#tokens[child] = token;
    this.#slots[slot] = child;
    if (this.#nodeCount * 2 > this.#slots.length) this.#growSlots();
    return child;
  }

  #growNodes(): void {
    this.occurrences = doubled(this.occurrences);
    this.followers = doubled(this.followers);
    this.different = doubled(this.different);
    this.#parents = doubled(this.#parents);
    this.#tokens = doubled(this.#tokens);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let node = 1; node < this.#nodeCount; node++) {
      this.#slots[this.#slot(this.#parents[node]!, this.#tokens[node]!)] = node;
    }
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
