import { describe, expect, test } from 'vitest';
import { fixture } from '../test/oracles.ts';
import { loadTokenizer, loadVocabAndMerges, trainBytePair, trainCharacters } from './index.ts';

const bytePair = trainBytePair(fixture.article1.documents, fixture.article1);
const characters = trainCharacters('abc 中👋', { unknown: true, specialTokens: ['<s>'] });

// biome-ignore lint/suspicious/noExplicitAny: a file is broken in ways its type forbids
type Json = any;

function broken(tokenizer: { toJSON(): unknown }, change: (json: Json) => void): Json {
  const json = JSON.parse(JSON.stringify(tokenizer));
  change(json);
  return json;
}

describe('loadTokenizer', () => {
  test.each([bytePair, characters])('a $model.type tokenizer comes back as it was saved', (tokenizer) => {
    const text = JSON.stringify(tokenizer);
    for (const loaded of [
      loadTokenizer(text),
      loadTokenizer(`\ufeff${text}`),
      loadTokenizer(JSON.parse(text)),
    ]) {
      expect(JSON.stringify(loaded)).toBe(text);
      expect([loaded.model.type, loaded.vocabSize]).toEqual([tokenizer.model.type, tokenizer.vocabSize]);
      expect(loaded.specialTokens).toEqual(tokenizer.specialTokens);
      expect(loaded.encode('abc 中👋<s><|endoftext|>')).toEqual(tokenizer.encode('abc 中👋<s><|endoftext|>'));
    }
  });

  test('merges written as one string, files without model.type, and tokens named like object properties are read', () => {
    const json = broken(bytePair, ({ model }) => {
      model.merges = model.merges.map((merge: string[]) => merge.join(' '));
      delete model.type;
    });
    expect(loadTokenizer(json).toJSON()).toEqual(bytePair.toJSON());
    const named = trainBytePair('constructor constructor', { vocabSize: 300, specialTokens: ['__proto__'] });
    expect(named.encode('constructor__proto__')).toHaveLength(2);
    expect(loadTokenizer(JSON.stringify(named)).toJSON()).toEqual(named.toJSON());
    expect([...loadTokenizer(JSON.stringify(named)).encode('constructor__proto__')]).toEqual([
      ...named.encode('constructor__proto__'),
    ]);
  });

  test('an added token may have an id far beyond the others', () => {
    const json = broken(bytePair, (json) =>
      json.added_tokens.push({ ...json.added_tokens[0], id: 1000, content: '<far>', special: false }),
    );
    const loaded = loadTokenizer(json);
    expect(loaded.vocabSize).toBe(1001);
    expect([...loaded.encode('<far>a<|endoftext|>')]).toEqual([1000, ...bytePair.encode('a'), 0]);
    expect(loaded.decode([1000, 0], { skipSpecialTokens: true })).toBe('<far>');
    expect(() => loaded.decode([999])).toThrow('decode: ids[0] must be the id of a token');
    expect(loadTokenizer(loaded.toJSON()).toJSON()).toEqual(loaded.toJSON());
  });

  test('text without a leading space gets one where the file says so', () => {
    const loaded = loadTokenizer(broken(bytePair, (json) => (json.pre_tokenizer.add_prefix_space = true)));
    const ids = (text: string) => [...bytePair.encode(text)];
    expect([...loaded.encode('human<|endoftext|> rights<|endoftext|>')]).toEqual([
      ...ids(' human'),
      0,
      ...ids(' rights'),
      0,
    ]);
  });

  test.each<[expected: string, change: (json: Json) => void]>([
    ['model must be an object, got nothing', (json) => delete json.model],
    ['model.vocab must be an object, got an array of 0', (json) => (json.model.vocab = [])],
    ['model.vocab["Ġ"] must be an integer from 0 to 1048575, got "x"', (json) => (json.model.vocab.Ġ = 'x')],
    [
      'model.vocab["Ġ"] must be an integer from 0 to 1048575, got 1e+300',
      (json) => (json.model.vocab.Ġ = 1e300),
    ],
    [
      'model.vocab["#"] must be an id of its own ("!" has it too), got 2',
      (json) => (json.model.vocab['#'] = 2),
    ],
    ['model.merges must be an array, got nothing', (json) => delete json.model.merges],
    ['model.merges[1] must be two tokens, got "a"', (json) => (json.model.merges[1] = 'a')],
    ['model.merges[1][0] must be a string, got 1', (json) => (json.model.merges[1] = [1, 2])],
    [
      'model.merges[1] must be of tokens in the vocabulary ("!!" is not), got "! !"',
      (json) => (json.model.merges[1] = '! !'),
    ],
    ['model.dropout must be a number from 0 to 1, got 2', (json) => (json.model.dropout = 2)],
    ['model.unk_token must be a string, got 5', (json) => (json.model.unk_token = 5)],
    [
      "added_tokens[0].id must be 0, the token's id elsewhere, got 7",
      (json) => (json.added_tokens[0].id = 7),
    ],
    [
      'added_tokens[0].id must be an id that no other token has',
      (json) => (json.added_tokens[0].content = '<new>'),
    ],
    ['added_tokens[0].content must be a string, got null', (json) => (json.added_tokens[0].content = null)],
    [
      'added_tokens[0].content must be a string of at most 1024 code units',
      (json) => (json.added_tokens[0].content = 'x'.repeat(2000)),
    ],
    [
      'added_tokens[0].lstrip must be true or false, got "yes"',
      (json) => (json.added_tokens[0].lstrip = 'yes'),
    ],
    [
      'model must be one that is supported ("BPE", "Unigram", "WordLevel", "WordPiece"), got type "Foo"',
      (json) => (json.model.type = 'Foo'),
    ],
    [
      'normalizer must be one that is supported ("BertNormalizer", ',
      (json) => (json.normalizer = { type: 'Foo' }),
    ],
    ['decoder must be one that is supported', (json) => (json.decoder = { type: '__proto__' })],
    [
      'pre_tokenizer.pretokenizers[1].replacement must be one character, got "ab"',
      (json) =>
        (json.pre_tokenizer = {
          type: 'Sequence',
          pretokenizers: [{ type: 'Whitespace' }, { type: 'Metaspace', replacement: 'ab' }],
        }),
    ],
    [
      'pre_tokenizer.behavior must be one of "Removed", "Isolated"',
      (json) => (json.pre_tokenizer = { type: 'Split', pattern: { String: 'a' }, behavior: 'removed' }),
    ],
    [
      'pre_tokenizer.pattern.Regex must be a regular expression that is supported (it must close every "(" with ")", at index 1)',
      (json) => (json.pre_tokenizer = { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' }),
    ],
    [
      'pre_tokenizer.length must be at least 1, got 0',
      (json) => (json.pre_tokenizer = { type: 'FixedLength', length: 0 }),
    ],
    [
      'normalizer.precompiled_charsmap must be base 64, got "??"',
      (json) => (json.normalizer = { type: 'Precompiled', precompiled_charsmap: '??' }),
    ],
    [
      'post_processor must be a template that can be filled in (TemplatePostProcessor: specialTokens must have',
      (json) =>
        (json.post_processor = {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: 'x', type_id: 0 } }],
          pair: [],
          special_tokens: {},
        }),
    ],
    ['truncation.max_length must be an integer', (json) => (json.truncation = { max_length: -5 })],
    ['padding.strategy.Fixed must be an integer', (json) => (json.padding = { strategy: { Fixed: 1e12 } })],
  ])('a file is refused: %s', (expected, change) => {
    const load = () => loadTokenizer(broken(bytePair, change), { source: 'my/tokenizer.json' });
    expect(load).toThrow(expected);
    expect(load).toThrow('loadTokenizer: my/tokenizer.json: ');
  });

  test('parts nested without end are refused, not followed', () => {
    const json = broken(bytePair, (json) => {
      for (let depth = 0; depth < 1000; depth++) {
        json.normalizer = { type: 'Sequence', normalizers: [json.normalizer ?? { type: 'NFC' }] };
      }
    });
    expect(() => loadTokenizer(json)).toThrow('must be nested at most 64 levels deep');
  });

  test.each([
    ['{"version": ', 'loadTokenizer: tokenizer.json must be JSON. '],
    ['[]', 'loadTokenizer: tokenizer.json must be an object, got an array of 0.'],
    [null, 'loadTokenizer: tokenizer.json must be an object, got null.'],
  ])('%j is no tokenizer', (json, expected) => {
    expect(() => loadTokenizer(json)).toThrow(expected);
  });
});

describe('loadVocabAndMerges', () => {
  const { vocab, merges } = bytePair.toJSON().model as unknown as {
    vocab: Record<string, number>;
    merges: string[][];
  };
  const lines = ['#version: 0.2', ...merges.map((merge) => merge.join(' ')), ''];

  test('the two files give the tokenizer they were written from', () => {
    const specialTokens = [...bytePair.specialTokens.keys()];
    for (const newline of ['\n', '\r\n']) {
      const loaded = loadVocabAndMerges(JSON.stringify(vocab), lines.join(newline), { specialTokens });
      expect(loaded.toJSON()).toEqual(bytePair.toJSON());
    }
  });

  test('a bad line, a token too few and an unknown special token are named', () => {
    expect(() => loadVocabAndMerges(vocab, '#version: 0.2\n! " #')).toThrow(
      'loadVocabAndMerges: merges.txt: line 2 must be two tokens, got "! \\" #".',
    );
    expect(() => loadVocabAndMerges({ a: 0 }, '')).toThrow(
      'loadVocabAndMerges: vocab.json must be a byte-level',
    );
    expect(() => loadVocabAndMerges(vocab, '', { specialTokens: ['<pad>'] })).toThrow(
      'loadVocabAndMerges: specialTokens must be in vocab.json, got "<pad>", which is not.',
    );
  });
});
