import fc from 'fast-check';
import huggingFaceTokenizers from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { loadTokenizer, NormalizedText, RegexPattern } from '../index.ts';

const runs = Number(process.env.WORDLOOM_FUZZ ?? 400);

function tokenizerWith(regex: string): Record<string, unknown> {
  return {
    version: '1.0',
    added_tokens: [],
    pre_tokenizer: { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false },
    model: { type: 'WordLevel', vocab: { '?': 0 }, unk_token: '?' },
  };
}

/** The parts that Oniguruma cuts a text into; undefined if it does not take the pattern. */
function peerParts(regex: string, text: string): string[] | undefined {
  try {
    const peer = huggingFaceTokenizers.Tokenizer.fromString(JSON.stringify(tokenizerWith(regex)));
    return peer
      .getPreTokenizer()!
      .preTokenizeString(text)
      .map(([part]) => part);
  } catch {
    return undefined;
  }
}

function parts(regex: string, text: string): string[] {
  const output: NormalizedText[] = [];
  loadTokenizer(tokenizerWith(regex)).preTokenizer!.split(NormalizedText.of(text, false), output);
  return output.map((part) => part.text);
}

const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    'A',
    '中',
    'é',
    ' ',
    '\\n',
    '.',
    '\\s',
    '\\S',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\h',
    '\\R',
    '\\N',
    '\\O',
  ],
  ...[
    '\\p{L}',
    '\\P{L}',
    '\\p{^Lu}',
    '\\p{Han}',
    '\\p{N}',
    '\\p{M}',
    '\\p{P}',
    '\\p{S}',
    '\\p{Alpha}',
    '\\p{Cyrillic}',
  ],
  ...[
    '[abc]',
    '[^abc]',
    '[a-c&&[^b]]',
    '[[:alpha:]\\d]',
    '[^\\S\\n]',
    '[\\p{Lu}\\p{M}]',
    '[一-龥]',
    '[^\\r\\n\\p{L}]',
    '[+-\\/]',
  ],
  ...['^', '$', '\\A', '\\z', '\\Z', '\\b', '\\B', "'s", '\\x61', '\\u4e2d', '\\x{1F44B}', '\\.', '\\ '],
);
const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '*+',
  '++',
  '?+',
  '{2}',
  '{1,2}',
  '{,2}',
  '{2,}',
  '{1,2}?',
);
const regex = fc.letrec((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(atom, quantifier).map(([body, times]) => body + times),
    fc
      .tuple(
        fc.constantFrom('(', '(?:', '(?>', '(?=', '(?!', '(?i:', '(?m:', '(?<name>'),
        fc.array(fc.array(tie('term'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        quantifier,
      )
      .map(([open, choices, times]) => {
        const body = choices.map((terms) => terms.join('')).join('|');
        return `${open}${body})${open === '(?=' || open === '(?!' ? '' : times}`;
      }),
    fc
      .tuple(fc.constantFrom('(?<=', '(?<!'), fc.constantFrom('a', 'b|中', '\\s', '[ab]\\d', '^'))
      .map(([open, body]) => `${open}${body})`),
  ),
  regex: fc
    .array(fc.array(tie('term'), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map((choices) => choices.map((terms) => terms.join('')).join('|')),
})).regex as fc.Arbitrary<string>;

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          'a',
          'b',
          'c',
          'A',
          'ab',
          '中',
          'é',
          'É',
          ' ',
          '\n',
          '\r\n',
          '1',
          '²',
          "'s",
          '.',
          '+',
          'Ж',
          '\u0301',
          '👋',
          '\u0085',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
    { maxLength: 12 },
  )
  .map((strings) => strings.join(''));

describe('patterns', () => {
  test('random patterns cut random texts as Oniguruma does', () => {
    fc.assert(
      fc.property(regex, fc.array(text, { minLength: 3, maxLength: 3 }), (pattern, texts) => {
        for (const each of texts) {
          const theirs = peerParts(pattern, each);
          if (theirs) expect(parts(pattern, each)).toEqual(theirs);
        }
      }),
      { numRuns: runs },
    );
  });

  const known = {
    gpt4: "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    gpt4o:
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    deepseek:
      '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
  };

  test.each(Object.entries(known))('the pattern of %s cuts random texts as Oniguruma does', (_, pattern) => {
    const longer = fc.array(text, { maxLength: 6 }).map((texts) => texts.join(''));
    fc.assert(
      fc.property(longer, (each) => {
        expect(parts(pattern, each)).toEqual(peerParts(pattern, each));
      }),
      { numRuns: 100 },
    );
  });

  test('case is ignored as Oniguruma does, ligatures included', () => {
    const texts = ['ß ẞ SS ſs ss', 'ﬁ FI fi ﬃ ffi', 'KſAkK', 'İıIi', 'ΣσςΜμµ', 'ﬆ ﬅ st', 'ǅ ǆ Ǆ', 'Ωω', 'ꭰᎠ'];
    for (const pattern of [
      '(?i:ss)',
      '(?i:ß)',
      '(?i:fi)',
      '(?i:ﬁ)',
      '(?i:[a-z])',
      '(?i:i)',
      '(?i:σ)',
      '(?i:μ)',
      '(?i:st)',
      '(?i:ǆ)',
      '(?i:ω)',
      '(?i:Ꭰ)',
      '(?i:[^s])',
      '(?i)k(?-i)A',
      'a(?i)b|c',
    ]) {
      for (const each of texts)
        expect([pattern, each, parts(pattern, each)]).toEqual([pattern, each, peerParts(pattern, each)]);
    }
  });

  test.each([
    ['(a)\\1', 'it must not use "\\1", which is not supported, at index 4'],
    ['(?<n>a)\\k<n>', 'it must not use "\\k", which is not supported, at index 8'],
    ['\\p{Emoji}', 'it must use only properties that are supported, got "\\p{Emoji}", at index 1'],
    ['a{2,1}', 'it must not repeat at least 2 and at most 1 times, at index 6'],
    ['(?s).', 'it must use only groups that are supported, got "(?s", at index 2'],
    ['[a', 'it must close every "[" with "]", at index 2'],
    ['*a', 'it must have something before "*" to repeat, at index 1'],
    [
      '(?:(?:ab){1000}){1000}',
      'it must be small enough: repeated parts, written out, have more than 20000 steps',
    ],
  ])('%s is refused', (pattern, message) => {
    expect(() => new RegexPattern(pattern)).toThrow(new SyntaxError(message));
  });

  test('patterns that are slow elsewhere end, with the right answer or an error that says why', () => {
    const many = 'a'.repeat(400);
    const slow = [
      '(a+)+$',
      '(a|a)*b',
      '(?:a|aa)+\\z!',
      '\\s*\\s*\\s*x',
      '(a*b)*c',
      '([a-c]+)*\\d',
      '(?:(?:a?)*)*b',
    ];
    for (const pattern of slow)
      expect([pattern, new RegexPattern(pattern).matches(`${many}!`)]).toEqual([pattern, []]);
    expect(() => new RegexPattern('(?:a*)*(?:a*)*(?:a*)*b').matches('a'.repeat(8_000))).toThrow(
      'must not take more than a few hundred steps for each character',
    );
    expect(new RegexPattern('(?:a|b)*').matches('ab'.repeat(100_000))).toEqual([0, 200_000]);
    for (const pattern of ['(?>(?:ab)*)x', '(?=(?:ab)*)ay']) {
      const regex = new RegexPattern(pattern);
      expect(regex.matches('ab'.repeat(500))).toEqual([]);
      expect(() => regex.matches('ab'.repeat(4_000))).toThrow('must not take more than a few hundred steps');
    }
  });
});

test('runs of characters, at an end of the text or anywhere, are those that Oniguruma finds', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('[ab]', ' ', '[^a]', '\\s', '[a😀]', '\\p{L}'),
      fc.constantFrom('', '+', '{2,}', '{2}', '{1,2}', '{2,3}'),
      fc.constantFrom(['', ''], ['\\A', ''], ['', '\\z'], ['\\A', '\\z']),
      fc.string({ unit: fc.constantFrom('a', 'b', ' ', '😀', 'é'), maxLength: 8 }),
      (set, count, [before, after], text) => {
        const regex = `${before}${set}${count}${after}`;
        expect(parts(regex, text)).toEqual(peerParts(regex, text));
      },
    ),
    { numRuns: 2 * runs },
  );
});
