import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { createByteAlphabet } from '../src/byte-pair/byte-alphabet.ts';
import { CL100K_PATTERN, GPT2_PATTERN, O200K_PATTERN } from '../src/byte-pair/split-patterns.ts';
import { decodeSentencePieceFile } from '../src/sentencepiece/sentence-piece-file.ts';

/** A tokenizer.json, or a part of it. */
export type Json = Record<string, unknown>;

const letters = [
  'a',
  'b',
  'c',
  'd',
  'e',
  'A',
  ' ',
  '.',
  '1',
  '中',
  '国',
  'é',
  '\u0301',
  '👋',
  '한',
  '▁',
  'Ġ',
  "'",
  's',
  '\n',
];
const bytes = createByteAlphabet().characters;
const byteTokens = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
);
const unknown = '<unk>';

const flag = fc.boolean();
const rarely = fc.nat(4).map((value) => value === 0);

/** Tokens to ids, one after the other. */
function numbered(tokens: Iterable<string>): Record<string, number> {
  return Object.fromEntries(Array.from(new Set(tokens), (token, id) => [token, id]));
}

/** Tokens to add to some: each two of those before it, joined. */
const joins: fc.Arbitrary<[number, number][]> = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 });

function grow(
  base: readonly string[],
  choices: readonly (readonly [number, number])[],
  prefix = '',
  suffix: string | null = null,
): { tokens: string[]; merges: [string, string][] } {
  const tokens = [...base];
  const merges: [string, string][] = [];
  for (const [first, second] of choices) {
    const left = tokens[first % tokens.length]!;
    const rights = tokens.filter((token) => token.startsWith(prefix));
    const right = rights[second % rights.length]!;
    if (left.length + right.length > 12 || (suffix && left.endsWith(suffix))) continue;
    merges.push([left, right]);
    tokens.push(left + right.slice(prefix.length));
  }
  return { tokens, merges };
}

/** BPE whose vocabulary has a token for each byte. */
export const byteLevelBytePair: fc.Arbitrary<Json> = fc
  .record({ choices: joins, ignoreMerges: flag, hasUnknown: rarely })
  .map(({ choices, ignoreMerges, hasUnknown }) => {
    const common = ['Ġ', ..."abcdestA'1.Ċ", 'ä', '¸', 'Ń', 'å', 'Ľ', '½', 'Ã', '©', 'ð', 'Ł'];
    const { tokens, merges } = grow(common, choices);
    return {
      type: 'BPE',
      ...{
        dropout: null,
        unk_token: hasUnknown ? unknown : null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
      },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: ignoreMerges },
      ...{ vocab: numbered([...(hasUnknown ? [unknown] : []), ...bytes, ...tokens]), merges },
    };
  });

/** BPE on characters, with all that it can do. */
export const characterBytePair: fc.Arbitrary<Json> = fc
  .record({
    choices: joins,
    ...{ prefix: fc.constantFrom(null, null, '##', '@'), suffix: fc.constantFrom(null, null, '</w>', '$') },
    ...{
      unknownToken: fc.constantFrom(null, unknown, unknown, unknown),
      fuses: flag,
      ignoreMerges: rarely,
      dropout: fc.constantFrom(null, null, 0, 1),
    },
    ...{
      fallback: fc.constantFrom('none', 'none', 'some', 'all'),
      left: fc.subarray(letters, { minLength: 4 }),
      lacksUnknown: fc.nat(30).map((value) => value === 0),
    },
  })
  .map(
    ({
      choices,
      prefix: anyPrefix,
      suffix: anySuffix,
      unknownToken,
      fuses,
      ignoreMerges,
      dropout,
      fallback,
      left,
      lacksUnknown,
    }) => {
      // With bytes, the places that the reference gives to those of prefix and suffix are not in the text.
      const prefix = fallback === 'none' ? anyPrefix : null;
      const suffix = fallback === 'none' ? anySuffix : null;
      let base = [...left];
      if (prefix) base = [...base, ...left.map((letter) => prefix + letter)];
      if (suffix) base = [...base, ...base.map((letter) => letter + suffix)];
      const { tokens, merges } = grow(base, choices, prefix ?? '', suffix);
      const fallbacks =
        fallback === 'all'
          ? byteTokens
          : fallback === 'some'
            ? byteTokens.filter((_, byte) => byte % 16 > 4)
            : [];
      return {
        type: 'BPE',
        ...{
          dropout,
          unk_token: unknownToken,
          continuing_subword_prefix: prefix,
          end_of_word_suffix: suffix,
        },
        ...{ fuse_unk: fuses, byte_fallback: fallback !== 'none', ignore_merges: ignoreMerges },
        ...{ vocab: numbered([...(lacksUnknown ? [] : [unknown]), ...fallbacks, ...tokens]), merges },
      };
    },
  );

export const wordPiece: fc.Arbitrary<Json> = fc
  .record({
    choices: joins,
    left: fc.subarray(letters),
    prefix: fc.constantFrom('##', '##', '', '▁', 'a', '👋', '##a', '\u0301'),
    longest: fc.constantFrom(1, 3, 6, 100),
  })
  .map(({ choices, left, prefix, longest }) => {
    const { tokens } = grow(
      [...left, 'a', ...left.map((letter) => prefix + letter), `${prefix}b`],
      choices,
      prefix,
    );
    return {
      type: 'WordPiece',
      vocab: numbered([unknown, ...tokens]),
      unk_token: unknown,
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: longest,
    };
  });

export const wordLevel: fc.Arbitrary<Json> = joins.map((choices) => ({
  type: 'WordLevel',
  vocab: numbered([unknown, ...grow(letters, choices).tokens]),
  unk_token: unknown,
}));

export const unigram: fc.Arbitrary<Json> = fc
  .record({
    ...{ choices: joins, left: fc.subarray(letters, { minLength: 3 }), fallback: flag, unknownAt: fc.nat(2) },
    scores: fc.array(
      fc.oneof(
        fc.nat(40).map((eighths) => -eighths / 8),
        fc.double({ min: -20, max: 0, noNaN: true }),
      ),
      { minLength: 1, maxLength: 20 },
    ),
  })
  .map(({ choices, left, fallback, unknownAt, scores }) => {
    const { tokens } = grow([...left, 'a'], choices);
    const pieces = [
      ...new Set([...tokens.slice(0, unknownAt), unknown, ...tokens, ...(fallback ? byteTokens : [])]),
    ];
    return {
      type: 'Unigram',
      ...{ unk_id: pieces.indexOf(unknown), byte_fallback: fallback },
      vocab: pieces.map((piece, id) => [piece, scores[id % scores.length]!]),
    };
  });

/** The tokens of a model's vocabulary. */
export function tokensOf({ vocab }: Json): string[] {
  return [...idsOf({ vocab }).keys()];
}

function idsOf({ vocab }: Json): Map<string, number> {
  if (!Array.isArray(vocab)) return new Map(Object.entries(vocab as Record<string, number>));
  return new Map((vocab as [string, number][]).map(([piece], id) => [piece, id]));
}

const QWEN2_PATTERN = CL100K_PATTERN.replace('{1,3}', '');

const pattern: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom('ab', ' ', 'a', '中', '▁', '.', '\n').map((text) => ({ String: text })),
  fc
    .constantFrom(
      '[ab]',
      '\\s+',
      '\\p{Han}',
      '\\d+|\\p{L}+',
      "'s|'t| ?\\p{L}+|\\s+(?!\\S)|\\s+",
      '\\p{N}{1,3}',
      'a*',
      '[^\\s]',
      '\\b',
      '(?i:A)b?',
      '\\p{M}+',
      '.',
    )
    .map((regex) => ({ Regex: regex })),
);
/** The reference ends the process where a normalizer puts text in at an empty match. */
const fullPattern: fc.Arbitrary<Json> = pattern.filter(({ Regex }) => Regex !== 'a*' && Regex !== '\\b');
const behavior = fc.constantFrom('Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous');

/** Compiled rules of SentencePiece. */
const rulesFile = readFileSync(new URL('../fixtures/sentence-piece/unigram-rules.model', import.meta.url));
const precompiled: Json = {
  type: 'Precompiled',
  precompiled_charsmap: Buffer.from(decodeSentencePieceFile(rulesFile).characterMap!).toString('base64'),
};

const oneNormalizer: fc.Arbitrary<Json> = fc.oneof(
  fc.record({
    type: fc.constant('BertNormalizer'),
    clean_text: flag,
    handle_chinese_chars: flag,
    strip_accents: fc.constantFrom(null, true, false),
    lowercase: flag,
  }),
  fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD', 'Nmt', 'StripAccents', 'Lowercase').map((type) => ({ type })),
  fc.record({ type: fc.constant('Prepend'), prepend: fc.constantFrom('▁', 'ab', ' ', '中') }),
  fc.record({
    type: fc.constant('Replace'),
    pattern: fullPattern,
    content: fc.constantFrom('', '▁', ' ', 'é', '👋', 'ab'),
  }),
  fc.record({ type: fc.constant('Strip'), strip_left: flag, strip_right: flag }),
  fc.constantFrom<Json>({ type: 'ByteLevel' }, precompiled),
);
export const anyNormalizer: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: oneNormalizer },
  {
    weight: 1,
    arbitrary: fc
      .array(oneNormalizer, { maxLength: 4 })
      .map((normalizers) => ({ type: 'Sequence', normalizers })),
  },
);

const onePreTokenizer: fc.Arbitrary<Json> = fc.oneof(
  fc
    .constantFrom('BertPreTokenizer', 'Whitespace', 'WhitespaceSplit', 'UnicodeScripts')
    .map((type) => ({ type })),
  fc.record({ type: fc.constant('ByteLevel'), add_prefix_space: flag, trim_offsets: flag, use_regex: flag }),
  fc.record({ type: fc.constant('CharDelimiterSplit'), delimiter: fc.constantFrom('a', ' ', '中', '👋') }),
  fc.record({ type: fc.constant('Digits'), individual_digits: flag }),
  fc.record({ type: fc.constant('FixedLength'), length: fc.integer({ min: 1, max: 6 }) }),
  fc.record({
    type: fc.constant('Metaspace'),
    replacement: fc.constantFrom('▁', '▁', '_', '👋'),
    prepend_scheme: fc.constantFrom('always', 'first', 'never'),
    split: flag,
  }),
  fc.record({ type: fc.constant('Punctuation'), behavior }),
  fc.record({ type: fc.constant('Split'), pattern, behavior, invert: flag }),
);
/** As models of recent years cut text: one of the published patterns, then bytes, and digits before them or not. */
const published: fc.Arbitrary<Json> = fc
  .record({
    regex: fc.constantFrom(GPT2_PATTERN, CL100K_PATTERN, O200K_PATTERN, QWEN2_PATTERN),
    behavior: fc.constantFrom('Isolated', 'Isolated', 'Removed'),
    digits: rarely,
  })
  .map(({ regex, behavior, digits }) => ({
    type: 'Sequence',
    pretokenizers: [
      ...(digits ? [{ type: 'Digits', individual_digits: true }] : []),
      { type: 'Split', pattern: { Regex: regex }, behavior, invert: behavior === 'Removed' },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  }));
export const anyPreTokenizer: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: onePreTokenizer },
  { weight: 1, arbitrary: published },
  {
    weight: 1,
    arbitrary: fc
      .array(onePreTokenizer, { maxLength: 4 })
      .map((pretokenizers) => ({ type: 'Sequence', pretokenizers })),
  },
);

const byteLevelProcessor: fc.Arbitrary<Json> = fc.record({
  type: fc.constant('ByteLevel'),
  add_prefix_space: flag,
  trim_offsets: flag,
  use_regex: flag,
});
const special = fc
  .record({ id: fc.constantFrom('[CLS]', '[SEP]'), type_id: fc.nat(3) })
  .map((token) => ({ SpecialToken: token }));
const sequence = (id: string) => fc.nat(3).map((type_id) => ({ Sequence: { id, type_id } }));
const specials = fc.array(special, { maxLength: 2 });
const template: fc.Arbitrary<Json> = fc
  .tuple(specials, sequence('A'), specials, sequence('B'), specials)
  .map(([before, first, between, second, after]) => ({
    type: 'TemplateProcessing',
    ...{ single: [...before, first, ...between], pair: [...before, first, ...between, second, ...after] },
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [1, 0], tokens: ['[CLS]', 'x'] },
      '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
    },
  }));
const oneProcessor: fc.Arbitrary<Json> = fc.oneof(
  fc.constant({ type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] }),
  fc.record({
    type: fc.constant('RobertaProcessing'),
    sep: fc.constant(['[SEP]', 2]),
    cls: fc.constant(['[CLS]', 1]),
    trim_offsets: flag,
    add_prefix_space: flag,
  }),
  template,
);
export const anyPostProcessor: fc.Arbitrary<Json> = fc.oneof(
  oneProcessor,
  byteLevelProcessor,
  fc.tuple(byteLevelProcessor, oneProcessor).map((processors) => ({ type: 'Sequence', processors })),
);

const oneDecoder: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ type: fc.constant('BPEDecoder'), suffix: fc.constantFrom('</w>', '$') }),
  fc.constantFrom('ByteFallback', 'Fuse').map((type) => ({ type })),
  fc.record({ type: fc.constant('ByteLevel'), add_prefix_space: flag, trim_offsets: flag, use_regex: flag }),
  fc.record({
    type: fc.constant('CTC'),
    pad_token: fc.constantFrom('<pad>', 'a'),
    word_delimiter_token: fc.constantFrom('|', '▁'),
    cleanup: flag,
  }),
  fc.record({
    type: fc.constant('Metaspace'),
    replacement: fc.constantFrom('▁', '_'),
    prepend_scheme: fc.constantFrom('always', 'first', 'never'),
    split: flag,
  }),
  fc.record({ type: fc.constant('Replace'), pattern, content: fc.constantFrom('', ' ', 'é') }),
  // A token with fewer characters than are to be taken from its end ends the reference's process.
  fc.record({
    type: fc.constant('Strip'),
    content: fc.constantFrom(' ', 'a', '▁'),
    start: fc.nat(2),
    stop: fc.constant(0),
  }),
  fc.record({ type: fc.constant('WordPiece'), prefix: fc.constantFrom('##', '@', ''), cleanup: flag }),
);
export const anyDecoder: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: oneDecoder },
  {
    weight: 1,
    arbitrary: fc.array(oneDecoder, { maxLength: 4 }).map((decoders) => ({ type: 'Sequence', decoders })),
  },
);

/** Contents and flags; ids follow from the model, as the reference gives them. */
const anyAddedTokens = fc.uniqueArray(
  fc.record({
    content: fc.constantFrom(
      '<s>',
      '<s>a',
      '</s>',
      '<mask>',
      '[CLS]',
      'Word',
      'the',
      'ÉÉ',
      '中',
      ' a',
      'a ',
      'ab',
      '👋',
      '\n',
      'e\u0301',
      'ﬁ',
      'A',
      '1',
    ),
    ...{ single_word: rarely, lstrip: rarely, rstrip: rarely, normalized: flag, special: flag },
  }),
  { maxLength: 6, selector: ({ content }) => content },
);

export const anyTruncation: fc.Arbitrary<Json> = fc.record({
  direction: fc.constantFrom('Left', 'Right'),
  max_length: fc.nat(14),
  strategy: fc.constantFrom('LongestFirst', 'LongestFirst', 'OnlyFirst', 'OnlySecond'),
  stride: fc.constant(0),
});

export const anyPadding: fc.Arbitrary<Json> = fc.record({
  strategy: fc.oneof(
    fc.constant('BatchLongest'),
    fc.nat(20).map((length) => ({ Fixed: length })),
  ),
  direction: fc.constantFrom('Left', 'Right'),
  pad_to_multiple_of: fc.constantFrom(null, 0, 1, 3, 8),
  ...{ pad_id: fc.nat(5), pad_type_id: fc.nat(2), pad_token: fc.constantFrom('[PAD]', 'a') },
});

/** Whole tokenizers around models of some kind. */
export function anyTokenizer(model: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const orNull = (part: fc.Arbitrary<unknown>, freq: number) => fc.option(part, { nil: null, freq });
  return fc
    .record({
      ...{ model, addedTokens: fc.oneof(fc.constant<never[]>([]), anyAddedTokens) },
      ...{
        normalizer: orNull(anyNormalizer, 2),
        preTokenizer: orNull(anyPreTokenizer, 6),
        postProcessor: orNull(anyPostProcessor, 2),
        decoder: orNull(anyDecoder, 6),
      },
    })
    .map(({ model, addedTokens, normalizer, preTokenizer, postProcessor, decoder }) => {
      const ids = idsOf(model);
      const size = ids.size;
      let added = 0;
      return {
        version: '1.0',
        ...{ truncation: null, padding: null },
        added_tokens: (addedTokens as { content: string }[]).map((token) => ({
          id: ids.get(token.content) ?? size + added++,
          ...token,
        })),
        ...{ normalizer, pre_tokenizer: preTokenizer, post_processor: postProcessor, decoder, model },
      };
    });
}
