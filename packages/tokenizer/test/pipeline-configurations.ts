/** A tokenizer.json, hand-made to exercise one stage, or a combination that real tokenizers have. */
export interface Configuration {
  readonly name: string;
  readonly json: Record<string, unknown>;
}

const characters = [..."abcdeABCDE01.,!? '-#_▁éÉß中国人字한가ａがカﬁ½²Ⅷ", 'e\u0301', 'İ', '👋', '👩‍👧'];
const words = [
  'the',
  'hello',
  'ab',
  'bc',
  'abc',
  '中国',
  '##b',
  '##c',
  '##bc',
  '▁a',
  '▁ab',
  'Ġa',
  'Ġ',
  'it',
  "'s",
];

/** Ids of single characters and of some words. */
function vocabulary(...first: string[]): Record<string, number> {
  const tokens = [...new Set([...first, ...characters, ...words])];
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

const wordLevel = {
  type: 'WordLevel',
  vocab: vocabulary('<unk>', '[CLS]', '[SEP]', '[PAD]'),
  unk_token: '<unk>',
};
const everyCharacter = { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false };

function base(parts: Record<string, unknown>): Record<string, unknown> {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: wordLevel,
    ...parts,
  };
}

const bertNormalizer = (clean_text: boolean, strip_accents: boolean | null, lowercase: boolean) => ({
  type: 'BertNormalizer',
  clean_text,
  handle_chinese_chars: true,
  strip_accents,
  lowercase,
});

const normalizers: Record<string, unknown>[] = [
  bertNormalizer(true, null, true),
  bertNormalizer(true, true, false),
  bertNormalizer(false, false, true),
  { type: 'NFC' },
  { type: 'NFD' },
  { type: 'NFKC' },
  { type: 'NFKD' },
  { type: 'Nmt' },
  { type: 'Prepend', prepend: '▁a' },
  { type: 'Replace', pattern: { String: 'ab' }, content: '中' },
  { type: 'Replace', pattern: { Regex: '\\s+' }, content: '▁' },
  { type: 'Replace', pattern: { Regex: '[bc]' }, content: '' },
  { type: 'Strip', strip_left: true, strip_right: true },
  { type: 'Strip', strip_left: true, strip_right: false },
  { type: 'Strip', strip_left: false, strip_right: true },
  { type: 'StripAccents' },
  { type: 'Lowercase' },
  { type: 'ByteLevel' },
  {
    type: 'Sequence',
    normalizers: [
      { type: 'NFKD' },
      { type: 'StripAccents' },
      { type: 'Lowercase' },
      { type: 'Prepend', prepend: '_' },
    ],
  },
  {
    type: 'Sequence',
    normalizers: [
      { type: 'Strip', strip_left: true, strip_right: true },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      { type: 'NFC' },
    ],
  },
];

const split = (pattern: unknown, behavior: string, invert = false) => ({
  type: 'Split',
  pattern,
  behavior,
  invert,
});
const behaviors = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

const preTokenizers: Record<string, unknown>[] = [
  { type: 'BertPreTokenizer' },
  { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  { type: 'CharDelimiterSplit', delimiter: 'b' },
  { type: 'Digits', individual_digits: true },
  { type: 'Digits', individual_digits: false },
  { type: 'FixedLength', length: 3 },
  ...['always', 'first', 'never'].flatMap((prepend_scheme) =>
    [true, false].map((split) => ({ type: 'Metaspace', replacement: '▁', prepend_scheme, split })),
  ),
  ...behaviors.map((behavior) => ({ type: 'Punctuation', behavior })),
  ...behaviors.flatMap((behavior) =>
    [false, true].map((invert) => split({ Regex: '[ab]|\\s+|\\p{Han}' }, behavior, invert)),
  ),
  split({ String: 'ab' }, 'MergedWithPrevious'),
  split({ Regex: 'a*' }, 'Isolated'),
  { type: 'UnicodeScripts' },
  { type: 'Whitespace' },
  { type: 'WhitespaceSplit' },
  {
    type: 'Sequence',
    pretokenizers: [
      { type: 'WhitespaceSplit' },
      { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
      { type: 'Digits', individual_digits: true },
      { type: 'Punctuation', behavior: 'Isolated' },
    ],
  },
];

const cls = ['[CLS]', 1];
const sep = ['[SEP]', 2];
const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
const template = {
  type: 'TemplateProcessing',
  single: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)],
  pair: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0), sequence('B', 3), special('[SEP]', 1)],
  special_tokens: {
    '[CLS]': { id: '[CLS]', ids: [1, 1], tokens: ['[CLS]', '[CLS]'] },
    '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
  },
};
const byteLevel = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true };

const postProcessors: Record<string, unknown>[] = [
  { type: 'BertProcessing', sep, cls },
  { type: 'RobertaProcessing', sep, cls, trim_offsets: true, add_prefix_space: true },
  { type: 'RobertaProcessing', sep, cls, trim_offsets: false, add_prefix_space: false },
  template,
  byteLevel,
  { type: 'Sequence', processors: [byteLevel, template] },
];

const token = (id: number, content: string, flags: Record<string, boolean> = {}) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...flags,
});
const size = Object.keys(wordLevel.vocab).length;
const addedTokens = [
  token(1, '[CLS]'),
  token(size, '<s>'),
  token(size + 1, '<mask>', { lstrip: true, rstrip: true }),
  token(size + 2, '<s>a', { special: false }),
  token(size + 3, 'Word', { single_word: true, special: false, normalized: true }),
  token(size + 4, 'ÉÉ', { normalized: true, special: false }),
];

const truncations = [
  ['Right', 'LongestFirst'],
  ['Left', 'LongestFirst'],
  ['Right', 'OnlyFirst'],
].map(([direction, strategy]) => ({ direction, max_length: 9, strategy, stride: 0 }));

const paddings = [
  { strategy: { Fixed: 12 }, direction: 'Left', pad_to_multiple_of: null },
  { strategy: 'BatchLongest', direction: 'Right', pad_to_multiple_of: 8 },
].map((padding) => ({ ...padding, pad_id: 3, pad_type_id: 1, pad_token: '[PAD]' }));

const bytePairVocabulary = vocabulary('<unk>', '<0xE4>', '<0xB8>', '<0xAD>', '<0x0A>');
const bytePair = (options: Record<string, unknown>, extra: string[] = []) => ({
  type: 'BPE',
  vocab: Object.fromEntries([...Object.keys(bytePairVocabulary), ...extra].map((text, id) => [text, id])),
  merges: [
    ['a', 'b'],
    ['b', 'c'],
    ['ab', 'c'],
    ['中', '国'],
  ],
  ...options,
});
const suffixed = ['a</w>', 'b</w>', 'c</w>', 'ab</w>'];
const models: Record<string, unknown>[] = [
  bytePair({}),
  bytePair({ unk_token: '<unk>' }),
  bytePair({ unk_token: '<unk>', fuse_unk: true }),
  bytePair({ unk_token: '<unk>', fuse_unk: true, byte_fallback: true }),
  bytePair({ unk_token: '<unk>', byte_fallback: true }),
  bytePair({ unk_token: '<unk>', ignore_merges: true }),
  bytePair({ unk_token: '<unk>', dropout: 1 }),
  bytePair(
    {
      unk_token: '<unk>',
      end_of_word_suffix: '</w>',
      merges: [
        ['a', 'b'],
        ['a', 'b</w>'],
      ],
    },
    suffixed,
  ),
  bytePair({
    unk_token: '<unk>',
    continuing_subword_prefix: '##',
    merges: [
      ['a', '##b'],
      ['##b', '##c'],
    ],
  }),
  {
    type: 'WordPiece',
    vocab: wordLevel.vocab,
    unk_token: '<unk>',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 6,
  },
  {
    type: 'Unigram',
    unk_id: 0,
    byte_fallback: false,
    vocab: Object.keys(wordLevel.vocab).map((text, id) => [
      text,
      id === 0 ? 0 : -1 - (id % 7) / 8 - id / 100,
    ]),
  },
];

/** Every stage, and every kind of it, on its own. */
export const configurations: Configuration[] = [
  ...normalizers.map((normalizer) => ({
    name: `normalizer ${JSON.stringify(normalizer)}`,
    json: base({ normalizer, pre_tokenizer: everyCharacter }),
  })),
  ...preTokenizers.map((pre_tokenizer) => ({
    name: `pre-tokenizer ${JSON.stringify(pre_tokenizer)}`,
    json: base({ pre_tokenizer }),
  })),
  {
    name: 'a pre-tokenizer that asks where its stretch begins, after normalizers that move that',
    json: base({
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Strip', strip_left: true, strip_right: false },
          { type: 'Replace', pattern: { String: 'ab' }, content: 'x' },
        ],
      },
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
      added_tokens: addedTokens,
    }),
  },
  ...postProcessors.map((post_processor) => ({
    name: `post-processor ${JSON.stringify(post_processor).slice(0, 90)}`,
    json: base({ pre_tokenizer: { type: 'WhitespaceSplit' }, post_processor }),
  })),
  ...truncations.map((truncation) => ({
    name: `truncation ${JSON.stringify(truncation)}`,
    json: base({ pre_tokenizer: everyCharacter, post_processor: postProcessors[0], truncation }),
  })),
  ...paddings.map((padding) => ({
    name: `padding ${JSON.stringify(padding.strategy)}`,
    json: base({ pre_tokenizer: everyCharacter, post_processor: template, padding }),
  })),
  {
    name: 'added tokens',
    json: base({ pre_tokenizer: { type: 'Whitespace' }, added_tokens: addedTokens }),
  },
  {
    name: 'added tokens in normalized text',
    json: base({
      normalizer: { type: 'Lowercase' },
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
      added_tokens: addedTokens,
    }),
  },
  ...models.map((model) => ({
    name: `model ${JSON.stringify({ ...model, vocab: undefined, merges: undefined })}`,
    json: base({ pre_tokenizer: { type: 'WhitespaceSplit' }, model }),
  })),
];

/** Decoders, and tokens to give them. */
export const decoders: Record<string, unknown>[] = [
  { type: 'BPEDecoder', suffix: '</w>' },
  { type: 'ByteFallback' },
  { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  { type: 'CTC', pad_token: '<pad>', word_delimiter_token: '|', cleanup: true },
  { type: 'CTC', pad_token: '<pad>', word_delimiter_token: '|', cleanup: false },
  { type: 'Fuse' },
  ...['always', 'first', 'never'].map((prepend_scheme) => ({
    type: 'Metaspace',
    replacement: '▁',
    prepend_scheme,
    split: true,
  })),
  { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
  { type: 'Replace', pattern: { Regex: '[ab]+' }, content: '-' },
  { type: 'Strip', content: ' ', start: 1, stop: 0 },
  { type: 'WordPiece', prefix: '##', cleanup: true },
  { type: 'WordPiece', prefix: '##', cleanup: false },
  {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
];

export const decoderTokens: string[] = [
  'a',
  'b</w>',
  '##c',
  '▁ab',
  '▁',
  'Ġx',
  'ä¸',
  'Ń',
  '中',
  '<0xE4>',
  '<0xB8>',
  '<0xAD>',
  '<0x41>',
  '<0x+1>',
  '<0xZZ>',
  '<pad>',
  '|',
  '.',
  "n't",
  "'s",
  ' do not',
  ' ',
  '\ufffd',
];
