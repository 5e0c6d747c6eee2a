import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import huggingFace from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../test/oracles.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { type LoadVocabTextOptions, loadVocabText } from './load-vocab-text.ts';

const lines = [
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'un', '##want', '##ed', 'É', 'e', '中', '国', '!'],
  ...['##s', 'Un', '中国', '', '##é', '##e'],
];
const text = `${lines.join('\n')}\n`;

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'unwanted',
        'Unwanteds',
        'É',
        'e\u0301',
        '中国',
        '!',
        ' ',
        '[MASK]',
        '[CLS',
        '\u2028',
        '\t',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const variants: LoadVocabTextOptions[] = [
  {},
  { lowercase: false },
  { lowercase: true, stripAccents: false },
  { lowercase: false, stripAccents: true, handleChineseChars: false },
  { basicTokenize: false, additionalSpecialTokens: ['<extra>'], maskToken: '<mask>' },
];

describe('loadVocabText', () => {
  test.each(variants)('ids, pairs and texts with %j are those of Hugging Face', async (options) => {
    const tokenizer = loadVocabText(text, options);
    const peer = huggingFace.Tokenizer.fromString(JSON.stringify(tokenizer));
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (first, second) => {
        const { ids, typeIds } = tokenizer.encodeWithOffsets(first, { pair: second });
        const expected = await peer.encode(first, second);
        expect([[...ids], [...typeIds]]).toEqual([expected.getIds(), expected.getTypeIds()]);
        expect(tokenizer.decode(ids)).toBe(await peer.decode([...ids], false));
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test('an uncased sentence by hand: accents and capitals go, Chinese characters are words', () => {
    expect(loadVocabText(text).encodeWithOffsets('The Unwanted 中国!').tokens).toEqual([
      '[CLS]',
      'the',
      'un',
      '##want',
      '##ed',
      '中',
      '国',
      '!',
      '[SEP]',
    ]);
  });

  test('lines end as Python has it, the last of two equal ones counts, and tokens that are missing come after all', () => {
    const windows = loadVocabText(`\ufeff${lines.join('\r\n')}`);
    expect(windows.toJSON()).toEqual(loadVocabText(text).toJSON());
    const tokenizer = loadVocabText('[UNK]\na\u2028b\na\na\n[SEP]', { additionalSpecialTokens: ['<x>'] });
    expect([tokenizer.tokenToId('a\u2028b'), tokenizer.tokenToId('a'), tokenizer.idToToken(2)]).toEqual([
      1,
      3,
      undefined,
    ]);
    expect([...tokenizer.specialTokens]).toEqual([
      ['[UNK]', 0],
      ['[SEP]', 4],
      ['[PAD]', 5],
      ['[CLS]', 6],
      ['[MASK]', 7],
      ['<x>', 8],
    ]);
    expect(loadTokenizer(JSON.stringify(tokenizer)).toJSON()).toEqual(tokenizer.toJSON());
  });

  test('a file without the unknown token is refused by name', () => {
    expect(() => loadVocabText('a\nb', { source: 'x/vocab.txt' })).toThrow(
      'loadVocabText: x/vocab.txt must have a line for the unknown token, got none with "[UNK]".',
    );
    expect(() => loadVocabText(undefined as unknown as string)).toThrow(
      'text must be a string, got undefined',
    );
  });
});

const published = dataPath('tok-bert/bert-base-uncased.tokenizer.json');

test.skipIf(!published)('the vocabulary of bert-base-uncased gives its published tokenizer.json', () => {
  const json = JSON.parse(readFileSync(published!, 'utf8'));
  const words = Object.entries<number>(json.model.vocab).sort(([, a], [, b]) => a - b);
  const ours = loadVocabText(words.map(([word]) => word).join('\n'));
  expect(ours.toJSON()).toEqual({ ...loadTokenizer(json).toJSON(), truncation: null, padding: null });
});

const chinese = dataPath('tok-bert/bert-base-chinese.vocab.txt');

test.skipIf(!chinese)('bert-base-chinese cuts Chinese into characters', () => {
  const tokenizer = loadVocabText(readFileSync(chinese!, 'utf8'));
  expect(tokenizer.encodeWithOffsets('生存还是毁灭, BERT模型').tokens).toEqual([
    '[CLS]',
    '生',
    '存',
    '还',
    '是',
    '毁',
    '灭',
    ',',
    'be',
    '##rt',
    '模',
    '型',
    '[SEP]',
  ]);
  expect(tokenizer.vocabSize).toBe(21128);
});
