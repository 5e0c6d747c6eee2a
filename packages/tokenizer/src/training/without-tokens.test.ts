import { expect, test } from 'vitest';
import { huggingFace } from '../../test/oracles.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { WhitespaceSplitPreTokenizer } from '../pre-tokenizers/whitespace.ts';
import { trainTokenizer } from './train-tokenizer.ts';
import { withoutTokens } from './without-tokens.ts';

const preTokenizer = new WhitespaceSplitPreTokenizer();
const text = 'the cat that sat on the mat saw the hat';

test('other tokens keep their ids, and words are cut into what is left', async () => {
  const expected = {
    bpe: ['th', 'e', 'sat'],
    wordpiece: ['th', '##e', 'sat'],
    wordlevel: ['<unk>', 'sat'],
  };
  for (const model of ['bpe', 'wordpiece', 'wordlevel'] as const) {
    const options = { model, vocabSize: 60, preTokenizer, specialTokens: ['<s>'], unknownToken: '<unk>' };
    const before = trainTokenizer(text, options);
    const after = withoutTokens(before, ['the', '<s>']);
    expect(after.encodeWithOffsets('the sat').tokens).toEqual(expected[model]);
    for (let id = 0; id < before.vocabSize; id++) {
      const token = before.idToToken(id)!;
      expect(after.idToToken(id)).toBe(token === 'the' || token === '<s>' ? undefined : token);
    }
    expect(after.specialTokens.has('<s>')).toBe(false);
    expect(await huggingFace(after).encode(text)).toEqual([...after.encode(text)]);
    expect(JSON.stringify(loadTokenizer(after.toJSON()))).toBe(JSON.stringify(after));
  }
});

test('what cannot be removed is refused by name', () => {
  const options = { vocabSize: 300, preTokenizer, unknownToken: '<unk>' };
  const bpe = trainTokenizer(text, { model: 'bpe', ...options });
  expect(() => withoutTokens(bpe, ['at'])).toThrow(
    'withoutTokens: tokens must hold "cat" too, which is made of "at".',
  );
  expect(() => withoutTokens(bpe, ['dog'])).toThrow(
    'tokens must be in the vocabulary, got "dog", which is not.',
  );
  expect(() => withoutTokens(bpe, ['<unk>'])).toThrow('must not hold the unknown token of the model');
  const bytes = trainTokenizer(text, {
    model: 'bpe',
    vocabSize: 260,
    preTokenizer: new ByteLevelPreTokenizer(),
  });
  expect(() => withoutTokens(bytes, ['Ā'])).toThrow(
    'must not hold bytes of a byte-level vocabulary, got "Ā".',
  );
  const unigram = trainTokenizer(text, { model: 'unigram', ...options });
  expect(() => withoutTokens(unigram, ['a'])).toThrow(
    'must have a model of type BPE, WordPiece or WordLevel, got Unigram.',
  );
});
