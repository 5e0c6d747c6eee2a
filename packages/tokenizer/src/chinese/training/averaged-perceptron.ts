import { BestTags } from './best-tags.ts';
import { TAGS } from './tags.ts';

/** A sentence as training sees it. */
export interface TaggedSentence {
  /** `[character, feature]`: the numbers of its features. */
  readonly features: Int32Array;
  /** The right tag of each character. */
  readonly tags: Uint8Array;
}

/**
 * An averaged structured perceptron: where the best tags are wrong, the weights of the right ones' features rise by one and
 * those of the wrong ones fall; the result is the average of the weights over all sentences seen.
 *
 * The average is kept as a second sum in which each change is weighed by when it was made (Daumé 2006, §2.1.1).
 *
 * @see Collins 2002, Discriminative Training Methods for Hidden Markov Models, §2
 */
export class AveragedPerceptron {
  /** `[feature, tag]` */
  readonly #weights: Float32Array;
  readonly #timed: Float64Array;
  readonly #transitions = new Float64Array(TAGS * TAGS);
  readonly #timedTransitions = new Float64Array(TAGS * TAGS);
  readonly #featureCount: number;
  readonly #best = new BestTags();
  #scores = new Float64Array(128 * TAGS);
  #step = 1;

  /**
   * @param size         how many features there are
   * @param featureCount how many each character has
   */
  constructor(size: number, featureCount: number) {
    this.#weights = new Float32Array(size * TAGS);
    this.#timed = new Float64Array(size * TAGS);
    this.#featureCount = featureCount;
  }

  /** Learns from a sentence. @returns how many of its characters had wrong tags */
  learn({ features, tags }: TaggedSentence): number {
    const { length } = tags;
    const weights = this.#weights;
    const featureCount = this.#featureCount;
    if (length * TAGS > this.#scores.length) this.#scores = new Float64Array(length * TAGS * 2);
    const scores = this.#scores;
    for (let index = 0; index < length; index++) {
      for (let tag = 0; tag < TAGS; tag++) scores[index * TAGS + tag] = 0;
      for (let place = index * featureCount; place < (index + 1) * featureCount; place++) {
        const feature = features[place]!;
        if (feature < 0) continue;
        for (let tag = 0; tag < TAGS; tag++) scores[index * TAGS + tag]! += weights[feature * TAGS + tag]!;
      }
    }
    this.#best.find(scores, this.#transitions, length);
    const found = this.#best.tags;
    let wrong = 0;
    for (let index = 0; index < length; index++) {
      const right = tags[index]!;
      const other = found[index]!;
      if (index > 0 && (right !== other || tags[index - 1] !== found[index - 1])) {
        this.#changeTransition(tags[index - 1]!, right, 1);
        this.#changeTransition(found[index - 1]!, other, -1);
      }
      if (right === other) continue;
      wrong++;
      for (let place = index * featureCount; place < (index + 1) * featureCount; place++) {
        const feature = features[place]!;
        if (feature < 0) continue;
        weights[feature * TAGS + right]! += 1;
        this.#timed[feature * TAGS + right]! += this.#step;
        weights[feature * TAGS + other]! -= 1;
        this.#timed[feature * TAGS + other]! -= this.#step;
      }
    }
    this.#step++;
    return wrong;
  }

  /** The averages so far: of the weights and of the transitions. */
  average(): { weights: Float64Array; transitions: Float64Array } {
    const steps = this.#step;
    return {
      weights: Float64Array.from(this.#weights, (weight, index) => weight - this.#timed[index]! / steps),
      transitions: this.#transitions.map((weight, index) => weight - this.#timedTransitions[index]! / steps),
    };
  }

  #changeTransition(tag: number, next: number, change: number): void {
    this.#transitions[tag * TAGS + next]! += change;
    this.#timedTransitions[tag * TAGS + next]! += change * this.#step;
  }
}
