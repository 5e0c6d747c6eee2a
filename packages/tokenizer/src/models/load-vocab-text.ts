import type { AddedToken } from '../added-tokens.ts';
import { WordPieceDecoder } from '../decoders/word-piece.ts';
import { describeValue } from '../describe-value.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { TemplatePostProcessor } from '../post-processors/template.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import type { SpecialTokenRoles } from '../pretrained/special-token-roles.ts';
import { Tokenizer } from '../tokenizer.ts';
import { largestVocabSize } from './read-vocab.ts';
import { Vocabulary } from './vocabulary.ts';
import { WordPieceModel } from './word-piece.ts';

/** Options of {@link loadVocabText}; tokens that are not named are `[UNK]`, `[SEP]`, `[PAD]`, `[CLS]` and `[MASK]`. */
export interface LoadVocabTextOptions extends Omit<SpecialTokenRoles, 'bosToken' | 'eosToken'> {
  /** Whether letters become lowercase; say false for cased models (default true). */
  readonly lowercase?: boolean;
  /** Whether accents are removed (default null: as `lowercase` says). */
  readonly stripAccents?: boolean | null;
  /** Whether each Chinese character is a word (default true). */
  readonly handleChineseChars?: boolean;
  /** False switches the three above off, as `do_basic_tokenize` does in tokenizer_config.json (default true). */
  readonly basicTokenize?: boolean;
  /** Further tokens that are matched as a whole, and how special tokens are matched (default none). */
  readonly addedTokens?: readonly AddedToken[];
  /** What errors call the file (default `vocab.txt`). */
  readonly source?: string;
}

/**
 * Reads BERT's vocab.txt: a token on each line, whose number from 0 on is its id.
 *
 * The tokenizer is the one that `BertTokenizerFast` of transformers makes: `[CLS] A [SEP]`, and `[CLS] A [SEP] B [SEP]` for pairs. A token on
 * two lines has the id of the later one; special tokens that the file lacks, but for the unknown token, get ids after its last.
 *
 * @param text the file's text
 * @throws {TypeError} if `text` is no string
 * @throws {RangeError} if the unknown token is missing, or there are more than 1048576 tokens
 * @see Devlin et al. 2019 (BERT), tokenization.py
 * @example
 * const tokenizer = loadVocabText(await readFile('vocab.txt', 'utf8'), { lowercase: false });
 */
export function loadVocabText(text: string, options: LoadVocabTextOptions = {}): Tokenizer {
  const place = `loadVocabText: ${options.source ?? 'vocab.txt'}`;
  if (typeof text !== 'string') {
    throw new TypeError(`loadVocabText: text must be a string, got ${describeValue(text)}.`);
  }
  return createBertTokenizer(readLines(text, place), options, place);
}

/**
 * BERT's tokenizer for a vocabulary.
 *
 * @param place names the vocabulary in errors
 */
export function createBertTokenizer(
  vocabulary: Vocabulary,
  {
    lowercase = true,
    stripAccents = null,
    handleChineseChars = true,
    basicTokenize = true,
    unkToken = '[UNK]',
    sepToken = '[SEP]',
    padToken = '[PAD]',
    clsToken = '[CLS]',
    maskToken = '[MASK]',
    additionalSpecialTokens = [],
    addedTokens = [],
  }: Omit<LoadVocabTextOptions, 'source'>,
  place: string,
): Tokenizer {
  if (vocabulary.idOf(unkToken) === undefined) {
    throw new RangeError(
      `${place} must have a line for the unknown token, got none with ${describeValue(unkToken)}. Name it with unkToken.`,
    );
  }
  const specialTokens = [unkToken, sepToken, padToken, clsToken, maskToken, ...additionalSpecialTokens];
  const tokens = addTokens(specialTokens, addedTokens, vocabulary);
  const special = (content: string) =>
    [content, tokens.find((token) => token.content === content)!.id] as const;
  const cls = { special: clsToken, typeId: 0 };
  const sep = { special: sepToken, typeId: 0 };
  const first = { sequence: 'A', typeId: 0 } as const;
  return new Tokenizer({
    model: new WordPieceModel(vocabulary, { unknownToken: unkToken }),
    normalizer: new BertNormalizer({
      lowercase: basicTokenize && lowercase,
      stripAccents: basicTokenize ? stripAccents : false,
      handleChineseChars: basicTokenize && handleChineseChars,
    }),
    preTokenizer: new BertPreTokenizer(),
    postProcessor: new TemplatePostProcessor({
      single: [cls, first, sep],
      pair: [cls, first, sep, { sequence: 'B', typeId: 1 }, { ...sep, typeId: 1 }],
      specialTokens: new Map([clsToken, sepToken].map((content) => [content, [special(content)]])),
    }),
    decoder: new WordPieceDecoder(),
    addedTokens: tokens,
  });
}

function readLines(text: string, place: string): Vocabulary {
  // Python reads text so: a lone carriage return ends a line too, and other separators of Unicode do not.
  const lines: (string | undefined)[] = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > largestVocabSize) {
    throw new RangeError(`${place} must have at most ${largestVocabSize} lines, got ${lines.length}.`);
  }
  const ids = new Map(lines.map((line, id) => [line, id]));
  return new Vocabulary(lines.map((line, id) => (ids.get(line) === id ? line : undefined)));
}

/** Special tokens and others as added tokens, by id; those without one are put after the vocabulary, in the order given. */
function addTokens(
  specialTokens: readonly string[],
  others: readonly AddedToken[],
  vocabulary: Vocabulary,
): AddedToken[] {
  const tokens = new Map(others.map((token) => [token.content, token]));
  let next = others.reduce((size, { id }) => Math.max(size, id + 1), vocabulary.size);
  for (const content of specialTokens) {
    const id = tokens.get(content)?.id ?? vocabulary.idOf(content) ?? next++;
    tokens.set(content, { ...tokens.get(content), id, content, special: true });
  }
  return [...tokens.values()].sort((a, b) => a.id - b.id);
}
