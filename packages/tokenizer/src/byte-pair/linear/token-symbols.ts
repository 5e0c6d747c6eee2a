import type { MergeTable } from '../merge-symbols.ts';

/**
 * Which symbols each token that merges make was merged from.
 *
 * A symbol is an id that no merge makes: a byte or a character. A token that merges can make in several ways must stand for the
 * same symbols each time; where ids and texts go together, as in all vocabularies made of texts, it does.
 */
export class TokenSymbols {
  /** One more than the largest id that merges know. */
  readonly size: number;
  /** How many symbols a token stands for; 1 for symbols, 0 for tokens that nothing leads to. */
  readonly lengths: Int32Array;
  readonly #starts: Int32Array;
  readonly #pool: Int32Array;

  private constructor(lengths: Int32Array, starts: Int32Array, pool: Int32Array) {
    this.size = lengths.length;
    this.lengths = lengths;
    this.#starts = starts;
    this.#pool = pool;
  }

  /**
   * @param longest tokens of more symbols than this are too long
   * @returns undefined if a token stands for different symbols at different times, or is too long
   */
  static of(table: MergeTable, longest: number): TokenSymbols | undefined {
    const merges = collectMerges(table);
    const { size, count, lefts, rights, makes } = merges;
    const lengths = new Int32Array(size).fill(1);
    for (const id of makes) lengths[id] = 0;
    const starts = new Int32Array(size);
    let pool = new Int32Array(size * 4);
    let used = size;
    const ready: number[] = [];
    for (let id = 0; id < size; id++) {
      if (lengths[id] === 0) continue;
      starts[id] = id;
      pool[id] = id;
      ready.push(id);
    }
    const { bounds, users } = usersOf(merges);
    // A merge is looked at once both of its parts are known.
    for (let next = 0; next < ready.length; next++) {
      const id = ready[next]!;
      for (let at = bounds[id]!; at < bounds[id + 1]!; at++) {
        const merge = users[at]!;
        const [left, right, made] = [lefts[merge]!, rights[merge]!, makes[merge]!];
        const [leftLength, rightLength] = [lengths[left]!, lengths[right]!];
        if (leftLength === 0 || rightLength === 0) continue;
        const length = leftLength + rightLength;
        if (length > longest) return undefined;
        if (used + length > pool.length) {
          const larger = new Int32Array(Math.max(pool.length * 2, used + length));
          larger.set(pool);
          pool = larger;
        }
        pool.copyWithin(used, starts[left]!, starts[left]! + leftLength);
        pool.copyWithin(used + leftLength, starts[right]!, starts[right]! + rightLength);
        if (lengths[made] === 0) {
          lengths[made] = length;
          starts[made] = used;
          used += length;
          ready.push(made);
          continue;
        }
        if (lengths[made] !== length) return undefined;
        for (let index = 0; index < length; index++) {
          if (pool[used + index] !== pool[starts[made]! + index]) return undefined;
        }
      }
    }
    return count === 0 ? undefined : new TokenSymbols(lengths, starts, pool.slice(0, used));
  }

  /** The symbols of a token; a view. */
  of(id: number): Int32Array {
    const start = this.#starts[id]!;
    return this.#pool.subarray(start, start + this.lengths[id]!);
  }

  /** The first symbol of a token. */
  firstOf(id: number): number {
    return this.#pool[this.#starts[id]!]!;
  }

  /** The last symbol of a token. */
  lastOf(id: number): number {
    return this.#pool[this.#starts[id]! + this.lengths[id]! - 1]!;
  }

  /** Whether an id is a symbol, which nothing is merged into. */
  isSymbol(id: number): boolean {
    return id >= this.size || this.lengths[id] === 1;
  }
}

interface Merges {
  readonly size: number;
  readonly count: number;
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  readonly makes: Int32Array;
}

function collectMerges({ ranks, products }: MergeTable): Merges {
  const lefts = new Int32Array(ranks.size);
  const rights = new Int32Array(ranks.size);
  const makes = new Int32Array(ranks.size);
  let count = 0;
  let size = 0;
  ranks.forEach((left, right, rank) => {
    const made = products[rank]!;
    lefts[count] = left;
    rights[count] = right;
    makes[count++] = made;
    size = Math.max(size, left + 1, right + 1, made + 1);
  });
  return { size, count, lefts, rights, makes };
}

/** The merges that each id takes part in, one id after the other; a merge of two equal ids comes once. */
function usersOf({ size, count, lefts, rights }: Merges): { bounds: Int32Array; users: Int32Array } {
  const bounds = new Int32Array(size + 2);
  const visit = (place: (id: number, merge: number) => void): void => {
    for (let merge = 0; merge < count; merge++) {
      place(lefts[merge]!, merge);
      if (lefts[merge] !== rights[merge]) place(rights[merge]!, merge);
    }
  };
  visit((id) => {
    bounds[id + 2]!++;
  });
  for (let id = 2; id < bounds.length; id++) bounds[id]! += bounds[id - 1]!;
  const users = new Int32Array(bounds[size + 1]!);
  visit((id, merge) => {
    users[bounds[id + 1]!++] = merge;
  });
  return { bounds, users };
}
