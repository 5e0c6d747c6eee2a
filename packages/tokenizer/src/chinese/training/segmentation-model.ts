import type { FeatureTable } from './feature-table.ts';
import { TAGS } from './tags.ts';

/** What training leaves: the weight of each feature for each tag, and of each tag for the next. Integers, so that sums are exact. */
export interface SegmentationModel {
  readonly features: FeatureTable;
  /** `[feature, tag]` */
  readonly weights: Int16Array;
  /** `[tag, next tag]` */
  readonly transitions: Int32Array;
  /** Whether features consult a dictionary. */
  readonly usesDictionary: boolean;
}

/** Adds up the weights of the known features of each character: `scores` is `[character, tag]`. */
export function scoreTags(
  { features, weights }: SegmentationModel,
  keys: Uint32Array,
  featureCount: number,
  length: number,
  scores: Int32Array,
): void {
  let key = 0;
  for (let index = 0; index < length; index++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let feature = 0; feature < featureCount; feature++, key += 2) {
      const place = features.find(keys[key]!, keys[key + 1]!) * TAGS;
      if (place < 0) continue;
      a += weights[place]!;
      b += weights[place + 1]!;
      c += weights[place + 2]!;
      d += weights[place + 3]!;
    }
    scores[index * TAGS] = a;
    scores[index * TAGS + 1] = b;
    scores[index * TAGS + 2] = c;
    scores[index * TAGS + 3] = d;
  }
}
