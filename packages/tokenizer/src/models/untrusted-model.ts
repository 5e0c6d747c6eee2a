import type { Model } from './model.ts';
import { UnigramModel } from './unigram/unigram-model.ts';

/**
 * The model for text in which special tokens are only text. Models of Unigram find any token of their vocabulary, special ones too, in text that no
 * one has cut; the others put tokens together by merges, or get words that are cut before.
 *
 * @param special ids of the special tokens
 */
export function untrustedModel(model: Model, special: Iterable<number>): Model {
  return model instanceof UnigramModel ? model.withHidden(special) : model;
}
