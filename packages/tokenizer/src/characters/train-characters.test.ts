import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { huggingFace } from '../../test/oracles.ts';
import { decodeStream } from '../decode-stream.ts';
import { trainCharacters } from './train-characters.ts';

describe('trainCharacters', () => {
  test('characters have ids in code point order, after special tokens and <unk>', () => {
    expect([...trainCharacters('hello').encode('hello')]).toEqual([1, 0, 2, 2, 3]);
    expect([...trainCharacters('￿𠀀中a').encode('a中￿𠀀')]).toEqual([0, 1, 2, 3]);
    const tokenizer = trainCharacters(['b', 'a'], { unknown: true, specialTokens: ['<s>', '</s>'] });
    expect([...tokenizer.encode('<s>abc</s>')]).toEqual([0, 3, 4, 2, 1]);
    expect([tokenizer.vocabSize, tokenizer.tokenToId('<unk>')]).toEqual([5, 2]);
    expect(tokenizer.decode([0, 3, 2, 1], { skipSpecialTokens: true })).toBe('a<unk>');
  });

  test('an empty corpus is refused', () => {
    expect(() => trainCharacters('')).toThrow(
      'trainCharacters: corpus must hold at least one character, got none.',
    );
  });
});

describe('encode and decode', () => {
  test('a character that was not trained on is named, with its place', () => {
    expect(() => trainCharacters('a👋 ').encode('a👋 é')).toThrow(
      'encode: text must use only characters the tokenizer was trained on, got "é" (U+00E9) at index 4. ' +
        'Train with { unknown: true } to give such characters a token.',
    );
  });

  test('an id that is not in the vocabulary is refused', () => {
    expect(() => trainCharacters('ab').decode([0, 2])).toThrow(
      'decode: ids[1] must be the id of a token, at least 0 and below 2, got 2.',
    );
  });

  test('a lone surrogate counts as the replacement character', () => {
    const tokenizer = trainCharacters('a\ud800');
    expect(tokenizer.decode(tokenizer.encode('\udc00a\ufffd'))).toBe('\ufffda\ufffd');
  });

  test('any text has the ids Hugging Face gives it, and decodes and streams to itself', async () => {
    const character = fc.oneof(
      fc.constantFrom('\n', '\r', '\u0085', '\ufeff', '\0', 'é', '中', '👩‍👧', 'e\u0301', '<s>'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(character, { minLength: 1 }), fc.boolean(), async (parts, unknown) => {
        const text = parts.join('');
        const tokenizer = trainCharacters(text, { unknown, specialTokens: ['<s>'] });
        const unseen = unknown ? '\u1234<unk>' : '';
        const peer = huggingFace(tokenizer);
        const ids = tokenizer.encode(text + unseen);
        expect([...ids]).toEqual(await peer.encode(text + unseen));
        expect(tokenizer.decode(ids)).toBe(await peer.decode(ids));
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
        let streamed = '';
        for await (const piece of decodeStream(tokenizer, ids)) streamed += piece;
        expect(streamed).toBe(tokenizer.decode(ids));
      }),
    );
  });
});
