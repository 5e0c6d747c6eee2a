import fc from 'fast-check';
import { Tiktoken } from 'tiktoken';
import tokenizers from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { createPieceScanner } from './piece-scanner.ts';
import { scanClasses } from './scan-classes.ts';
import { CL100K_PATTERN, GPT2_PATTERN, O200K_PATTERN, splitRule, toOniguruma } from './split-patterns.ts';

const LETTERS = '[^\\r\\n\\p{L}\\p{N}]?';
const TAIL = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const ANY_CASE = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
const patterns: Readonly<Record<string, string>> = {
  'GPT-2': GPT2_PATTERN,
  cl100k: CL100K_PATTERN,
  'cl100k since tiktoken 0.9': toOniguruma(
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
  ),
  o200k: O200K_PATTERN,
  Qwen: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|${LETTERS}\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${TAIL}`,
  'ASCII contractions': `${ANY_CASE}|${LETTERS}\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${TAIL}`,
  'words with marks': `(?i:'s|'t|'re|'ve|'m|'ll|'d)|${LETTERS}[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${TAIL}`,
  Tekken:
    `${LETTERS}[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|` +
    `${LETTERS}[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${TAIL}`,
};

function cut(pattern: string, text: string): string[] {
  const scan = createPieceScanner(splitRule(pattern)!);
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = scan(text, start);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/** Oniguruma, in Hugging Face's tokenizers. */
function oniguruma(pattern: string): (text: string) => string[] {
  const peer = tokenizers.Tokenizer.fromString(
    JSON.stringify({
      version: '1.0',
      added_tokens: [],
      pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
      model: { type: 'WordLevel', vocab: { '?': 0 }, unk_token: '?' },
    }),
  ).getPreTokenizer()!;
  return (text) => peer.preTokenizeString(text).map(([piece]) => piece);
}

/** Rust's regular expressions, in tiktoken: a vocabulary of all bytes and all pieces expected gives each piece one id. */
function expectTiktokenCuts(pattern: string, text: string, pieces: readonly string[]): void {
  const bytes = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]).toString('base64'));
  const tokens = new Set([...bytes, ...pieces.map((piece) => Buffer.from(piece).toString('base64'))]);
  const peer = new Tiktoken(`! 0 ${[...tokens].join(' ')}`, {}, pattern);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  expect([...peer.encode(text)].map((id) => decoder.decode(peer.decode(Uint32Array.of(id))))).toEqual(pieces);
  peer.free();
}

const character = fc.oneof(
  fc.constantFrom(
    ..." \n\r\t/'stremvldSTREMVLDſaAǅʰ中1½٣.-!\u0085\u00a0\u3000\ufeff\u200bé\u0301\u0903\u{e0100}ßﬆK",
    '👋',
    '𠀀',
    '𝐀',
  ),
  fc.constantFrom("'ll", "'RE", "'ſ", '  ', ' \n ', 'HTTPServer', '中A', '\u0301A', '//\n'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const anyText = fc.array(character, { maxLength: 40 }).map((parts) => parts.join(''));

describe.each(Object.entries(patterns))('%s', (_, pattern) => {
  test('any text is cut as Oniguruma cuts it', () => {
    const peer = oniguruma(pattern);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cut(pattern, text)).toEqual(peer(text));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  test('every character is in the classes that Oniguruma has it in', () => {
    const classes = scanClasses();
    const peer = oniguruma(pattern);
    let text = '';
    for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
      // The borders of runs of one class.
      if (classes[codePoint] === classes[codePoint - 1] && classes[codePoint] === classes[codePoint + 1])
        continue;
      if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
      const each = String.fromCodePoint(codePoint);
      text += `a${each}A${each}a!${each}1\n`;
    }
    const [own, expected] = [cut(pattern, text), peer(text)];
    expect(own.length).toBe(expected.length);
    expect(own.findIndex((piece, index) => piece !== expected[index])).toBe(-1);
  });
});

test.each([GPT2_PATTERN, CL100K_PATTERN, O200K_PATTERN])(
  'any text is cut as tiktoken cuts it by %s',
  (pattern) => {
    fc.assert(
      fc.property(anyText, (text) => expectTiktokenCuts(pattern, text, cut(pattern, text))),
      { numRuns: 300, seed: 2 },
    );
  },
);

test.each([
  [O200K_PATTERN, "HTTPServer's it'LL don'ſ x's", ["HTTPServer's", " it'LL", " don'ſ", " x's"]],
  [O200K_PATTERN, '中AB', ['中', 'AB']],
  [O200K_PATTERN, '!\u0301AB \u0301', ['!\u0301', 'AB', ' \u0301']],
  [O200K_PATTERN, 'a//\n/b 12345', ['a', '//\n/', 'b', ' ', '123', '45']],
  [CL100K_PATTERN, "'Sail I'LL\n\n  x", ["'S", 'ail', ' I', "'LL", '\n\n', ' ', ' x']],
])('%s cuts %j', (pattern, text, pieces) => {
  expect(cut(pattern, text)).toEqual(pieces);
});
