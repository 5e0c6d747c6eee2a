/**
 * Numbers the features of a model. A feature is two integers below 2³²; the table keeps them both, so that no two features
 * share a number. Open addressing in typed arrays: nothing is allocated while looking up.
 */
export class FeatureTable {
  /** By place in the table, the number of the feature there plus one, or 0. */
  #places: Int32Array;
  #high: Uint32Array;
  #low: Uint32Array;
  #size = 0;

  /** @param expected how many features to expect; the table grows when there are more */
  constructor(expected = 1024) {
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(2 * Math.max(expected, 8))));
    this.#high = new Uint32Array(this.#places.length / 2);
    this.#low = new Uint32Array(this.#places.length / 2);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of a feature, or −1. */
  find(high: number, low: number): number {
    const places = this.#places;
    const last = places.length - 1;
    for (let place = hash(high, low) & last; ; place = (place + 1) & last) {
      const feature = places[place]! - 1;
      if (feature < 0) return -1;
      if (this.#low[feature] === low && this.#high[feature] === high) return feature;
    }
  }

  /** The number of a feature, which gets the next one if it is new. */
  findOrAdd(high: number, low: number): number {
    const known = this.find(high, low);
    if (known >= 0) return known;
    if (this.#size === this.#high.length) this.#grow();
    const feature = this.#size++;
    this.#high[feature] = high;
    this.#low[feature] = low;
    this.#put(feature);
    return feature;
  }

  /** Both integers of a feature. */
  key(feature: number): readonly [high: number, low: number] {
    return [this.#high[feature]!, this.#low[feature]!];
  }

  #put(feature: number): void {
    const last = this.#places.length - 1;
    let place = hash(this.#high[feature]!, this.#low[feature]!) & last;
    while (this.#places[place] !== 0) place = (place + 1) & last;
    this.#places[place] = feature + 1;
  }

  #grow(): void {
    const high = new Uint32Array(this.#high.length * 2);
    high.set(this.#high);
    const low = new Uint32Array(high.length);
    low.set(this.#low);
    this.#high = high;
    this.#low = low;
    this.#places = new Int32Array(high.length * 2);
    for (let feature = 0; feature < this.#size; feature++) this.#put(feature);
  }
}

/** Mixes as the finalizer of MurmurHash3. */
function hash(high: number, low: number): number {
  let mixed = Math.imul(high, 0x9e3779b1) ^ low;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
