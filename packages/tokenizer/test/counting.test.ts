import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockEncoder } from '../src/boundaries/block-encoder.ts';
import {
  decodeSentencePieceFile,
  IdBuffer,
  IncrementalEncoder,
  IntervalCounter,
  loadTokenizer,
  type NormalizedText,
  Tokenizer,
  trainBytePair,
  WhitespaceSplitPreTokenizer,
} from '../src/index.ts';
import { dataPath } from './oracles.ts';
import { configurations } from './pipeline-configurations.ts';

/** More with WORDLOOM_FUZZ=100000. */
const runs = Number(process.env.WORDLOOM_FUZZ ?? 20);
const seed = process.env.WORDLOOM_FUZZ ? {} : { seed: 1 };

const part = fc.oneof(
  fc.constantFrom(
    ...[
      'the',
      ' the',
      'hello',
      ' hello',
      'a',
      'b',
      'ab',
      ' ab',
      'abc',
      '  ',
      ' ',
      '\n',
      '\n\n',
      '\r\n',
      '\t',
      '.',
      ',',
      '!',
      ' !',
    ],
    ...[
      "'s",
      "'ll",
      "'",
      '-',
      '--',
      '#',
      '_',
      '▁',
      '▁▁',
      '1',
      '23',
      '4567',
      '²',
      'Ⅷ',
      'A',
      'É',
      'e\u0301',
      '\u0301',
      '\u0338',
      '<',
    ],
    ...[
      '中',
      '国',
      '中国人',
      '한국',
      'が',
      'カ\u3099',
      '\u0000',
      '\u0085',
      '\u00a0',
      '\u00ad',
      '\u200d',
      '\ufeff',
      '\u3000',
      '👋',
    ],
    ...[
      '👩‍👧',
      '🇨🇳',
      '\ud83d',
      '\udc4b',
      '<s>',
      '<mask>',
      ' <mask> ',
      'Word',
      ' Word ',
      '[CLS]',
      'Ж',
      'ไทย',
      'عربي',
      'x'.repeat(40),
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const anyText = fc.array(part, { maxLength: 60 }).map((parts) => parts.join(''));
const edit = fc.tuple(
  fc.nat(),
  fc.nat(12),
  fc.array(part, { maxLength: 3 }).map((parts) => parts.join('')),
);

const corpus = "The cat's hats: that's 1234 hats!\n\n  It'll rain, they said. 中国人在中国。 \t tabs ".repeat(
  20,
);
const trained = trainBytePair(corpus, { vocabSize: 400, specialTokens: ['<s>', '<mask>'] }).toJSON();
const isolated = (pattern: string) => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
});
const patterns = {
  cl100k:
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  o200k:
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|" +
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|" +
    '\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
  'word or gap': '\\w+(?=\\s|$)|[0-9]++|[,.]',
};
const words = [
  '▁',
  't',
  'h',
  'e',
  'a',
  'b',
  'c',
  '.',
  'x',
  '中',
  '国',
  'th',
  'the',
  '▁the',
  '▁t',
  '▁a',
  'ab',
  '▁▁',
  'xx',
  'xxxx',
];
const llama = {
  ...trained,
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  pre_tokenizer: null,
  added_tokens: [
    { id: 0, content: '<unk>', special: true, normalized: false },
    { id: 1, content: '<s>', special: true, normalized: false },
  ],
  model: {
    type: 'BPE',
    unk_token: '<unk>',
    fuse_unk: true,
    byte_fallback: true,
    vocab: Object.fromEntries(
      [
        ...['<unk>', '<s>'],
        ...Array.from(
          { length: 256 },
          (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
        ),
        ...words,
      ].map((text, id) => [text, id]),
    ),
    merges: ['t h', 'th e', '▁ the', '▁ t', '▁t he', '▁ a', 'a b', '▁ ▁', 'x x', 'xx xx'].filter(
      (merge) => !merge.endsWith(' he'),
    ),
  },
};

const rulesPath = fileURLToPath(new URL('../fixtures/sentence-piece/unigram-rules.model', import.meta.url));
const t5Path = dataPath('tok-sentencepiece/t5.spiece.model');

const pipelines: (readonly [name: string, json: unknown, isLocal: boolean])[] = [
  ['byte-level BPE as in GPT-2', trained, true],
  [
    'the same with a space in front',
    {
      ...trained,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    },
    true,
  ],
  ['the same after NFC', { ...trained, normalizer: { type: 'NFC' } }, true],
  ...Object.entries(patterns).map(([name, pattern]): [string, unknown, boolean] => [
    `byte-level BPE, Split by the pattern ${name}`,
    { ...trained, pre_tokenizer: isolated(pattern) },
    true,
  ]),
  ['BPE as in Llama 2, where a text is one word', llama, true],
  [
    'BPE as in Llama 2, with Metaspace',
    {
      ...llama,
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
    },
    true,
  ],
  ['WordPiece as in BERT', bertLike(), true],
  ['Unigram with Metaspace', unigramLike(), true],
  ['Unigram with rules of its own', sentencePieceLike(rulesPath), true],
  ['Unigram with rules of its own, and fewer spaces, as in mT5', sentencePieceLike(rulesPath, ' {2,}'), true],
  ...(t5Path ? [['Unigram as in T5', sentencePieceLike(t5Path), true] as const] : []),
  [
    'a normalizer that strips',
    { ...trained, normalizer: { type: 'Strip', strip_left: true, strip_right: true } },
    false,
  ],
];

function bertLike(): unknown {
  const { json } = configurations.find(({ name }) => name.includes('WordPiece'))!;
  return {
    ...json,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] },
  };
}

function unigramLike(): unknown {
  const { json } = configurations.find(({ name }) => name.includes('Unigram'))!;
  return {
    ...json,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  };
}

/** The tokenizer.json that a SentencePiece file becomes. */
function sentencePieceLike(path: string, spaces = ''): unknown {
  const { pieces, characterMap } = decodeSentencePieceFile(readFileSync(path));
  const precompiled = {
    type: 'Precompiled',
    precompiled_charsmap: Buffer.from(characterMap!).toString('base64'),
  };
  const fewerSpaces = { type: 'Replace', pattern: { Regex: spaces }, content: ' ' };
  return {
    ...trained,
    added_tokens: [],
    normalizer: spaces === '' ? precompiled : { type: 'Sequence', normalizers: [precompiled, fewerSpaces] },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'WhitespaceSplit' },
        { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      ],
    },
    model: {
      type: 'Unigram',
      unk_id: pieces.findIndex(({ kind }) => kind === 'unknown'),
      byte_fallback: false,
      vocab: pieces.map(({ piece, score }) => [piece, score]),
    },
  };
}

const all: [name: string, json: unknown][] = [
  ...pipelines.map(([name, json]): [string, unknown] => [name, json]),
  ...configurations
    .filter(({ json }) => !json.truncation && !json.padding)
    .map(({ name, json }): [string, unknown] => [name, json]),
];

/** Tokenizers that refuse some text refuse it here, too. */
function attempt<Value>(what: () => Value): Value | 'refused' {
  try {
    return what();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return 'refused';
  }
}

describe.each(all)('%s', (_name, json) => {
  const tokenizer = loadTokenizer(json);
  const options = fc.record({ addSpecialTokens: fc.boolean(), parseSpecialTokens: fc.boolean() });

  test('blocks of any length give the ids of the text', () => {
    const encoder = BlockEncoder.for(tokenizer);
    fc.assert(
      fc.property(
        anyText,
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        (text, parseSpecialTokens, length) => {
          const ids = attempt(() => tokenizer.encode(text, { addSpecialTokens: false, parseSpecialTokens }));
          if (ids === 'refused') return;
          const buffer = new IdBuffer(16);
          for (let start = 0; start < text.length; ) {
            const end = encoder.blockEnd(text, start, length);
            encoder.encode(text.slice(start, end), start === 0, parseSpecialTokens, buffer);
            start = end;
          }
          expect(buffer.toArray()).toEqual(ids);
        },
      ),
      { numRuns: runs * 4, ...seed },
    );
  });

  test('any part of a text counts what encoding it gives', () => {
    fc.assert(
      fc.property(
        anyText,
        options,
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }),
        (text, flags, draws) => {
          const counter = attempt(() => new IntervalCounter(tokenizer, text, flags));
          if (counter === 'refused') return;
          for (const draw of draws) {
            const [start, end] = draw.map((at) => at % (text.length + 1)).sort((a, b) => a - b) as [
              number,
              number,
            ];
            expect(attempt(() => counter.count(start, end))).toBe(
              attempt(() => tokenizer.encode(text.slice(start, end), flags).length),
            );
          }
        },
      ),
      { numRuns: runs, ...seed },
    );
  });

  test('edits give what encoding the whole text gives', () => {
    fc.assert(
      fc.property(anyText, options, fc.array(edit, { maxLength: 8 }), (start, flags, edits) => {
        const encoder = attempt(() => new IncrementalEncoder(tokenizer, { text: start, ...flags }));
        if (encoder === 'refused') return;
        let text = start;
        for (const [at, length, put] of edits) {
          const from = at % (text.length + 1);
          const to = Math.min(text.length, from + length);
          const changed = text.slice(0, from) + put + text.slice(to);
          if (attempt(() => encoder.replace(from, to, put)) !== 'refused') text = changed;
          expect(encoder.text).toBe(text);
          const ids = tokenizer.encode(text, flags);
          expect(encoder.ids).toEqual(ids);
          expect(encoder.count).toBe(ids.length);
        }
      }),
      { numRuns: runs, ...seed },
    );
  });

  test('counting up to a limit gives the number, or one more than the limit', () => {
    fc.assert(
      fc.property(anyText, options, fc.nat(300), (text, flags, limit) => {
        const count = attempt(() => tokenizer.encode(text, flags).length);
        if (count === 'refused') return;
        expect(tokenizer.countTokens(text, flags)).toBe(count);
        expect(tokenizer.countTokens(text, { ...flags, limit })).toBe(Math.min(count, limit + 1));
        expect(tokenizer.isWithinTokenLimit(text, limit, flags)).toBe(count <= limit && count);
      }),
      { numRuns: runs, ...seed },
    );
  });
});

describe('what is encoded', () => {
  const text = Array.from(
    { length: 4000 },
    (_, index) => ['the', 'cat', 'a', 'hats', '12', 'ab'][(index * index) % 6],
  ).join(' ');

  test.each(pipelines)('%s: a change encodes the blocks around it', (_name, json, isLocal) => {
    const tokenizer = loadTokenizer(json);
    const encoder = new IncrementalEncoder(tokenizer, { text });
    const costs = [
      encoder.replace(8000, 8003, 'hat'),
      encoder.replace(3, 5, ''),
      encoder.append(' th'),
      encoder.append('e'),
      encoder.truncate(encoder.length - 5),
    ];
    expect(encoder.ids).toEqual(tokenizer.encode(encoder.text));
    for (const { blocks, codeUnits } of costs) {
      if (isLocal) {
        expect(blocks).toBeLessThanOrEqual(3);
        expect(codeUnits).toBeLessThan(120);
      } else {
        expect(blocks).toBe(1);
        expect(codeUnits).toBeGreaterThan(text.length - 10);
      }
    }
    const counter = new IntervalCounter(tokenizer, text);
    if (isLocal) expect(counter.longestBlock).toBeLessThan(50);
    else expect(counter.longestBlock).toBe(text.length);
  });

  test('counting up to a limit looks at little more than has so many tokens', () => {
    let seen = 0;
    class Watched extends WhitespaceSplitPreTokenizer {
      override split(stretch: NormalizedText, output: NormalizedText[]): void {
        seen += stretch.length;
        super.split(stretch, output);
      }
    }
    const model = loadTokenizer(bertLike()).model;
    const tokenizer = new Tokenizer({ model, preTokenizer: new Watched() });
    for (const [limit, most] of [
      [0, 300],
      [500, 2200],
    ] as const) {
      seen = 0;
      expect(tokenizer.isWithinTokenLimit(text, limit)).toBe(false);
      expect(seen).toBeLessThan(most);
      expect(tokenizer.countTokens([text, text], { limit, pair: text })).toBe(limit + 1);
    }
  });

  test('what is no text, part or limit is refused by name', () => {
    const tokenizer = loadTokenizer(trained);
    expect(() => tokenizer.countTokens('a', { limit: -1 })).toThrow(
      'limit must be an integer from 0 on, got -1',
    );
    expect(() => tokenizer.countTokens(1 as never, { limit: 1 })).toThrow(/text must be a string, got 1/);
    expect(() => new IntervalCounter(tokenizer, 'abc').count(2, 4)).toThrow('part of 0 to 3, got 2 and 4');
    const encoder = new IncrementalEncoder(tokenizer, { text: 'abc' });
    expect(() => encoder.replace(2, 1, '')).toThrow('part of 0 to 3, got 2 and 1');
    expect(() => encoder.append(undefined as never)).toThrow('text must be a string, got undefined');
    expect(encoder.text).toBe('abc');
  });

  test('a template that has the text twice counts it twice', () => {
    const twice = { Sequence: { id: 'A', type_id: 0 } };
    const special = { SpecialToken: { id: '<s>', type_id: 0 } };
    const pair = [twice, { Sequence: { id: 'B', type_id: 1 } }];
    const specials = { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } };
    const template = {
      type: 'TemplateProcessing',
      single: [twice, special, twice],
      pair,
      special_tokens: specials,
    };
    const tokenizer = loadTokenizer({ ...trained, post_processor: template });
    const { length } = tokenizer.encode('the cat');
    expect(tokenizer.countTokens('the cat', { limit: length })).toBe(length);
    expect(tokenizer.isWithinTokenLimit('the cat', length - 1)).toBe(false);
    expect(new IntervalCounter(tokenizer, 'the cat').count(0, 7)).toBe(length);
  });
});

describe.skipIf(!dataPath('tok-gpt2/tokenizer.json'))('with GPT-2 and prose', () => {
  test('parts and edits of a long text', () => {
    const tokenizer = loadTokenizer(readFileSync(dataPath('tok-gpt2/tokenizer.json')!, 'utf8'));
    const text = readFileSync(dataPath('multilingual/udhr2-all.txt')!, 'utf8').slice(0, 60_000);
    const counter = new IntervalCounter(tokenizer, text);
    const encoder = new IncrementalEncoder(tokenizer, { text });
    expect(encoder.ids).toEqual(tokenizer.encode(text));
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3000), (start, length) => {
        const end = Math.min(text.length, start + length);
        expect(counter.count(start, end)).toBe(tokenizer.encode(text.slice(start, end)).length);
      }),
      { numRuns: 100, ...seed },
    );
  });
});
