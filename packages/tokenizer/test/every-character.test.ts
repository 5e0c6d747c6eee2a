import { describe, expect, test } from 'vitest';
import { NormalizedText } from '../src/index.ts';
import { loadBoth } from './peer.ts';

/** Planes 0 to 2 and what else has characters; all of Unicode with WORDLOOM_FUZZ, which takes minutes. */
const stretches: readonly (readonly [first: number, last: number])[] = process.env.WORDLOOM_FUZZ
  ? [[0, 0x10ffff]]
  : [
      [0, 0x1ffff],
      [0x2f000, 0x323ff],
      [0xe0000, 0xe01ff],
    ];

/** All characters, some to a text, with something between them. */
function* texts(between: string): Generator<string> {
  for (const [first, last] of stretches) {
    for (let start = first; start <= last; start += 64) {
      let text = '';
      for (let codePoint = start; codePoint < start + 64; codePoint++) {
        if (codePoint < 0xd800 || codePoint > 0xdfff) text += between + String.fromCodePoint(codePoint);
      }
      yield text;
    }
  }
}

const model = { type: 'WordLevel', vocab: { '?': 0 }, unk_token: '?' };
const file = (parts: Record<string, unknown>) => ({ version: '1.0', added_tokens: [], model, ...parts });

const preTokenizers: Record<string, unknown>[] = [
  { type: 'Digits', individual_digits: true },
  { type: 'Punctuation', behavior: 'Isolated' },
  { type: 'UnicodeScripts' },
  { type: 'BertPreTokenizer' },
  { type: 'Whitespace' },
  { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true },
];
const properties = ['\\p{L}', '\\p{N}', '\\w', '(?i:[a-z])'];
if (process.env.WORDLOOM_FUZZ) {
  const categories = [
    'Lu',
    'Ll',
    'Lt',
    'Lm',
    'Lo',
    'Mn',
    'Mc',
    'Me',
    'Nd',
    'Nl',
    'No',
    'Pc',
    'Pd',
    'Ps',
    'Pe',
    'Pi',
    'Pf',
    'Po',
    'Sm',
    'Sc',
    'Sk',
    'So',
    'Zs',
    'Zl',
    'Zp',
    'Cc',
    'Cf',
    'Co',
    'Cn',
  ];
  const scripts = [
    'Latin',
    'Greek',
    'Cyrillic',
    'Arabic',
    'Hebrew',
    'Thai',
    'Hangul',
    'Hiragana',
    'Katakana',
    'Devanagari',
    'Common',
    'Inherited',
  ];
  const classes = [
    'alnum',
    'alpha',
    'cntrl',
    'graph',
    'lower',
    'print',
    'punct',
    'space',
    'upper',
    'word',
    'xdigit',
  ];
  properties.push(
    '\\d',
    '\\h',
    ...[...categories, ...scripts].map((name) => `\\p{${name}}`),
    ...classes.map((name) => `[[:${name}:]]`),
  );
}
const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });

describe('every character is to a pre-tokenizer what it is to the reference', () => {
  test.each([...preTokenizers, ...properties.map(split)])(
    '%j',
    (pre_tokenizer) => {
      const { tokenizer, peer } = loadBoth(file({ pre_tokenizer }));
      const peerPart = peer.getPreTokenizer()!;
      for (const text of texts('a')) {
        const parts: NormalizedText[] = [];
        tokenizer.preTokenizer!.split(NormalizedText.of(text, false), parts);
        const theirs = peerPart.preTokenizeString(text).map(([part]) => part);
        if (parts.map((part) => part.text).join('\n') !== theirs.join('\n'))
          expect(parts.map((part) => part.text)).toEqual(theirs);
      }
    },
    600_000,
  );
});

const normalizers: Record<string, unknown>[] = [
  ...['NFC', 'NFD', 'NFKC', 'NFKD', 'Nmt', 'StripAccents', 'Lowercase'].map((type) => ({ type })),
  {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: true,
    lowercase: true,
  },
];

describe('a normalizer makes of every character what the reference makes of it, tracked or not', () => {
  test.each(normalizers)(
    '%j',
    (normalizer) => {
      const { tokenizer, peer } = loadBoth(file({ normalizer }));
      const peerPart = peer.getNormalizer()!;
      for (const text of texts('|')) {
        const theirs = peerPart.normalizeString(text);
        for (const isTracked of [false, true]) {
          const ours = tokenizer.normalizer!.normalize(NormalizedText.of(text, isTracked)).text;
          if (ours !== theirs) expect(ours).toBe(theirs);
        }
      }
    },
    600_000,
  );
});
