import fc from 'fast-check';
import huggingFaceTokenizers from 'tokenizers';
import { expect, expectTypeOf, test } from 'vitest';
import { BertNormalizer } from '../normalizers/bert.ts';
import { UnicodeFormNormalizer } from '../normalizers/unicode-form.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { WhitespacePreTokenizer } from '../pre-tokenizers/whitespace.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';
import { countWords } from './count-words.ts';
import type { WordParts } from './word-feed.ts';

const pipelines: Record<string, WordParts> = {
  'byte-level': { preTokenizer: new ByteLevelPreTokenizer() },
  'regex and byte-level': {
    preTokenizer: new SequencePreTokenizer([
      new SplitPreTokenizer(new RegexPattern('\\p{N}{1,3}')),
      new ByteLevelPreTokenizer({ addPrefixSpace: false }),
    ]),
  },
  BERT: { normalizer: new BertNormalizer(), preTokenizer: new BertPreTokenizer() },
  'NFKC and Metaspace': {
    normalizer: new UnicodeFormNormalizer('NFKC'),
    preTokenizer: new MetaspacePreTokenizer(),
  },
};

/** How Hugging Face's own parts cut a text. */
function peerWords({ normalizer, preTokenizer }: WordParts): (text: string) => string[] {
  const model = { type: 'WordLevel', vocab: { '?': 0 }, unk_token: '?' };
  const json = { version: '1.0', added_tokens: [], normalizer, pre_tokenizer: preTokenizer, model };
  const peer = huggingFaceTokenizers.Tokenizer.fromString(JSON.stringify(json));
  const peerNormalizer = peer.getNormalizer();
  const peerPreTokenizer = peer.getPreTokenizer()!;
  return (text) =>
    peerPreTokenizer
      .preTokenizeString(peerNormalizer?.normalizeString(text) ?? text)
      .map(([word]) => word)
      .filter((word) => word !== '');
}

test.each(Object.entries(pipelines))('the words are those of Hugging Face tokenizers (%s)', (_, parts) => {
  const unit = fc.constantFrom(
    ...['a', 'b', 'É', ' ', ' ', '\n', "'s", '12345', '.', '中', '文', 'ﬁ', '😀', 'e\u0301'],
  );
  const cut = peerWords(parts);
  fc.assert(
    fc.property(fc.array(fc.string({ unit, maxLength: 30 }), { minLength: 1, maxLength: 10 }), (texts) => {
      const counts: Record<string, number> = {};
      for (const word of texts.flatMap(cut)) counts[word] = (counts[word] ?? 0) + 1;
      const words = countWords(texts, parts);
      expect(Object.fromEntries(words)).toEqual(counts);
      expect(words.distinctWordCount).toBe(Object.keys(counts).length);
      expect(words.wordCount).toBe(Object.values(counts).reduce((sum, count) => sum + count, 0));
    }),
    { seed: 1, numRuns: 40 },
  );
});

test('words come in order, as often as they are asked for', () => {
  const words = countWords(['to be or', 'not to be'], { preTokenizer: new WhitespacePreTokenizer() });
  const expected = [
    ['be', 2],
    ['not', 1],
    ['or', 1],
    ['to', 2],
  ];
  expect([...words]).toEqual(expected);
  expect([...words]).toEqual(expected);
  expectTypeOf(words).toExtend<Iterable<readonly [word: string, count: number]>>();
  expect([...countWords('a lone \ud83d')]).toEqual([['a lone \ufffd', 1]]); // no pre-tokenizer: one word
  expect([...countWords([])]).toEqual([]);
  expect(() => countWords([3 as never])).toThrow('countWords: corpus must be a string, got 3.');
});

test('the most frequent words are selected, of equals the first in order', () => {
  const words = countWords('a b b c c d d d 中 中 e', { preTokenizer: new WhitespacePreTokenizer() });
  const selected = (options: Parameters<typeof words.select>[0]) => {
    const selection = words.select(options);
    expect(selection.distinctWordCount).toBe([...selection].length);
    expect(selection.wordCount).toBe([...selection].reduce((sum, [, count]) => sum + count, 0));
    return [...selection].map(([word, count]) => `${word}${count}`).join(' ');
  };
  expect(selected({})).toBe('a1 b2 c2 d3 e1 中2');
  expect(selected({ minCount: 2 })).toBe('b2 c2 d3 中2');
  expect(selected({ maxSize: 3 })).toBe('b2 c2 d3');
  expect(selected({ maxSize: 5 })).toBe('a1 b2 c2 d3 中2');
  expect(selected({ minCount: 3, maxSize: 5 })).toBe('d3');
  expect(selected({ minCount: 9 })).toBe('');
  expect(() => words.select({ maxSize: 0 })).toThrow('select: maxSize must be a positive integer, got 0.');
  expect(() => words.select({ minCount: 1.5 })).toThrow('minCount must be a positive integer, got 1.5.');
});
