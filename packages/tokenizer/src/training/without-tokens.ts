import { describeValue } from '../describe-value.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import type { Model } from '../models/model.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { WordLevelModel } from '../models/word-level.ts';
import { WordPieceModel } from '../models/word-piece.ts';
import type { Tokenizer } from '../tokenizer.ts';
import type { BytePairModelJson } from '../tokenizer-json.ts';
import { makeBytePairModel } from './merge-tokenizer-learner.ts';
import type { MergePair } from './merge-training.ts';

/**
 * The tokenizer without some of its tokens. All others keep their ids; those of the removed tokens are left out, so a model's embeddings
 * stay as they are.
 *
 * What was a removed token is cut into smaller ones: BPE loses the merges that make it. Tokens that are made of it must be removed with it.
 *
 * @param tokens texts of tokens in the vocabulary, added ones included
 * @throws {RangeError} if a token is not there, is the unknown token or a byte of a byte-level vocabulary, or is needed by one that stays
 * @throws {TypeError} if the model is Unigram, whose pieces are numbered without gaps
 * @example
 * const clean = withoutTokens(tokenizer, ['ĠSolidGoldMagikarp']);
 */
export function withoutTokens(tokenizer: Tokenizer, tokens: Iterable<string>): Tokenizer {
  const removed = new Set(tokens);
  const { model } = tokenizer;
  for (const token of removed) {
    if (tokenizer.tokenToId(token) === undefined) {
      throw new RangeError(
        `withoutTokens: tokens must be in the vocabulary, got ${describeValue(token)}, which is not.`,
      );
    }
    if (token === unknownTokenOf(model)) {
      throw new RangeError(
        `withoutTokens: tokens must not hold the unknown token of the model, got ${describeValue(token)}.`,
      );
    }
  }
  return tokenizer.with({
    model: [...removed].some((token) => model.idOf(token) !== undefined) ? without(model, removed) : model,
    addedTokens: tokenizer.addedTokens.filter(({ content }) => !removed.has(content)),
  });
}

function without(model: Model, removed: ReadonlySet<string>): Model {
  const tokens = Array.from({ length: model.vocabSize }, (_, id) => {
    const token = model.tokenOf(id);
    return token === undefined || removed.has(token) ? undefined : token;
  });
  while (tokens.length > 0 && tokens.at(-1) === undefined) tokens.pop();
  if (model instanceof WordLevelModel) return new WordLevelModel(new Vocabulary(tokens), model.unknownToken);
  if (model instanceof WordPieceModel) {
    const { unknownToken, continuingSubwordPrefix, maxInputCharsPerWord } = model;
    return new WordPieceModel(new Vocabulary(tokens), {
      unknownToken,
      continuingSubwordPrefix,
      maxInputCharsPerWord,
    });
  }
  if (model instanceof BytePairModel) return withoutMerges(model, tokens, removed);
  throw new TypeError(
    `withoutTokens: tokenizer must have a model of type BPE, WordPiece or WordLevel, got ${model.type}.`,
  );
}

function withoutMerges(
  model: BytePairModel,
  tokens: readonly (string | undefined)[],
  removed: ReadonlySet<string>,
): BytePairModel {
  const { continuingSubwordPrefix } = model.options;
  const prefixLength = continuingSubwordPrefix?.length ?? 0;
  const merges: MergePair[] = [];
  const made = new Set<string>();
  for (const [left, right] of (model.toJSON() as BytePairModelJson).merges) {
    const product = left + right.slice(prefixLength);
    made.add(product);
    if (removed.has(product)) continue;
    const missing = [left, right].find((part) => removed.has(part));
    if (missing !== undefined) {
      throw new RangeError(
        `withoutTokens: tokens must hold ${describeValue(product)} too, which is made of ${describeValue(missing)}.`,
      );
    }
    merges.push([model.idOf(left)!, model.idOf(right)!]);
  }
  if (model.isByteLevel) {
    const byte = [...removed].find((token) => [...token].length === 1 && !made.has(token));
    if (byte !== undefined && model.idOf(byte) !== undefined) {
      throw new RangeError(
        `withoutTokens: tokens must not hold bytes of a byte-level vocabulary, got ${describeValue(byte)}.`,
      );
    }
  }
  return makeBytePairModel(tokens, merges, model.options);
}

function unknownTokenOf(model: Model): string | null {
  if (model instanceof BytePairModel) return model.options.unknownToken ?? null;
  if (model instanceof WordLevelModel || model instanceof WordPieceModel) return model.unknownToken;
  return null;
}
