import { BEGIN, beginsWord, canFollow, endsWord, TAGS } from './tags.ts';

/** From each tag to each, the scores of a chain: `[tag, next tag]`. */
export type Transitions = ArrayLike<number>;

/**
 * The best sequence of tags that makes whole words (Viterbi): highest sum of the scores of each tag at its place and of each
 * pair of neighbors. Of equal ones the lower tags win. Its arrays are used again by the next text.
 */
export class BestTags {
  tags: Uint8Array = new Uint8Array(128);
  #best = new Float64Array(128 * TAGS);
  #previous = new Uint8Array(128 * TAGS);

  /** Finds the best tags of `length` characters, at least one, and leaves them in `tags`. */
  find(scores: ArrayLike<number>, transitions: Transitions, length: number): void {
    if (length > this.tags.length) {
      this.tags = new Uint8Array(length * 2);
      this.#best = new Float64Array(length * 2 * TAGS);
      this.#previous = new Uint8Array(length * 2 * TAGS);
    }
    const best = this.#best;
    const previous = this.#previous;
    for (let tag = 0; tag < TAGS; tag++)
      best[tag] = beginsWord(tag) ? scores[tag]! : Number.NEGATIVE_INFINITY;
    for (let index = 1; index < length; index++) {
      const before = (index - 1) * TAGS;
      for (let tag = 0; tag < TAGS; tag++) {
        // Two tags can stand before each.
        const lower = PREDECESSORS[2 * tag]!;
        const higher = PREDECESSORS[2 * tag + 1]!;
        const a = best[before + lower]! + transitions[lower * TAGS + tag]!;
        const b = best[before + higher]! + transitions[higher * TAGS + tag]!;
        best[index * TAGS + tag] = scores[index * TAGS + tag]! + Math.max(a, b);
        previous[index * TAGS + tag] = b > a ? higher : lower;
      }
    }
    const last = (length - 1) * TAGS;
    let tag = BEGIN as number;
    let top = Number.NEGATIVE_INFINITY;
    for (let candidate = 0; candidate < TAGS; candidate++) {
      if (endsWord(candidate) && best[last + candidate]! > top) {
        top = best[last + candidate]!;
        tag = candidate;
      }
    }
    for (let index = length - 1; index >= 0; index--) {
      this.tags[index] = tag;
      tag = previous[index * TAGS + tag]!;
    }
  }
}

/** The two tags that can stand before each tag, the lower first. */
const PREDECESSORS = /* @__PURE__ */ Array.from({ length: TAGS * TAGS }, (_, index) => index)
  .filter((index) => canFollow(index % TAGS, Math.floor(index / TAGS)))
  .map((index) => index % TAGS);
