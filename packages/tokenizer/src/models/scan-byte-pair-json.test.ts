import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anyTokenizer,
  byteLevelBytePair,
  characterBytePair,
  type Json,
  unigram,
  wordLevel,
} from '../../test/random-tokenizers.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { scanBytePairJson } from './scan-byte-pair-json.ts';

/** A file as somebody may write it: with white space or not, merges in either form, characters escaped or not, a byte order mark. */
const anyFile = fc
  .record({
    json: anyTokenizer(fc.oneof(byteLevelBytePair, characterBytePair)),
    ...{ indent: fc.constantFrom('', '\t', ' \r\n'), escapes: fc.boolean(), isOlder: fc.boolean() },
    mark: fc.constantFrom('', '', '\ufeff'),
  })
  .map(({ json, indent, escapes, isOlder, mark }) => {
    const model = json.model as Json & { merges: [string, string][] };
    const hasSpaces = model.merges.some((parts) => parts.join('').includes(' '));
    const merges = isOlder && !hasSpaces ? model.merges.map((parts) => parts.join(' ')) : model.merges;
    const text = JSON.stringify({ ...json, model: { ...model, merges } }, null, indent);
    const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return mark + (escapes ? text.replace(/[^\n\r\t -~]/g, escaped) : text);
  });

/** What becomes of a file: the tokenizer, or the error. */
function outcome(json: unknown): string {
  try {
    return JSON.stringify(loadTokenizer(json));
  } catch (error) {
    return String(error);
  }
}

function outcomeOfParsed(text: string): string {
  try {
    return outcome(JSON.parse(text.replace(/^\ufeff/, '')));
  } catch (error) {
    return `TypeError: loadTokenizer: tokenizer.json must be JSON. ${(error as Error).message}`;
  }
}

test('a file gives the tokenizer that its parsed form gives', () => {
  fc.assert(
    fc.property(anyFile, (text) => {
      expect(outcome(text)).toBe(outcomeOfParsed(text));
      const { model } = JSON.parse(text.replace(/^\ufeff/, ''));
      expect(scanBytePairJson(text) !== undefined).toBe(!model.continuing_subword_prefix);
    }),
    { numRuns: 60 },
  );
});

test('a file with anything changed gives the tokenizer or the error that its parsed form gives', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.integer({ min: 0, max: 3 }),
    put: fc.constantFrom(
      '',
      '"',
      '\\',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      '0',
      '-1',
      'a',
      ' ',
      '\n',
      '\\u00',
      'é',
      'null',
    ),
  });
  fc.assert(
    fc.property(anyFile, fc.array(change, { minLength: 1, maxLength: 2 }), (text, changes) => {
      let changed = text;
      for (const { at, removed, put } of changes) {
        const place = Math.floor(at * changed.length);
        changed = changed.slice(0, place) + put + changed.slice(place + removed);
      }
      expect(outcome(changed)).toBe(outcomeOfParsed(changed));
    }),
    { numRuns: 300 },
  );
});

const plain = {
  model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] },
};

test.each([
  ['the merges come first', '{"model":{"type":"BPE","merges":["a b"],"vocab":{"a":0,"b":1,"ab":2}}}'],
  ['a token comes twice', '{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"a":3},"merges":["a b"]}}'],
  ['an id comes twice', '{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":1},"merges":[]}}'],
  ['there are two models', `{"model":${JSON.stringify(plain.model)},"model":${JSON.stringify(plain.model)}}`],
  ['a key is escaped', JSON.stringify(plain).replace('model', 'm\\u006fdel')],
  ['the type comes twice', JSON.stringify(plain).replace('"merges"', '"type":"WordPiece","merges"')],
  ['there is no type', '{"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}'],
  ['something follows', `${JSON.stringify(plain)}}`],
  ['an id is written oddly', '{"model":{"type":"BPE","vocab":{"a":0,"b":1e0},"merges":[]}}'],
  ['a token is empty', '{"model":{"type":"BPE","vocab":{"a":0,"":1},"merges":[]}}'],
  [
    'a token is named as a part of objects',
    '{"model":{"type":"BPE","vocab":{"__proto__":0,"a":1},"merges":[]}}',
  ],
])('where %s, too', (_, text) => {
  expect(outcome(text)).toBe(outcomeOfParsed(text));
});

test('models of other kinds are left alone', () => {
  fc.assert(
    fc.property(anyTokenizer(fc.oneof(unigram, wordLevel)), (json) => {
      expect(scanBytePairJson(JSON.stringify(json))).toBeUndefined();
    }),
    { numRuns: 10 },
  );
});

test('what is nested deeply, or never ends, takes no more time than its length', () => {
  for (const text of [
    '['.repeat(1_000_000),
    `{"model":{"vocab":{${'"a":0,'.repeat(100_000)}`,
    `{"a":"${'\\'.repeat(999_999)}`,
  ]) {
    expect(scanBytePairJson(text)).toBeUndefined();
    expect(scanBytePairJson(`{"a":${text}`)).toBeUndefined();
  }
});
