import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jieba, jiebaIdf, jiebaKeywords, segmenter, sentences } from '../../../test/chinese/oracle.ts';
import {
  countDocumentFrequencies,
  readDocumentFrequencies,
  writeDocumentFrequencies,
} from './document-frequencies.ts';
import { extractKeywords } from './extract-keywords.ts';
import type { Keyword } from './keyword-candidates.ts';
import { rankKeywords } from './rank-keywords.ts';

/** By fixtures/chinese-keywords.py. */
const golden: Record<string, [string, number][]> & { text: string } = JSON.parse(
  readFileSync(new URL('../../../fixtures/chinese-keywords.json', import.meta.url), 'utf8'),
);
const documentFrequencies = readDocumentFrequencies(
  readFileSync(new URL('../../../../chinese-dictionary/data/document-frequencies.bin', import.meta.url)),
);

function expectKeywords(found: readonly Keyword[], expected: readonly (readonly [string, number])[]): void {
  expect(found.map(({ word }) => word)).toEqual(expected.map(([word]) => word));
  for (const [index, { weight }] of found.entries()) expect(weight).toBeCloseTo(expected[index]![1], 8);
}

test('keywords by TF-IDF are those of jieba', () => {
  const { text } = golden;
  const options = { segmenter, documentFrequencies };
  expectKeywords(extractKeywords(text, { ...options, count: 12 }), golden.frequencyKeywords!);
  const tagged = extractKeywords(text, { ...options, count: 8, tags: ['n', 'v'] });
  expectKeywords(tagged, golden.frequencyKeywordsOfTags!);
});

test('keywords by TextRank are those of jieba', () => {
  const { text } = golden;
  expectKeywords(rankKeywords(text, { segmenter, count: 15 }), golden.rankKeywords!);
  expectKeywords(rankKeywords(text, { segmenter, count: 8, tags: ['n'] }), golden.rankKeywordsOfTags!);
});

test.each(sentences)('%s has the keywords that jieba-rs finds, which takes no unknown words', (sentence) => {
  const plain = { tag: (text: string) => segmenter.tag(text, { unknownWords: false }) };
  const found = extractKeywords(sentence, { segmenter: plain, documentFrequencies, count: 100 });
  const expected = jiebaKeywords.extractKeywords(jieba, sentence, 100, []);
  // It takes a line's end of two characters for a word.
  if (expected.some(({ keyword }) => keyword === '\r\n')) return;
  const weights = new Map(expected.map(({ keyword, weight }) => [keyword, weight]));
  expect(found).toHaveLength(expected.length);
  for (const { word, weight } of found) expect(weight).toBeCloseTo(weights.get(word)!, 8);
});

test('document frequencies are those of jieba, word for word', () => {
  const lines = new TextDecoder().decode(jiebaIdf).trimEnd().split('\n');
  expect(documentFrequencies.words.size).toBe(new Set(lines.map((line) => line.split(' ')[0])).size);
  for (const line of lines.filter((_, index) => index % 100 === 0)) {
    const [word, inverse] = line.split(' ');
    expect(documentFrequencies.inverse(word!)).toBeCloseTo(Number(inverse), 8);
  }
});

describe('document frequencies of one’s own', () => {
  const counted = countDocumentFrequencies([['猫', '鱼', '猫'], ['狗'], ['猫'], ['鸟', '鱼']]);

  test('are counted once for each document; a word in none counts as the one in the middle', () => {
    expect(['猫', '鱼', '狗', '马'].map((word) => counted.inverse(word))).toEqual(
      [4 / 2, 4 / 2, 4 / 1, 4 / 1].map(Math.log),
    );
  });

  test('are the same from their file, and other bytes are refused', () => {
    const bytes = writeDocumentFrequencies(counted);
    expect(writeDocumentFrequencies(readDocumentFrequencies(bytes))).toEqual(bytes);
    expect(() => readDocumentFrequencies(bytes.subarray(0, 20))).toThrow('the document frequencies');
  });
});

test('a text without a candidate has no keywords', () => {
  expect(extractKeywords('的 the 。', { segmenter, documentFrequencies })).toEqual([]);
  expect(rankKeywords('的 the 。', { segmenter })).toEqual([]);
});
