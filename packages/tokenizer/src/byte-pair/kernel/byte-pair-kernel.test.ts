import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { expectSameIds, fixture } from '../../../test/oracles.ts';
import { loadTokenizer } from '../../load-tokenizer.ts';
import type { Tokenizer } from '../../tokenizer.ts';
import { CL100K_PATTERN, GPT2_PATTERN, O200K_PATTERN } from '../split-patterns.ts';
import { trainBytePair } from '../train-byte-pair.ts';

const trained = trainBytePair(fixture.article1.documents, fixture.article1);

/** The same merges over pieces of another pattern. */
function withPattern(pattern: string): Tokenizer {
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const json = { ...trained.toJSON(), pre_tokenizer: { type: 'Sequence', pretokenizers: [split, bytes] } };
  return loadTokenizer(json);
}

/** Ids that come from the part of the package that is not WebAssembly. */
function idsWithout(tokenizer: Tokenizer, text: string): Int32Array {
  return tokenizer.encodeWithOffsets(text, { parseSpecialTokens: false }).ids;
}

const unit = fc.oneof(
  fc.constantFrom(
    ..."all human beings are born free AND equal. 人人生而自由，在尊严和权利上 \n\r\t'sſ1½/!",
    '\u0301',
    '👋',
    '𠀀',
    '\u0085',
    '\u3000',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

describe.each([
  GPT2_PATTERN,
  CL100K_PATTERN,
  O200K_PATTERN,
  CL100K_PATTERN.replace('\\s*[', '\\s+\\z|\\s*['),
])('%s', (pattern) => {
  const tokenizer = withPattern(pattern);

  test('ids are those of the way without WebAssembly, wherever chunks of the text end', () => {
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 1, maxLength: 30 }).map((units) => units.join('')),
        fc.integer({ min: 32_700, max: 32_770 }),
        fc.constantFrom('a', ' ', '\n', '人', ' human', '1', 'A', '!', ' \n '),
        fc.nat(40_000),
        (text, length, filler, more) => {
          // The drawn text stands across the end of the first chunk, or behind a long piece.
          const whole =
            filler.repeat(Math.ceil(length / filler.length)).slice(0, length) + text.repeat(1 + (more % 7));
          for (const part of [text, whole]) {
            expectSameIds(tokenizer.encode(part, { parseSpecialTokens: false }), idsWithout(tokenizer, part));
          }
        },
      ),
      { numRuns: 8, seed: 6 },
    );
  });

  test('pieces that fill many chunks are whole', () => {
    for (const letter of ['a', '人', '\n']) {
      const text = `free ${letter.repeat(101_000)} human`;
      expectSameIds(tokenizer.encode(text), idsWithout(tokenizer, text));
    }
  });
});

test('more different pieces than the cache holds are encoded as ever', () => {
  const words = Array.from({ length: 90_000 }, (_, index) => (index * 7919).toString(36));
  const text = words.join(' human ');
  const ids = trained.encode(text);
  expect(trained.decode(ids)).toBe(text);
  // The cache is in another state by now.
  expectSameIds(trained.encode(text), ids);
  const tail = words.slice(-1000).join(' human ');
  expectSameIds(trained.encode(tail), idsWithout(trained, tail));
});

test('a word that is a token as a whole has its id, though merges would not make it, also when the cache was emptied', () => {
  const json = JSON.parse(JSON.stringify(trained));
  const long = 'Ġconstitutional';
  Object.assign(json.model.vocab, { xyz: trained.vocabSize, [long]: trained.vocabSize + 1 });
  const plain = loadTokenizer(json);
  expect(plain.encode('xyz').length).toBeGreaterThan(1);
  json.model.ignore_merges = true;
  const tokenizer = loadTokenizer(json);
  const filler = Array.from({ length: 70_000 }, (_, index) => (index * 104_729).toString(36)).join(' ');
  for (let round = 0; round < 2; round++) {
    expect([...tokenizer.encode('xyz constitutional')]).toEqual([trained.vocabSize, trained.vocabSize + 1]);
    tokenizer.encode(filler);
  }
  expect(tokenizer.encode('xyz xyzz')).toEqual(idsWithout(tokenizer, 'xyz xyzz'));
});

test('without WebAssembly, or where a policy forbids it, ids are the same', () => {
  const text = "All human beings' rights 人人生而自由 1948";
  const ids = trained.encode(text);
  try {
    vi.stubGlobal('WebAssembly', undefined);
    expect(loadTokenizer(trained.toJSON()).encode(text)).toEqual(ids);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('the module is what assembly/ gives', () => {
  execFileSync(process.execPath, [
    fileURLToPath(new URL('../../../assembly/build.js', import.meta.url)),
    '--check',
  ]);
}, 60_000);
