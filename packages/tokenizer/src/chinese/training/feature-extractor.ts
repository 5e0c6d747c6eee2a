import type { ChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { NOTHING, ROOT } from '../dictionary/word-trie.ts';
import { BestRoute } from '../segmentation/best-route.ts';
import { type CharacterSequence, EDGE, EDGE_KIND } from './character-sequence.ts';
import { tagAt } from './tags.ts';

/** Dictionary words longer than this count as this long. */
const LONGEST = 6;

/**
 * The features of each character of a sequence, each a template and what it holds there, as two integers.
 *
 * - the five characters around, alone and in pairs, and the kinds of three of them;
 * - of a dictionary, if there is one: the lengths of the longest words that begin, end and go on here; the word that the
 *   likeliest route has here, with its part of speech; and how much likelier that word is than its two parts would be.
 *
 * @see Sun et al. 2012, Fast Online Training with Frequency-Adaptive Learning Rates for Chinese Word Segmentation, §4 (the
 * features of pkuseg); Low, Ng, Guo 2005, A Maximum Entropy Approach to Chinese Word Segmentation (those of a dictionary)
 */
export class FeatureExtractor {
  readonly #dictionary: ChineseDictionary | undefined;
  readonly #route = new BestRoute();
  /** `[character, feature, 2]` */
  keys: Uint32Array = new Uint32Array(128 * 2 * 32);
  /** How many features each character has. */
  readonly count: number;
  #begins = new Uint8Array(128);
  #ends = new Uint8Array(128);
  #inside = new Uint8Array(128);
  #routeFeatures = new Uint32Array(128);
  #cohesion = new Uint32Array(128);
  readonly #tagCodes: readonly number[];

  constructor(dictionary: ChineseDictionary | undefined) {
    this.#dictionary = dictionary;
    this.count = dictionary ? 22 : 13;
    this.#tagCodes = (dictionary?.tables.tagNames ?? []).map(tagCode);
  }

  /** Leaves the features of `text`, of which `sequence` was read, in `keys`. */
  extract(text: string, sequence: CharacterSequence): void {
    const { length, codes, kinds } = sequence;
    const size = length * this.count * 2;
    if (size > this.keys.length) this.keys = new Uint32Array(size * 2);
    if (this.#dictionary) this.#consult(this.#dictionary, text, sequence);
    const keys = this.keys;
    let place = 0;
    const push = (template: number, high: number, low: number): void => {
      keys[place++] = (template << 16) | high;
      keys[place++] = low;
    };
    const code = (index: number): number => (index < 0 || index >= length ? EDGE : codes[index]!);
    const kind = (index: number): number => (index < 0 || index >= length ? EDGE_KIND : kinds[index]!);
    for (let index = 0; index < length; index++) {
      const a = code(index - 2);
      const b = code(index - 1);
      const c = code(index);
      const d = code(index + 1);
      const e = code(index + 2);
      push(1, 0, a);
      push(2, 0, b);
      push(3, 0, c);
      push(4, 0, d);
      push(5, 0, e);
      push(6, a, b);
      push(7, b, c);
      push(8, c, d);
      push(9, d, e);
      push(10, b, d);
      push(11, 0, (kind(index - 1) << 8) | (kind(index) << 4) | kind(index + 1));
      push(
        12,
        0,
        (((((kind(index - 2) << 4) | kind(index - 1)) << 4) | kind(index)) << 8) |
          (kind(index + 1) << 4) |
          kind(index + 2),
      );
      push(13, 0, 0);
      if (!this.#dictionary) continue;
      const begins = this.#begins[index]!;
      const ends = this.#ends[index]!;
      const inside = this.#inside[index]!;
      const before = index > 0 ? this.#routeFeatures[index - 1]! : 0;
      const here = this.#routeFeatures[index]!;
      const after = index + 1 < length ? this.#routeFeatures[index + 1]! : 0;
      const cohesionHere = this.#cohesion[index]!;
      const cohesionAfter = index + 1 < length ? this.#cohesion[index + 1]! : 0;
      push(14, 0, begins);
      push(15, 0, ends);
      push(16, 0, inside);
      push(17, 0, (begins << 16) | (ends << 8) | inside);
      push(18, 0, here);
      push(19, before & 0xff, ((here & 0xff) << 8) | (after & 0xff));
      push(20, here & 0xff, c);
      push(21, cohesionHere >>> 16, (cohesionHere << 16) | cohesionAfter);
      push(22, here & 0xff, ((cohesionHere & 0x7f) << 7) | (cohesionAfter & 0x7f));
    }
  }

  #consult(dictionary: ChineseDictionary, text: string, { length, starts }: CharacterSequence): void {
    if (length > this.#begins.length) {
      this.#begins = new Uint8Array(length * 2);
      this.#ends = new Uint8Array(length * 2);
      this.#inside = new Uint8Array(length * 2);
      this.#routeFeatures = new Uint32Array(length * 2);
      this.#cohesion = new Uint32Array(length * 2);
    }
    const { trie } = dictionary.tables;
    const tagCodes = this.#tagCodes;
    const { logFrequencies } = dictionary;
    this.#begins.fill(0, 0, length);
    this.#ends.fill(0, 0, length);
    this.#inside.fill(0, 0, length);
    const first = starts[0]!;
    for (let index = 0; index < length; index++) {
      let state: number = ROOT;
      for (let next = index; next < length; next++) {
        for (let unit = starts[next]!; unit < starts[next + 1]! && state !== NOTHING; unit++) {
          state = trie.step(state, text.charCodeAt(unit));
        }
        if (state === NOTHING) break;
        if (next === index || trie.valueAt(state) === NOTHING) continue;
        const size = Math.min(next - index + 1, LONGEST);
        this.#begins[index] = Math.max(this.#begins[index]!, size);
        this.#ends[next] = Math.max(this.#ends[next]!, size);
        for (let between = index + 1; between < next; between++) {
          this.#inside[between] = Math.max(this.#inside[between]!, size);
        }
      }
    }
    this.#route.find(dictionary, text, first, starts[length]!);
    const logTotal = Math.log(dictionary.total);
    for (let index = 0; index < length; ) {
      const end = first + this.#route.next[starts[index]! - first]!;
      let after = index + 1;
      while (starts[after]! < end) after++;
      const word = dictionary.indexOf(text, starts[index]!, end);
      const size = Math.min(after - index, LONGEST);
      const tag = word === NOTHING ? 0 : tagCodes[dictionary.tables.tags[word]!]!;
      for (let inner = index; inner < after; inner++) {
        const role = (size << 3) | tagAt(inner - index, after - index);
        this.#routeFeatures[inner] = (tag << 8) | role;
        this.#cohesion[inner] = 0;
        if (inner === index || word === NOTHING) continue;
        const left = dictionary.indexOf(text, starts[index]!, starts[inner]!);
        const right = dictionary.indexOf(text, starts[inner]!, end);
        const parts = (left === NOTHING ? 0 : 1) | (right === NOTHING ? 0 : 2) | 4;
        const apart = (part: number): number => (part === NOTHING ? 0 : logFrequencies[part]!) - logTotal;
        const gain = logFrequencies[word]! - logTotal - apart(left) - apart(right);
        const bucket = Math.max(0, Math.min(15, Math.round(gain / 1.5) + 5));
        const rightTag = right === NOTHING ? 0 : tagCodes[dictionary.tables.tags[right]!]!;
        this.#cohesion[inner] = (rightTag << 7) | (parts << 4) | bucket;
      }
      index = after;
    }
  }
}

/** A number below 1 024 for a part of speech, of its first two letters: the same whatever dictionary has it. */
function tagCode(name: string): number {
  return ((name.charCodeAt(0) & 31) << 5) | (name.length > 1 ? name.charCodeAt(1) & 31 : 0);
}
