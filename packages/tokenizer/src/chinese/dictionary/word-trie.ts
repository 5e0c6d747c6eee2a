/** The state every word starts in. */
export const ROOT = 0;
/** Ends at states where no word ends, and is what a step returns that leads nowhere. */
export const NOTHING = -1;

/**
 * A trie whose states are numbered level by level, so that the children of one state are neighbors, sorted by the UTF-16
 * code unit that leads to them: ten bytes a state, built in one pass over sorted words without a search for free places.
 *
 * A step looks the unit up among the neighbors; the first step, from the root, is a table.
 */
export class WordTrie {
  /** The first child of each state; its children end where those of the next state begin. */
  readonly firstChild: Int32Array;
  /** The unit that leads to each state. */
  readonly units: Uint16Array;
  /** What ends at each state, or `NOTHING`. */
  readonly values: Int32Array;
  /** The child of the root along each unit, or `NOTHING`. */
  readonly roots: Int32Array;

  constructor(firstChild: Int32Array, units: Uint16Array, values: Int32Array) {
    this.firstChild = firstChild;
    this.units = units;
    this.values = values;
    this.roots = new Int32Array(1 << 16).fill(NOTHING);
    for (let child = firstChild[ROOT]!; child < firstChild[ROOT + 1]!; child++)
      this.roots[units[child]!] = child;
  }

  /** The child of `state` along `unit`, or `NOTHING`. */
  step(state: number, unit: number): number {
    if (state === ROOT) return this.roots[unit]!;
    const units = this.units;
    let low = this.firstChild[state]!;
    let high = this.firstChild[state + 1]!;
    while (high - low > 4) {
      const middle = (low + high) >> 1;
      if (units[middle]! <= unit) low = middle;
      else high = middle;
    }
    for (; low < high; low++) if (units[low] === unit) return low;
    return NOTHING;
  }

  /** What ends at `state`, or `NOTHING`. */
  valueAt(state: number): number {
    return this.values[state]!;
  }

  /** The value at the end of `text.slice(start, end)`, or `NOTHING`. */
  find(text: string, start = 0, end: number = text.length): number {
    let state: number = ROOT;
    for (let index = start; index < end; index++) {
      state = this.step(state, text.charCodeAt(index));
      if (state === NOTHING) return NOTHING;
    }
    return this.values[state]!;
  }

  /** Every word and its value, sorted by code units. */
  *entries(): Generator<readonly [word: string, value: number]> {
    const stack: [state: number, word: string][] = [[ROOT, '']];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const [state, word] = top;
      const value = this.values[state]!;
      if (value !== NOTHING) yield [word, value];
      // The one that comes first is to be on top.
      for (let child = this.firstChild[state + 1]! - 1; child >= this.firstChild[state]!; child--) {
        stack.push([child, word + String.fromCharCode(this.units[child]!)]);
      }
    }
  }
}

/** Makes a trie of words that come sorted by code units, none twice. */
export class WordTrieBuilder {
  /** Of the states in the order they were made, a word's after those of the words before it. */
  #units: Uint16Array;
  #depths: Uint16Array;
  #values: Int32Array;
  #states = 1;
  /** How many states there are at each depth. */
  readonly #widths: number[] = [1];
  /** The units of the last word. */
  #last = new Uint16Array(64);
  #lastLength = 0;

  /** @param words how many words to expect; any number can be added */
  constructor(words = 1024) {
    // Of Chinese words, one and a half characters are not shared with the word before.
    const capacity = Math.ceil(words * 1.5) + 1;
    this.#units = new Uint16Array(capacity);
    this.#depths = new Uint16Array(capacity);
    this.#values = new Int32Array(capacity);
    this.#values[ROOT] = NOTHING;
  }

  /**
   * Adds the word `units[0]` to `units[length - 1]`, of which the first `shared` are those of the word before.
   *
   * @returns false if it does not come after the word before; the builder is of no use then
   */
  add(shared: number, units: Uint16Array, length: number, value: number): boolean {
    if (length <= shared || shared > this.#lastLength || length > 0xffff) return false;
    if (shared < this.#lastLength && units[shared]! <= this.#last[shared]!) return false;
    if (length > this.#last.length) this.#last = resized(this.#last, length * 2);
    while (this.#widths.length <= length) this.#widths.push(0);
    if (this.#states + length > this.#units.length) {
      const capacity = 2 * this.#units.length + length;
      this.#units = resized(this.#units, capacity);
      this.#depths = resized(this.#depths, capacity);
      this.#values = resized(this.#values, capacity);
    }
    for (let index = shared; index < length; index++) {
      const unit = units[index]!;
      const state = this.#states++;
      this.#last[index] = unit;
      this.#units[state] = unit;
      this.#depths[state] = index + 1;
      this.#values[state] = NOTHING;
      this.#widths[index + 1]!++;
    }
    this.#lastLength = length;
    this.#values[this.#states - 1] = value;
    return true;
  }

  finish(): WordTrie {
    const size = this.#states;
    const firstChild = new Int32Array(size + 1);
    const units = new Uint16Array(size);
    const values = new Int32Array(size);
    /** Where the next state of each depth goes. */
    const next = new Int32Array(this.#widths.length + 1);
    for (let depth = 1; depth < next.length; depth++)
      next[depth] = next[depth - 1]! + this.#widths[depth - 1]!;
    // States of one depth keep their order, which is that of their parents: children become neighbors.
    for (let state = 0; state < size; state++) {
      const depth = this.#depths[state]!;
      const place = next[depth]!++;
      units[place] = this.#units[state]!;
      values[place] = this.#values[state]!;
      firstChild[place] = next[depth + 1]!;
    }
    firstChild[size] = size;
    return new WordTrie(firstChild, units, values);
  }
}

function resized<Column extends Int32Array | Uint16Array>(column: Column, length: number): Column {
  const longer = new (column.constructor as new (length: number) => Column)(length);
  longer.set(column);
  return longer;
}
