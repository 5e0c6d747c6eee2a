import { describeValue } from './describe-value.ts';

/** The error of decoding an id that is not in the vocabulary. */
export function unknownIdError(ids: ArrayLike<number>, index: number, vocabSize: number): RangeError {
  return new RangeError(
    `decode: ids[${index}] must be the id of a token, at least 0 and below ${vocabSize}, got ${describeValue(ids[index])}. ` +
      'Decode with the tokenizer the ids were made with.',
  );
}
