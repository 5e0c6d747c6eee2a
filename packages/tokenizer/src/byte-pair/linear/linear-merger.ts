import type { MergeTable } from '../merge-symbols.ts';
import { PairMap } from '../pair-map.ts';
import { MergeHistories } from './merge-histories.ts';
import { TokenSymbols } from './token-symbols.ts';

/**
 * Merges by rank in linear time.
 *
 * It goes from left to right and takes the longest token that may stand beside the one before (see {@link MergeHistories}). Where
 * none may, it takes back the last token for the next shorter one. The tokens up to a place are the only ones that merging makes
 * of the symbols up to there, so a place that led nowhere never will, and is not tried again: each token that begins at a place is
 * tried at most once.
 *
 * @see GitHub 2024, rust-gems, crate `bpe`, which found that neighbors are enough to know
 */
export class LinearMerger {
  readonly #symbols: TokenSymbols;
  readonly #histories: MergeHistories;
  /** All tokens as paths of symbols: node, symbol → node. */
  readonly #children: PairMap;
  /** The token that ends at a node, −1 if none does. */
  readonly #tokenAt: Int32Array;
  /** The next shorter token that a token begins with; −1 if that is its first symbol. */
  readonly #shorter: Int32Array;
  #steps = 0;

  private constructor(table: MergeTable, symbols: TokenSymbols) {
    this.#symbols = symbols;
    this.#histories = new MergeHistories(table, symbols);
    this.#children = new PairMap(symbols.size * 2);
    this.#shorter = new Int32Array(symbols.size).fill(-1);
    this.#tokenAt = this.#plant();
  }

  /** @returns undefined if it cannot be known from a token which symbols it stands for, or tokens are very long */
  static of(table: MergeTable): LinearMerger | undefined {
    const symbols = TokenSymbols.of(table, LONGEST_TOKEN);
    return symbols && new LinearMerger(table, symbols);
  }

  /** How many symbols it has looked at and pairs of neighbors it has tried so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * The same as `mergeSymbols`.
   *
   * @returns how many tokens there are; −1, with nothing changed, if a symbol is a token that merges make, or if it would take
   * too many steps, as a vocabulary made for that purpose can bring about
   */
  merge(symbols: Int32Array, length: number, positions?: Int32Array): number {
    const { lengths } = this.#symbols;
    for (let index = 0; index < length; index++) if (!this.#symbols.isSymbol(symbols[index]!)) return -1;
    const histories = this.#histories;
    const shorter = this.#shorter;
    const tokens = new Int32Array(length);
    const leadsNowhere = new Uint8Array(length + 1);
    const lastStep = this.#steps + length * STEPS_PER_SYMBOL;
    let count = 0;
    let place = 0;
    let candidate = length > 0 ? this.#longest(symbols, 0, length) : -1;
    while (place < length) {
      if (this.#steps > lastStep) return -1;
      const symbol = symbols[place]!;
      const token = candidate < 0 ? symbol : candidate;
      const size = token === symbol ? 1 : lengths[token]!;
      this.#steps++;
      if (
        leadsNowhere[place + size] === 0 &&
        histories.isReachable(token) &&
        (count === 0 || histories.areNeighbors(tokens[count - 1]!, token))
      ) {
        tokens[count++] = token;
        place += size;
        if (place < length) candidate = this.#longest(symbols, place, length);
        continue;
      }
      let rejected = token;
      while (rejected === symbols[place]) {
        leadsNowhere[place] = 1;
        rejected = tokens[--count]!;
        place -= rejected < this.#symbols.size ? lengths[rejected]! : 1;
      }
      candidate = shorter[rejected]!;
    }
    let start = 0;
    for (let index = 0; index < count; index++) {
      const token = tokens[index]!;
      symbols[index] = token;
      if (positions) positions[index] = start;
      start += token < this.#symbols.size ? lengths[token]! : 1;
    }
    return count;
  }

  /** The longest token that begins at a place; −1 if it is the symbol there. */
  #longest(symbols: Int32Array, place: number, length: number): number {
    let found = -1;
    let node = symbols[place]!;
    if (node >= this.#symbols.size) return -1;
    for (let index = place + 1; index < length; index++) {
      this.#steps++;
      node = this.#children.get(node, symbols[index]!);
      if (node < 0) break;
      if (this.#tokenAt[node]! >= 0) found = this.#tokenAt[node]!;
    }
    return found;
  }

  /** Puts all tokens into the tree; the first nodes are the symbols, by their ids. */
  #plant(): Int32Array {
    const { size, lengths } = this.#symbols;
    let tokenAt = new Int32Array(size * 2).fill(-1);
    let nodes = size;
    for (let id = 0; id < size; id++) {
      if (lengths[id]! < 2) continue;
      const symbols = this.#symbols.of(id);
      let node = symbols[0]!;
      for (let index = 1; index < symbols.length; index++) {
        let child = this.#children.get(node, symbols[index]!);
        if (child < 0) {
          child = nodes++;
          this.#children.set(node, symbols[index]!, child);
          if (child === tokenAt.length) {
            const larger = new Int32Array(child * 2).fill(-1);
            larger.set(tokenAt);
            tokenAt = larger;
          }
        }
        node = child;
      }
      // Of several ids with the same symbols, merging makes one; the others come after it.
      this.#shorter[id] = tokenAt[node]!;
      tokenAt[node] = id;
    }
    for (let id = 0; id < size; id++) {
      if (lengths[id]! < 2 || this.#shorter[id]! >= 0) continue;
      const symbols = this.#symbols.of(id);
      let node = symbols[0]!;
      for (let index = 1; index < symbols.length - 1; index++) {
        node = this.#children.get(node, symbols[index]!);
        if (tokenAt[node]! >= 0) this.#shorter[id] = tokenAt[node]!;
      }
    }
    return tokenAt;
  }
}

/** In symbols. Longer tokens would make the steps for one symbol too many; no vocabulary in use has any. */
const LONGEST_TOKEN = 512;

/** Texts in any language take 4 to 8; the limit is for vocabularies made to take as many as possible. */
const STEPS_PER_SYMBOL = 64;
