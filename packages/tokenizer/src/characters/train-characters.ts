import { makeSpecialTokens } from '../added-tokens.ts';
import { checkText } from '../check-text.ts';
import { FuseDecoder } from '../decoders/fuse.ts';
import { describeValue } from '../describe-value.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { WordLevelModel } from '../models/word-level.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';
import { Tokenizer } from '../tokenizer.ts';

export interface TrainCharactersOptions {
  /** Whether characters that the corpus lacks get the token `<unk>` (default false: they are an error). */
  readonly unknown?: boolean;
  /** Tokens matched as a whole, such as `<|endoftext|>`; they get the first ids (default none). */
  readonly specialTokens?: readonly string[];
}

/**
 * Makes a character tokenizer: one token for each code point of the corpus.
 *
 * Ids: the special tokens in order, then `<unk>` if asked for, then the characters in code point order.
 *
 * @param corpus a text, or several
 * @throws {RangeError} if the corpus has no characters
 * @example
 * const tokenizer = trainCharacters('hello');
 * tokenizer.encode('hole'); // Int32Array [1, 3, 2, 0]
 * tokenizer.decode([1, 3, 2, 0]); // 'hole'
 */
export function trainCharacters(
  corpus: string | Iterable<string>,
  { unknown = false, specialTokens = [] }: TrainCharactersOptions = {},
): Tokenizer {
  const addedTokens = makeSpecialTokens(specialTokens, 'trainCharacters');
  if (unknown && specialTokens.includes(UNKNOWN)) {
    throw new RangeError(
      `trainCharacters: specialTokens must not hold ${describeValue(UNKNOWN)} when unknown is true, which adds it.`,
    );
  }
  const codePoints = new Set<number>();
  for (const text of typeof corpus === 'string' ? [corpus] : corpus) {
    for (const character of checkText(text, 'trainCharacters', 'corpus'))
      codePoints.add(character.codePointAt(0)!);
  }
  if (codePoints.size === 0) {
    throw new RangeError('trainCharacters: corpus must hold at least one character, got none.');
  }
  const characters = [...codePoints]
    .sort((a, b) => a - b)
    .map((codePoint) => String.fromCodePoint(codePoint));
  const vocabulary = new Vocabulary([...specialTokens, ...(unknown ? [UNKNOWN] : []), ...characters]);
  return new Tokenizer({
    model: new WordLevelModel(vocabulary, UNKNOWN),
    preTokenizer: new SplitPreTokenizer(new RegexPattern('[\\s\\S]')),
    decoder: new FuseDecoder(),
    addedTokens,
  });
}

const UNKNOWN = '<unk>';
