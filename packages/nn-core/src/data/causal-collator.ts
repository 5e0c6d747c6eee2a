import type { Batch } from './batch.ts';
import { IGNORED_TARGET } from './batch.ts';
import type { Collator } from './dataset.ts';
import { cutRows, type PaddingOptions, padRows, type Row, requireRowLength } from './pad-rows.ts';

/** Token ids; in an object, with which of them a model is to learn to write. */
export type CausalExample =
  | ArrayLike<number>
  | {
      readonly tokens: ArrayLike<number>;
      /** Not 0 at the tokens that count as targets, such as those of an answer and not of its prompt; default all. */
      readonly targetMask?: ArrayLike<number>;
    };

/**
 * Batches for language models that read from left to right: a sequence of n tokens is a row of n − 1, whose targets are
 * the next tokens. Hugging Face's collator leaves the shift to the model.
 *
 * @returns a collator of batches `{ inputs, targets, mask }`, all `[rows, length]`: int32, int32 with −100 at padding,
 * bool
 * @throws {RangeError} naming the option that is out of range; when collating, the row that is too long or broken
 * @example
 * const collate = causalCollator({ padId: 0, buckets: [32, 64, 128], truncate: 'end' });
 */
export function causalCollator(options: PaddingOptions): Collator<CausalExample> {
  requireRowLength('causalCollator', options);
  return (examples): Batch => {
    const rows = examples.map((example, index) => causalRow('causalCollator', example, index));
    return padRows('causalCollator', cutRows('causalCollator', rows, options), options);
  };
}

/** The tokens but the last, and the tokens but the first as their targets. */
export function causalRow(owner: string, example: CausalExample, index: number): Row {
  const { tokens, targetMask } = isTokens(example) ? { tokens: example } : example;
  if (targetMask && targetMask.length !== tokens.length) {
    throw new RangeError(
      `${owner}: targetMask must have one element per token (${tokens.length}), got ${targetMask.length} in row ${index}.`,
    );
  }
  const inputs = Array.from(tokens);
  const targets = targetMask
    ? inputs.map((token, place) => (targetMask[place] ? token : IGNORED_TARGET))
    : [...inputs];
  inputs.pop();
  targets.shift();
  return { inputs, targets };
}

function isTokens(example: CausalExample): example is ArrayLike<number> {
  return 'length' in example;
}
