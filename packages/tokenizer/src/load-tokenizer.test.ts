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
  test.each([bytePair, characters])('a $kind tokenizer comes back as it was saved', (tokenizer) => {
    const text = JSON.stringify(tokenizer);
    for (const loaded of [
      loadTokenizer(text),
      loadTokenizer(`\ufeff${text}`),
      loadTokenizer(JSON.parse(text)),
    ]) {
      expect(JSON.stringify(loaded)).toBe(text);
      expect([loaded.kind, loaded.vocabSize]).toEqual([tokenizer.kind, tokenizer.vocabSize]);
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
    ['a token for each byte (byte 0x21 has none)', (json) => delete json.model.vocab['!']],
    ['model.merges must be an array, got nothing', (json) => delete json.model.merges],
    ['model.merges[1] must be two tokens, got "a"', (json) => (json.model.merges[1] = 'a')],
    ['model.merges[1][0] must be a string, got 1', (json) => (json.model.merges[1] = [1, 2])],
    [
      'model.merges[1] must be of tokens in the vocabulary ("!!" is not), got "! !"',
      (json) => (json.model.merges[1] = '! !'),
    ],
    ['added_tokens[0].id must be 0, as in model.vocab, got 7', (json) => (json.added_tokens[0].id = 7)],
    ['added_tokens[0].content must be a string, got null', (json) => (json.added_tokens[0].content = null)],
    [
      'added_tokens[0].lstrip is true, which is not supported yet',
      (json) => (json.added_tokens[0].lstrip = true),
    ],
    [
      'model is type "Unigram", which is not supported yet; supported: "BPE" (byte-level) and "WordLevel"',
      (json) => (json.model.type = 'Unigram'),
    ],
    ['normalizer is type "NFC", which is not supported yet', (json) => (json.normalizer = { type: 'NFC' })],
    ['pre_tokenizer is type "Metaspace"', (json) => (json.pre_tokenizer = { type: 'Metaspace' })],
    ['decoder is null, which is not supported yet', (json) => (json.decoder = null)],
    ['post_processor is type "Template', (json) => (json.post_processor = { type: 'TemplateProcessing' })],
    ['truncation is an object, which is not supported yet', (json) => (json.truncation = { max_length: 5 })],
    ['model.byte_fallback is true, which is not supported yet', (json) => (json.model.byte_fallback = true)],
  ])('a BPE file is refused: %s', (expected, change) => {
    const load = () => loadTokenizer(broken(bytePair, change), { source: 'my/tokenizer.json' });
    expect(load).toThrow(expected);
    expect(load).toThrow('loadTokenizer: my/tokenizer.json: ');
  });

  test.each<[expected: string, change: (json: Json) => void]>([
    ['model.unk_token must be a string, got nothing', (json) => delete json.model.unk_token],
    ['pre_tokenizer is type "Whitespace"', (json) => (json.pre_tokenizer = { type: 'Whitespace' })],
    ['model.vocab["word"] is 9, which is not supported yet', (json) => (json.model.vocab.word = 9)],
  ])('a character file is refused: %s', (expected, change) => {
    expect(() => loadTokenizer(broken(characters, change))).toThrow(expected);
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
