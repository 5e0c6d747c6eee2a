import { BytePairModel } from './byte-pair.ts';
import type { Model } from './model.ts';
import { UnigramModel } from './unigram/unigram-model.ts';
import { WordLevelModel } from './word-level.ts';
import { WordPieceModel } from './word-piece.ts';

/**
 * The model for text in which special tokens are only text. Without added tokens to cut them out, any model finds a special token that is in its own
 * vocabulary: as a word, as a piece, or by merges that make it. (Hugging Face's models do, whatever `encode_special_tokens` says.)
 *
 * @param special ids of the special tokens
 * @returns the same model, if it finds none of them in any text
 */
export function untrustedModel(model: Model, special: Iterable<number>): Model {
  const isHideable =
    model instanceof BytePairModel ||
    model instanceof UnigramModel ||
    model instanceof WordLevelModel ||
    model instanceof WordPieceModel;
  return isHideable ? model.withHidden(special) : model;
}
