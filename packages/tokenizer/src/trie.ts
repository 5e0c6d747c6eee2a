import { PairMap } from './byte-pair/pair-map.ts';

/** Strings in a tree of code units, for finding those that a text has at some place. Node 0 is the root. */
export class Trie {
  readonly #children: PairMap;
  readonly #values: number[] = [-1];

  constructor(expectedUnits = 0) {
    this.#children = new PairMap(expectedUnits);
  }

  /** Gives a string a value, an integer of at least 0; the last one counts. */
  set(key: string, value: number): void {
    let node = 0;
    for (let index = 0; index < key.length; index++) {
      const unit = key.charCodeAt(index);
      let child = this.#children.get(node, unit);
      if (child < 0) {
        child = this.#values.length;
        this.#values.push(-1);
        this.#children.set(node, unit, child);
      }
      node = child;
    }
    this.#values[node] = value;
  }

  /** The node below `node` along a code unit, or −1. */
  child(node: number, unit: number): number {
    return this.#children.get(node, unit);
  }

  /** The value of the string that ends at a node, or −1. */
  valueAt(node: number): number {
    return this.#values[node]!;
  }
}
