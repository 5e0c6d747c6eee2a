import fc from 'fast-check';
import huggingFace from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { loadTokenizer } from '../load-tokenizer.ts';

type Json = Record<string, unknown>;

const bytes = createByteAlphabet().characters;
const fallbackBytes = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
);
/** Ids in the order of the tokens. */
const vocab = (...tokens: string[]): Json => Object.fromEntries(tokens.map((token, id) => [token, id]));

/** Models whose own vocabulary has the special tokens `[C]`, `S` and, but for bytes, `[U]` as unknown token. */
const models: Record<string, Json> = {
  WordLevel: { type: 'WordLevel', vocab: vocab('[U]', '[C]', 'S', 'a', '[', 'b'), unk_token: '[U]' },
  WordPiece: {
    ...{ type: 'WordPiece', unk_token: '[U]', continuing_subword_prefix: '##', max_input_chars_per_word: 20 },
    vocab: vocab('[U]', '[C]', 'S', 'a', 'b', '[', '##C', '##a', '##b', '##]', '##]b'),
  },
  'byte-level BPE': {
    ...{ type: 'BPE', vocab: vocab('[U]', '[C]', 'SS', ...bytes, '[C', 'C]', 'ab') },
    merges: ['[ C', 'C ]', '[C ]', '[ C]', 'S S', 'a b'],
  },
  'byte-level BPE that takes whole words': {
    ...{ type: 'BPE', vocab: vocab('[U]', '[C]', 'SS', ...bytes, 'ab', 'C]'), ignore_merges: true },
    merges: ['a b', 'C ]'],
  },
  'character BPE': {
    ...{
      type: 'BPE',
      vocab: vocab('[U]', '[C]', 'S', 'a', 'b', '[', 'C', ']', '[C', 'ab'),
      unk_token: '[U]',
    },
    merges: ['[ C', '[C ]', 'a b'],
  },
  'BPE with bytes, of whole words': {
    ...{ type: 'BPE', vocab: vocab('[U]', '[C]', 'S', ...fallbackBytes, 'a', 'b', 'ab', '<', '0') },
    ...{ unk_token: '[U]', byte_fallback: true, ignore_merges: true, merges: ['a b'] },
  },
};

/** The tokenizer of a model. */
function tokenizerJson(model: Json, special: readonly string[]): Json {
  const ids = model.vocab as Record<string, number>;
  return {
    version: '1.0',
    added_tokens: special.map((content) => ({
      ...{ id: ids[content]!, content, special: true },
      ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
    })),
    pre_tokenizer: { type: 'WhitespaceSplit' },
    model,
  };
}

/**
 * The same model where nothing that is written in a text is one of the tokens: in the vocabulary they have names that no text here has. Tokens of bytes
 * must keep theirs; whole words, which would find them, are all made by merges here.
 */
function renamed(model: Json, tokens: readonly string[]): Json {
  const named = (token: string) => (tokens.includes(token) ? `\u{f0000}${token}` : token);
  return {
    ...model,
    vocab: Object.fromEntries(Object.entries(model.vocab as Json).map(([token, id]) => [named(token), id])),
    ...(model.byte_fallback ? { ignore_merges: false } : {}),
    ...(model.unk_token ? { unk_token: named(model.unk_token as string) } : {}),
    ...(model.merges
      ? {
          merges: (model.merges as string[]).filter((merge) => !tokens.includes(merge.replace(' ', ''))),
        }
      : {}),
  };
}

const text = fc
  .array(
    fc.constantFrom(
      '[C]',
      '[U]',
      'S',
      'SS',
      'a',
      'b',
      'ab',
      '[',
      'C',
      ']',
      ' ',
      ' ',
      ' [C] ',
      ' <0x41> ',
      '<',
      '0',
    ),
    {
      maxLength: 10,
    },
  )
  .map((parts) => parts.join(''));

const untrusted = { parseSpecialTokens: false };

describe.each(Object.entries(models))('%s', (_, model) => {
  const ids = model.vocab as Record<string, number>;
  const special = ['[U]', '[C]', 'S', 'SS'].filter(
    (token) => token in ids && !('SS' in ids && token === 'S'),
  );
  const json = tokenizerJson(model, special);
  const ours = loadTokenizer(json);

  test('text that is not trusted gets the tokens of a model in which special tokens have names that cannot be written', () =>
    fc.assert(
      fc.asyncProperty(text, async (each) => {
        const peer = huggingFace.Tokenizer.fromString(
          JSON.stringify(tokenizerJson(renamed(model, special), [])),
        );
        const expected = (await peer.encode(each)).getIds();
        expect([...ours.encode(each, untrusted)]).toEqual(expected);
        expect([...ours.encodeWithOffsets(each, untrusted).ids]).toEqual(expected);
        expect(ours.countTokens(each, untrusted)).toBe(expected.length);
      }),
      { numRuns: 150, seed: 1 },
    ));

  test('text that is trusted gets the special tokens, before and after', () => {
    const id = ours.tokenToId('[C]')!;
    expect(ours.encode('[C]')).toEqual(Int32Array.of(id));
    expect([...ours.encode('[C]', untrusted)]).not.toContain(id);
    expect(ours.encode('[C]')).toEqual(Int32Array.of(id));
  });
});

test('the models of the reference find special tokens in what no added token has cut out', async () => {
  const peer = huggingFace.Tokenizer.fromString(JSON.stringify(tokenizerJson(models.WordLevel!, [])));
  expect((await peer.encode('a [C]')).getIds()).toEqual([3, 1]);
});
