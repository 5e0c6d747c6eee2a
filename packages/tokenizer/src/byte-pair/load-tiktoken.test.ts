import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { Tiktoken, type TiktokenEncoding } from 'tiktoken';
import { describe, expect, test, vi } from 'vitest';
import { anyText } from '../../test/fuzz-text.ts';
import { dataPath, huggingFace } from '../../test/oracles.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { loadTiktoken } from './load-tiktoken.ts';
import { tiktokenEncodings } from './tiktoken-encodings.ts';

type Name = keyof typeof tiktokenEncodings & TiktokenEncoding;

interface Published {
  readonly pat_str: string;
  readonly special_tokens: Record<string, number>;
  readonly bpe_ranks: string;
}

/** Texts for each encoding; more with WORDLOOM_FUZZ=100000, others with WORDLOOM_SEED=7. */
const runs = Number(process.env.WORDLOOM_FUZZ ?? 100);
const seed = Number(process.env.WORDLOOM_SEED ?? 3);
const timeLimit = process.env.WORDLOOM_FUZZ ? 3_600_000 : 60_000;

const require = createRequire(import.meta.url);
const published = (name: Name): Published => require(`tiktoken/encoders/${name}.json`);

/** The ranks that the npm package holds, as tiktoken's file has them. */
function ranksFile(compact: string): string {
  const lines: string[] = [];
  for (const block of compact.split('\n')) {
    const [, first, ...tokens] = block.split(' ');
    for (const [index, token] of tokens.entries()) lines.push(`${token} ${Number(first) + index}`);
  }
  return lines.join('\n');
}

/** What these patterns tell apart, and what is hard for every tokenizer. */
const anyEncodedText = fc
  .tuple(
    anyText([
      ...[
        ' the',
        '中国人民',
        '，',
        ' 2024',
        "It's",
        "we'LL",
        "don'ſ",
        '\r\n',
        '  \n ',
        '\tif (x) {\n',
        'HTTPServer',
      ],
      ...['\ufeff', '\u0085', '\u3000', '👩‍👧', '<|endoftext|>', '<|endof', '\0', 'e\u0301', '\ud83d'],
    ]),
    fc.string({ unit: 'binary' }),
  )
  .map((parts) => parts.join(''));

/** A long word, code, and a run of spaces, whole texts of which are rare in fuzzed ones. */
const texts = [
  'x'.repeat(500),
  `${' '.repeat(90)}return`,
  '中华人民共和国'.repeat(40),
  'aGVsbG8gd29ybGQ'.repeat(30),
  "for (let i = 0; i < 10; i++) {\n\t\tconsole.log(`it's`, i);\n}\n",
  '🎉'.repeat(50),
];

describe.each(Object.keys(tiktokenEncodings) as Name[])('%s', (name) => {
  const { bpe_ranks, pat_str, special_tokens } = published(name);
  const tokenizer = loadTiktoken(ranksFile(bpe_ranks), tiktokenEncodings[name]);

  test('pattern and special tokens are the published ones', () => {
    expect(tiktokenEncodings[name]).toEqual({ pattern: pat_str, specialTokens: special_tokens });
    expect(Object.fromEntries(tokenizer.specialTokens)).toEqual(special_tokens);
  });

  test(
    'ids are those of tiktoken, and decode to the text',
    () => {
      const peer = new Tiktoken(bpe_ranks, special_tokens, pat_str);
      const check = (text: string): void => {
        const ids = tokenizer.encode(text);
        expect([...ids]).toEqual([...peer.encode(text, 'all')]);
        expect(tokenizer.encodeWithOffsets(text).ids).toEqual(ids);
        expect(tokenizer.decode(ids)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
      };
      for (const text of texts) check(text);
      fc.assert(fc.property(anyEncodedText, check), { numRuns: runs * 2, seed });
      peer.free();
    },
    timeLimit,
  );

  test(
    'Hugging Face gives the same ids with the tokenizer.json, and so does what is read back from it',
    async () => {
      const json = JSON.stringify(tokenizer);
      const peer = huggingFace(json);
      const own = loadTokenizer(json);
      await fc.assert(
        fc.asyncProperty(anyEncodedText, async (text) => {
          const ids = [...tokenizer.encode(text)];
          expect(await peer.encode(text)).toEqual(ids);
          expect([...own.encode(text)]).toEqual(ids);
        }),
        { numRuns: runs, seed: seed + 1, examples: texts.map((text): [string] => [text]) },
      );
    },
    timeLimit,
  );
});

/** Ranks of all bytes and some more tokens, in any order: some tokens are reached by merges of higher rank only, some by none. */
const anyRanks = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom(...'abc'), minLength: 2, maxLength: 6 }), { maxLength: 25 })
  .chain((tokens) => {
    const bytes = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]));
    const all = [...tokens.map((token) => Buffer.from(token)), ...bytes];
    return fc.shuffledSubarray(all, { minLength: all.length });
  })
  .map((tokens) => tokens.map((token) => token.toString('base64')));

function withoutWebAssembly<Result>(make: () => Result): Result {
  try {
    vi.stubGlobal('WebAssembly', undefined);
    return make();
  } finally {
    vi.unstubAllGlobals();
  }
}

test('tokens longer than the kernel takes have merges, too', () => {
  const lines = Array.from({ length: 9 }, (_, power) => `${btoa('a'.repeat(2 << power))} ${256 + power}`);
  const tokenizer = loadTiktoken([bytesFile, ...lines].join('\n'), { pattern: '[\\s\\S]+' });
  expect([...tokenizer.encode('a'.repeat(600))]).toEqual([264, 261, 259, 258]);
});

test('texts are tokens as a whole, whatever merges make of them, with and without WebAssembly', () => {
  const file = `${bytesFile}\n${btoa('abc')} 256\n${btoa('bc')} 257\n${btoa('xyz')} 258`;
  const options = { pattern: '[a-z]+|[^a-z]+', specialTokens: { '<s>': 300, qq: 299 } };
  const tokenizer = loadTiktoken(file, options);
  const other = withoutWebAssembly(() => {
    const made = loadTiktoken(file, options);
    expect([...made.encode('xyz', { parseSpecialTokens: false })]).toEqual([258]);
    return made;
  });
  for (const [text, ids] of [
    ['xyz', [258]],
    ['xyzx', [120, 121, 122, 120]],
    ['abc', [256]],
    ['qq', [113, 113]], // special, and only text here, as tiktoken has it
  ] as const) {
    for (const each of [tokenizer, other, loadTokenizer(tokenizer.toJSON())]) {
      expect([...each.encode(text, { parseSpecialTokens: false })]).toEqual(ids);
    }
  }
  expect([tokenizer.model.idOf('xyz'), tokenizer.model.idOf('<s>'), tokenizer.model.idOf('中')]).toEqual([
    258,
    300,
    undefined,
  ]);
  for (const each of [tokenizer, other, loadTokenizer(JSON.stringify(tokenizer))]) {
    expect(each.decode([300, 299, 258, 97])).toBe('<s>qqxyza');
    for (const id of [259, 298, 301, -1, 1.5]) expect(() => each.decode([97, id])).toThrow(RangeError);
  }
  expect([tokenizer.model.tokenOf(259), tokenizer.model.tokenOf(299), tokenizer.vocabSize]).toEqual([
    undefined,
    'qq',
    301,
  ]);
});

test('any ranks give the ids that tiktoken gives, and that Hugging Face gives with the merges recovered', async () => {
  const pattern = '[\\s\\S]+';
  await fc.assert(
    fc.asyncProperty(
      anyRanks,
      fc.array(fc.string({ unit: fc.constantFrom(...'abc'), minLength: 1, maxLength: 30 }), { minLength: 3 }),
      async (tokens, words) => {
        const peer = new Tiktoken(`! 0 ${tokens.join(' ')}`, {}, pattern);
        const lines = tokens.map((token, rank) => `${token} ${rank}`);
        const tokenizer = loadTiktoken(lines.join('\n'), { pattern });
        const other = huggingFace(tokenizer);
        for (const word of [
          ...words,
          ...tokens.map((token) => atob(token)).filter((token) => token.length > 1),
        ]) {
          const ids = [...peer.encode(word)];
          expect([...tokenizer.encode(word)]).toEqual(ids);
          expect(await other.encode(word)).toEqual(ids);
        }
        const inScript = withoutWebAssembly(() => loadTiktoken(lines.join('\n'), { pattern }));
        expect(JSON.stringify(inScript)).toBe(JSON.stringify(tokenizer));
        peer.free();
      },
    ),
    { numRuns: 60, seed: 5 },
  );
});

const ranks = (tokenizer: Tokenizer): number => tokenizer.model.tokenCount;
const bytesFile = Array.from(
  { length: 256 },
  (_, byte) => `${Buffer.from([byte]).toString('base64')} ${byte}`,
).join('\n');

test('lines may end as on Windows, come in any order and leave out ranks, and the file may be bytes', () => {
  const lines = ['YWI= 300', ...bytesFile.split('\n').toReversed()].join('\r\n');
  const tokenizer = loadTiktoken(new TextEncoder().encode(`${lines}\r\n`), { pattern: '[\\s\\S]+' });
  expect([...tokenizer.encode('abc')]).toEqual([300, 99]);
  expect([ranks(tokenizer), tokenizer.vocabSize]).toEqual([257, 301]);
  expect(tokenizer.decode([300, 0xe4, 0xb8, 0xad])).toBe('ab中');
});

test('what a pattern leaves out has no tokens', () => {
  const tokenizer = loadTiktoken(bytesFile, { pattern: '[a-z]+' });
  expect([...tokenizer.encode('a, b')]).toEqual([97, 98]);
});

test.each([
  [
    `${bytesFile}\nYW(= 256`,
    'line 257 must be a token in base 64, a space and a rank below 1048576, got "YW(= 256"',
  ],
  [`${bytesFile}\nYWI=`, 'line 257 must be'],
  [`${bytesFile}\nYWI= 1x`, 'line 257 must be'],
  [`${bytesFile}\nYWI= 12345678`, 'line 257 must be'],
  [`${bytesFile}\nYWI= 255`, 'must name each rank once, got 255 again'],
  [`${bytesFile}\nYWI= 256\nYWI= 257`, 'must name each token once, got "ab" as 256 and 257'],
  ['IQ== 0', 'must have a token for each byte (byte 0x00 has none)'],
])('bad ranks are refused by line: %#', (file, message) => {
  expect(() => loadTiktoken(file, { pattern: '.+', source: 'my.tiktoken' })).toThrow(
    `loadTiktoken: my.tiktoken`,
  );
  expect(() => loadTiktoken(file, { pattern: '.+' })).toThrow(message);
});

test('bad options are refused', () => {
  expect(() => loadTiktoken(bytesFile, { pattern: '(' })).toThrow(SyntaxError);
  // @ts-expect-error: the pattern is missing
  expect(() => loadTiktoken(bytesFile, {})).toThrow(
    'loadTiktoken: pattern must be a regular expression, got undefined',
  );
  expect(() => loadTiktoken(bytesFile, { pattern: '.+', specialTokens: { '<s>': 7 } })).toThrow(
    'specialTokens must have ids from 0 to 1048575 that no rank has, got 7 for "<s>"',
  );
});

const downloaded = dataPath('tok-tiktoken/cl100k_base.tiktoken');

test.skipIf(!downloaded)('the file as downloaded is read', () => {
  const tokenizer = loadTiktoken(readFileSync(downloaded!), tiktokenEncodings.cl100k_base);
  const same = loadTiktoken(ranksFile(published('cl100k_base').bpe_ranks), tiktokenEncodings.cl100k_base);
  expect(JSON.stringify(tokenizer)).toBe(JSON.stringify(same));
});
