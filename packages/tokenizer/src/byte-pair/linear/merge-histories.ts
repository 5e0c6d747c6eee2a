import type { MergeTable } from '../merge-symbols.ts';
import type { TokenSymbols } from './token-symbols.ts';

/**
 * Tells which tokens may stand side by side.
 *
 * A token's history is the list of merges that makes it of its symbols. Two neighbors go through both histories at once, each time
 * by the merge of lowest rank, the left one of equals. They stay two tokens unless, on the way, the pair at their border comes
 * first. So a sequence of tokens is what merging makes of its symbols if, and only if, each token and each pair of neighbors is:
 * the first merge over a border would be the first one of that pair, too. That holds for any table of merges.
 */
export class MergeHistories {
  readonly #table: MergeTable;
  readonly #symbols: TokenSymbols;
  /** Where a token's history begins in the pool; −1 not looked at yet, −2 merging its symbols makes other tokens. */
  readonly #starts: Int32Array;
  /** Three for each merge: its rank, the new first part of the token (−1 as it was), the new last part (−1 as it was). */
  #pool = new Int32Array(3 * 4096);
  #used = 0;

  constructor(table: MergeTable, symbols: TokenSymbols) {
    this.#table = table;
    this.#symbols = symbols;
    this.#starts = new Int32Array(symbols.size).fill(UNKNOWN);
  }

  /** Whether merging the symbols of a token makes that token. */
  isReachable(id: number): boolean {
    if (this.#symbols.isSymbol(id)) return true;
    if (this.#starts[id] === UNKNOWN) this.#starts[id] = this.#record(id);
    return this.#starts[id] !== UNREACHABLE;
  }

  /** Whether merging the symbols of two reachable tokens makes these two tokens. */
  areNeighbors(left: number, right: number): boolean {
    const { ranks } = this.#table;
    const symbols = this.#symbols;
    const pool = this.#pool;
    let last = left;
    let first = right;
    let leftAt = 0;
    let leftEnd = 0;
    let rightAt = 0;
    let rightEnd = 0;
    if (!symbols.isSymbol(left)) {
      last = symbols.lastOf(left);
      leftAt = this.#starts[left]!;
      leftEnd = leftAt + (symbols.lengths[left]! - 1) * 3;
    }
    if (!symbols.isSymbol(right)) {
      first = symbols.firstOf(right);
      rightAt = this.#starts[right]!;
      rightEnd = rightAt + (symbols.lengths[right]! - 1) * 3;
    }
    let border = ranks.get(last, first);
    while (leftAt < leftEnd || rightAt < rightEnd) {
      const leftRank = leftAt < leftEnd ? pool[leftAt]! : NEVER;
      const rightRank = rightAt < rightEnd ? pool[rightAt]! : NEVER;
      if (leftRank <= rightRank) {
        if (border >= 0 && border < leftRank) return false;
        const changed = pool[leftAt + 2]!;
        leftAt += 3;
        if (changed < 0) continue;
        last = changed;
      } else {
        if (border >= 0 && border <= rightRank) return false;
        const changed = pool[rightAt + 1]!;
        rightAt += 3;
        if (changed < 0) continue;
        first = changed;
      }
      border = ranks.get(last, first);
    }
    return border < 0;
  }

  /** Merges the symbols of a token, and writes down how. */
  #record(id: number): number {
    const { ranks, products } = this.#table;
    const parts = Array.from(this.#symbols.of(id));
    const start = this.#used;
    this.#reserve((parts.length - 1) * 3);
    const pool = this.#pool;
    const pairRanks: number[] = [];
    const rankAt = (index: number): number => {
      const rank = index + 1 < parts.length ? ranks.get(parts[index]!, parts[index + 1]!) : -1;
      return rank < 0 ? NEVER : rank;
    };
    for (let index = 0; index < parts.length; index++) pairRanks.push(rankAt(index));
    let end = start;
    while (parts.length > 1) {
      let at = 0;
      for (let index = 1; index < pairRanks.length; index++)
        if (pairRanks[index]! < pairRanks[at]!) at = index;
      const rank = pairRanks[at]!;
      if (rank === NEVER) return UNREACHABLE;
      const made = products[rank]!;
      pool[end] = rank;
      pool[end + 1] = at === 0 ? made : -1;
      pool[end + 2] = at === parts.length - 2 ? made : -1;
      end += 3;
      parts[at] = made;
      parts.splice(at + 1, 1);
      pairRanks.splice(at + 1, 1);
      pairRanks[at] = rankAt(at);
      if (at > 0) pairRanks[at - 1] = rankAt(at - 1);
    }
    if (parts[0] !== id) return UNREACHABLE;
    this.#used = end;
    return start;
  }

  #reserve(count: number): void {
    if (this.#used + count <= this.#pool.length) return;
    const larger = new Int32Array(Math.max(this.#pool.length * 2, this.#used + count));
    larger.set(this.#pool);
    this.#pool = larger;
  }
}

const UNKNOWN = -1;
const UNREACHABLE = -2;
const NEVER = 0x7fffffff;
