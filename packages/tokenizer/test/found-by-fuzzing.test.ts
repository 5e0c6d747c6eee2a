import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadTokenizer } from '../src/index.ts';
import { decodeSentencePieceFile } from '../src/sentencepiece/sentence-piece-file.ts';
import { expectSame, expectSameMaps, loadBoth } from './peer.ts';

/** What random tokenizers and texts have shown, as small as it gets. */

const vocab = Object.fromEntries(
  [...'?abcde f中é', '##b', '##c', '##d', '##e', '</w>'].map((token, id) => [token, id]),
);
const wordPiece = {
  type: 'WordPiece',
  vocab,
  unk_token: '?',
  continuing_subword_prefix: '##',
  max_input_chars_per_word: 100,
};
const file = (parts: Record<string, unknown>) => ({
  version: '1.0',
  added_tokens: [],
  pre_tokenizer: { type: 'WhitespaceSplit' },
  model: wordPiece,
  ...parts,
});
const addedToken = (content: string, flags: Record<string, boolean> = {}) => ({
  ...{
    id: Object.keys(vocab).length,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: false,
  },
  ...flags,
});
const bert = { type: 'BertProcessing', sep: ['f', 7], cls: ['a', 1] };

describe('truncation is that of the reference', () => {
  const texts = [
    '',
    'a b',
    'abcde abcde',
    'abcd abcd abcd',
    'a X b X X c d e f',
    'X X X X X X X a',
    'abcde X abcde X',
  ];
  const pairs = texts.flatMap((text) =>
    [undefined, ...texts].map((pair) => ({ text, ...(pair === undefined ? {} : { pair }) })),
  );

  test.each(
    ['LongestFirst', 'OnlyFirst', 'OnlySecond'].flatMap((strategy) =>
      ['Left', 'Right'].map((direction) => ({ strategy, direction })),
    ),
  )('$strategy, $direction', async ({ strategy, direction }) => {
    for (const max_length of [0, 3, 4, 5, 6, 9]) {
      const truncation = { max_length, strategy, direction, stride: 0 };
      const both = loadBoth(file({ truncation, post_processor: bert, added_tokens: [addedToken('X')] }));
      for (const { text, ...options } of pairs) {
        for (const addSpecialTokens of [true, false])
          await expectSame(both, text, { ...options, addSpecialTokens });
      }
    }
  });

  test('windows overlap by the stride', async () => {
    for (const direction of ['Left', 'Right']) {
      const truncation = { max_length: 9, strategy: 'LongestFirst', direction, stride: 2 };
      const both = loadBoth(file({ truncation, post_processor: bert }));
      for (const text of ['abcde abc', 'a b c d e a b c', 'abcde abcd']) await expectSame(both, text);
    }
  });
});

test('windows of a pair have the types that the reference gives them', async () => {
  const truncation = { max_length: 9, strategy: 'LongestFirst', direction: 'Left', stride: 0 };
  const post_processor = { ...bert, type: 'RobertaProcessing', trim_offsets: false, add_prefix_space: false };
  const both = loadBoth(file({ truncation, post_processor }));
  for (const addSpecialTokens of [true, false]) {
    await expectSame(both, 'a b c d e f a', { pair: 'a b c d e', addSpecialTokens });
  }
});

test('white space that one added token has taken is not taken again by the next', async () => {
  const both = loadBoth(file({ added_tokens: [addedToken('\n', { lstrip: true, rstrip: true })] }));
  for (const text of ['\n\n', 'a\n \nb', '\n\n\n']) await expectSame(both, text);
});

test('long runs of white space, and of tokens without text, take no time that grows with their square', () => {
  const added = [
    addedToken('\n', { lstrip: true, rstrip: true }),
    { ...addedToken('\t', { rstrip: true }), id: 100 },
  ];
  const tokenizer = loadTokenizer(
    file({
      added_tokens: added,
      decoder: { type: 'ByteFallback' },
      model: { ...wordPiece, vocab: { ...vocab, '<0xE4>': 50 } },
    }),
  );
  expect(tokenizer.encode('\n'.repeat(300_000))).toHaveLength(1);
  expect(tokenizer.encode('\t'.repeat(100_000))).toHaveLength(100_000);
  const stream = tokenizer.createTextDecoder();
  let shown = '';
  for (let count = 0; count < 30_000; count++) shown += stream.push(50);
  expect(shown + stream.end()).toBe('\ufffd'.repeat(30_000));
});

test('dropout counts for words that are tokens as a whole, too', async () => {
  const model = {
    type: 'BPE',
    vocab: { a: 0, b: 1, ab: 2 },
    merges: [['a', 'b']],
    dropout: 1,
    ignore_merges: true,
  };
  await expectSame(loadBoth(file({ model })), 'ab');
});

test('a stretch that a pre-tokenizer made of the first character still begins where the text begins', async () => {
  const pretokenizers = [
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    { type: 'Split', pattern: { Regex: '\\p{L}' }, behavior: 'Removed', invert: false },
    { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
  ];
  await expectSame(loadBoth(file({ pre_tokenizer: { type: 'Sequence', pretokenizers } })), '\ufffda');
});

test('places are trimmed by characters, not by halves of them', async () => {
  const normalizer = { type: 'Replace', pattern: { Regex: '[^a]' }, content: ' ' };
  const post_processor = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  await expectSame(loadBoth(file({ normalizer, pre_tokenizer: null, post_processor })), '👋');
});

test('modifiers of emoji are marks to the rules of SentencePiece', async () => {
  const model = new URL('../fixtures/sentence-piece/unigram-rules.model', import.meta.url);
  const rules = decodeSentencePieceFile(readFileSync(model)).characterMap!;
  const normalizer = {
    type: 'Precompiled',
    precompiled_charsmap: Buffer.from(rules).toString('base64'),
  };
  const both = loadBoth(file({ normalizer, pre_tokenizer: null }));
  for (const text of ['A🏽', 'b🏽a', '🏽A', 'A\u200d🏽']) await expectSame(both, text);
});

test('an empty second text is a text', async () => {
  await expectSameMaps(loadBoth(file({ post_processor: bert })), 'ab', '');
});

test('tokens named as the parts of JavaScript objects are tokens like all others', () => {
  const json = JSON.parse(
    '{"model":{"type":"WordLevel","unk_token":"constructor","vocab":{"__proto__":0,"constructor":1,"toString":2,"1":3}},' +
      '"pre_tokenizer":{"type":"WhitespaceSplit"},"added_tokens":[{"id":4,"content":"hasOwnProperty","special":true}]}',
  );
  const tokenizer = loadTokenizer(json);
  expect([...tokenizer.encode('__proto__ toString valueOf 1 hasOwnProperty')]).toEqual([0, 2, 1, 3, 4]);
  expect(loadTokenizer(JSON.stringify(tokenizer)).encode('__proto__ 1')).toEqual(Int32Array.of(0, 3));
  expect(tokenizer.decode([0, 4])).toBe('__proto__ hasOwnProperty');
  expect(Object.getOwnPropertyNames({})).toEqual([]);
});
