import { PairMap } from '../../byte-pair/pair-map.ts';

/**
 * Pieces in a tree of UTF-16 code units, as a double array: the way from a node along a code unit is one addition and one comparison. No pieces
 * can be added, as to `Trie`.
 *
 * Code units have numbers, the most frequent ones the smallest. The node below `node` along number `n` is `base[node] + n`, if that is a child of `node`;
 * along 0 there is none.
 *
 * @see Aoe 1989, "An efficient digital search algorithm by using a double-array structure"
 */
export class PieceTrie {
  /** The number of each code unit, from 1 on; 0: it is in no piece. */
  readonly numbers: Uint16Array;
  /** Four integers for each node: the base of its children, its parent (−1: no node is here), the value of the piece that ends here or −1, and 0. Node 0 is the root. */
  readonly cells: Int32Array;

  /** @param pieces with their values, integers of at least 0; of equal pieces the last one counts, and empty ones do not */
  constructor(pieces: Iterable<readonly [piece: string, value: number]>) {
    const tree = new Tree(pieces);
    const alphabet = tree.alphabet();
    this.numbers = new Uint16Array(2 ** 16);
    for (const [index, unit] of alphabet.entries()) this.numbers[unit] = index + 1;
    this.cells = placeNodes(tree, this.numbers, alphabet.length);
  }

  /** The node below `node` along a code unit, or −1. */
  child(node: number, unit: number): number {
    const child = this.cells[4 * node]! + this.numbers[unit]!;
    return this.cells[4 * child + 1] === node ? child : -1;
  }

  /** Gives pieces new values, by their old ones; those that get −1 are pieces no more. */
  renumber(values: Int32Array): void {
    const { cells } = this;
    for (let value = 2; value < cells.length; value += 4) {
      if (cells[value]! >= 0) cells[value] = values[cells[value]!]!;
    }
  }

  /** The value of the piece that ends at a node, or −1. */
  valueAt(node: number): number {
    return this.cells[4 * node + 2]!;
  }
}

/** The tree while it is built: for each node its parent, the code unit that leads to it, and its value. */
class Tree {
  readonly parents: number[] = [-1];
  readonly units: number[] = [0];
  readonly values: number[] = [-1];

  constructor(pieces: Iterable<readonly [string, number]>) {
    const children = new PairMap();
    for (const [piece, value] of pieces) {
      if (piece === '') continue;
      let node = 0;
      for (let index = 0; index < piece.length; index++) {
        const unit = piece.charCodeAt(index);
        let child = children.get(node, unit);
        if (child < 0) {
          child = this.units.length;
          this.parents.push(node);
          this.units.push(unit);
          this.values.push(-1);
          children.set(node, unit, child);
        }
        node = child;
      }
      this.values[node] = value;
    }
  }

  /** The code units of all pieces, the most frequent first; of equals the smaller unit. */
  alphabet(): number[] {
    const counts = new Uint32Array(2 ** 16);
    const alphabet: number[] = [];
    for (let node = 1; node < this.units.length; node++) {
      const unit = this.units[node]!;
      if (counts[unit]!++ === 0) alphabet.push(unit);
    }
    return alphabet.sort((a, b) => counts[b]! - counts[a]! || a - b);
  }

  /** Where the children of each node begin in a list of all nodes by parent, and that list. */
  childrenByParent(): { readonly starts: Int32Array; readonly children: Int32Array } {
    const count = this.parents.length;
    const starts = new Int32Array(count + 2);
    for (let node = 1; node < count; node++) starts[this.parents[node]! + 2]!++;
    for (let node = 2; node < starts.length; node++) starts[node]! += starts[node - 1]!;
    const children = new Int32Array(count);
    for (let node = 1; node < count; node++) children[starts[this.parents[node]! + 1]!++] = node;
    return { starts, children };
  }
}

/** Gives each node a cell: those of large families first, while there is much room, and single children last, who fill the holes. */
function placeNodes(tree: Tree, numbers: Uint16Array, alphabetSize: number): Int32Array {
  const { parents, units, values } = tree;
  const { starts, children } = tree.childrenByParent();
  const count = parents.length;
  const cells = new FreeCells(alphabetSize + 1, count);
  const bases = new Int32Array(count);
  const places = new Int32Array(count);
  const family: number[] = [];
  for (const parent of parentsBySize(starts, count)) {
    family.length = 0;
    for (let index = starts[parent]!; index < starts[parent + 1]!; index++) {
      family.push(numbers[units[children[index]!]!]!);
    }
    const base = cells.take(family);
    bases[parent] = base;
    for (let index = starts[parent]!; index < starts[parent + 1]!; index++) {
      places[children[index]!] = base + numbers[units[children[index]!]!]!;
    }
  }
  // A step from any cell along any number stays inside.
  const array = new Int32Array(4 * (cells.end + alphabetSize + 1));
  for (let cell = 0; cell < array.length; cell += 4) {
    array[cell + 1] = -1;
    array[cell + 2] = -1;
  }
  for (let node = 0; node < count; node++) {
    const cell = 4 * places[node]!;
    array[cell] = bases[node]!;
    array[cell + 1] = node === 0 ? -1 : places[parents[node]!]!;
    array[cell + 2] = values[node]!;
  }
  return array;
}

/** The nodes that have children: those with the most first, those with one as they come. */
function parentsBySize(starts: Int32Array, count: number): number[] {
  const sizeOf = (node: number): number => starts[node + 1]! - starts[node]!;
  const several: number[] = [];
  const single: number[] = [];
  for (let node = 0; node < count; node++) {
    const size = sizeOf(node);
    if (size > 1) several.push(node);
    else if (size === 1) single.push(node);
  }
  several.sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
  return several.concat(single);
}

/** Which cells are free: a list in order, linked both ways. Cell 0, the root's, is the head of the list, and the last cell is never taken. */
class FreeCells {
  /** One more than the last cell that is taken. */
  end = 1;
  #next: Int32Array;
  /** −1: the cell is taken; its `next` still leads to later ones. */
  #previous: Int32Array;
  /** Where families of several begin to look: the holes before have fitted none of late. */
  #from = 0;

  /** @param first the first cell that may be taken: not below the largest number, so that no base is negative */
  constructor(first: number, expected: number) {
    const size = first + Math.max(64, 2 * expected);
    this.#next = new Int32Array(size);
    this.#previous = new Int32Array(size).fill(-1);
    this.#link(first, size);
    this.#next[0] = first;
    this.#previous[first] = 0;
  }

  /**
   * Takes the cells `base + number` for all numbers, of the first base that leaves them all free.
   *
   * @returns the base
   */
  take(numbers: readonly number[]): number {
    const smallest = numbers.reduce((a, b) => Math.min(a, b));
    const largest = numbers.reduce((a, b) => Math.max(a, b));
    while (this.#previous[this.#from] === -1 && this.#from !== 0) this.#from = this.#next[this.#from]!;
    let cell = numbers.length > 1 && this.#from > 0 ? this.#from : this.#next[0]!;
    for (let tries = 0; ; tries++) {
      const base = cell - smallest;
      this.#reserve(base + largest + 2);
      if (numbers.every((number) => this.#previous[base + number] !== -1)) {
        if (tries > MANY_TRIES) this.#from = cell;
        for (const number of numbers) this.#remove(base + number);
        this.end = Math.max(this.end, base + largest + 1);
        return base;
      }
      cell = this.#next[cell]!;
    }
  }

  #remove(cell: number): void {
    const next = this.#next[cell]!;
    const previous = this.#previous[cell]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.#previous[cell] = -1;
  }

  #reserve(size: number): void {
    const old = this.#next.length;
    if (size <= old) return;
    const larger = Math.max(2 * old, size);
    const grown = (array: Int32Array): Int32Array => {
      const copy = new Int32Array(larger);
      copy.set(array);
      return copy;
    };
    this.#next = grown(this.#next);
    this.#previous = grown(this.#previous);
    this.#link(old, larger);
  }

  #link(start: number, end: number): void {
    for (let cell = start; cell < end; cell++) {
      this.#next[cell] = cell + 1;
      this.#previous[cell] = cell - 1;
    }
  }
}

/** After so many bases that do not fit, later families begin to look here. */
const MANY_TRIES = 10;
