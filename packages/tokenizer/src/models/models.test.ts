import fc from 'fast-check';
import huggingFace from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { IdBuffer } from '../id-buffer.ts';
import type { Model } from './model.ts';
import { TokenSpans } from './token-spans.ts';
import { Vocabulary } from './vocabulary.ts';
import { WordLevelModel } from './word-level.ts';
import { WordPieceModel } from './word-piece.ts';

const noDraws = () => {
  throw new Error('this model must not draw');
};

/** Ids, tokens and places of a word, by both encoding methods, which must agree. */
function tokensOf(model: Model, word: string): [ids: number[], tokens: string[], offsets: number[][]] {
  const ids = new IdBuffer(4);
  model.encode(word, ids, noDraws);
  const spans = new TokenSpans();
  model.encodeSpans(word, spans, noDraws);
  expect([...ids.toArray()]).toEqual(spans.ids);
  const offsets = spans.starts.map((start, index) => [start, spans.ends[index]!]);
  return [spans.ids, spans.ids.map((id, index) => spans.texts.get(index) ?? model.tokenOf(id)!), offsets];
}

async function expectSame(model: Model, word: string): Promise<void> {
  const peer = huggingFace.Tokenizer.fromString(
    JSON.stringify({ version: '1.0', added_tokens: [], model: model.toJSON() }),
  );
  const encoding = await peer.encode(word);
  // Offsets of the peer count code points; the words here have no others than single code units.
  expect(tokensOf(model, word)).toEqual([encoding.getIds(), encoding.getTokens(), encoding.getOffsets()]);
}

describe('WordPiece', () => {
  const vocabulary = new Vocabulary([
    '[UNK]',
    'a',
    'ab',
    '##b',
    '##ba',
    '##a',
    '##cab',
    'c',
    '中',
    '##中',
    '##',
  ]);

  test('tokens are those of Hugging Face', async () => {
    const model = new WordPieceModel(vocabulary, { maxInputCharsPerWord: 7 });
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'abcab中#'), minLength: 1, maxLength: 9 }),
        (word) => expectSame(model, word),
      ),
      { numRuns: 500 },
    );
  });

  test('prefixes may be empty, and the longest word is counted in characters', async () => {
    const model = new WordPieceModel(new Vocabulary(['a', 'ba', 'b', '😀', '?']), {
      continuingSubwordPrefix: '',
      unknownToken: '?',
      maxInputCharsPerWord: 3,
    });
    for (const word of ['ababa', 'aba', 'bab', 'b', 'cc']) await expectSame(model, word);
    expect(tokensOf(model, '😀😀😀')[2]).toEqual([
      [0, 2],
      [2, 4],
      [4, 6],
    ]);
    expect(tokensOf(model, '😀😀😀😀')[1]).toEqual(['?']);
  });

  test('a long word takes time that grows with its length only', () => {
    const model = new WordPieceModel(vocabulary, { maxInputCharsPerWord: 1e6 });
    expect(tokensOf(model, 'a'.repeat(200_000))[0]).toHaveLength(200_000);
  });
});

describe('WordLevel', () => {
  test('a word is a token or the unknown token', async () => {
    const model = new WordLevelModel(new Vocabulary(['<unk>', 'one', undefined, 'two']), '<unk>');
    for (const word of ['one', 'two', 'three']) await expectSame(model, word);
    expect([model.vocabSize, model.tokenCount]).toEqual([4, 3]);
  });

  test('without an unknown token, other words are an error that says what to do', () => {
    const model = new WordLevelModel(new Vocabulary(['one']), '<unk>');
    expect(() => tokensOf(model, 'two')).toThrow(
      'encode: text must hold only words that the vocabulary covers, got "two". ' +
        'Add the unknown token "<unk>" to the vocabulary.',
    );
  });
});
