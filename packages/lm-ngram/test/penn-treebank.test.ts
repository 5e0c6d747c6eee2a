import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  countNgrams,
  estimateModel,
  kneserNey,
  type NgramCounts,
  NgramVocabulary,
  scoreText,
} from '../src/index.ts';
import { adjustedCounts } from '../src/smoothing/adjusted-counts.ts';
import { countsOfCounts } from '../src/smoothing/context-totals.ts';
import { modifiedDiscounts } from '../src/smoothing/discounts.ts';

const folder = join(process.env.WORDLOOM_DATA ?? '../../../shared/data', 'ptb');

/** KenLM's figures for Mikolov's version of the Penn Treebank, order 5. */
describe.skipIf(!existsSync(folder))('the Penn Treebank', () => {
  let vocabulary: NgramVocabulary;
  let counts: NgramCounts;
  let valid: string[][];

  beforeAll(() => {
    const [train, validation] = ['train', 'valid'].map((name) =>
      readFileSync(join(folder, `ptb.${name}.txt`), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.trim().split(' ')),
    );
    vocabulary = NgramVocabulary.of(train!.flat());
    counts = countNgrams(
      train!.map((sentence) => vocabulary.encode(sentence)),
      {
        order: 5,
        vocabSize: vocabulary.size,
      },
    );
    valid = validation!;
  });

  test('has as many n-grams as KenLM counts', () => {
    expect(counts.trie.sizes).toEqual([10_001, 264_990, 586_558, 717_733, 737_952]);
  });

  test('has the discounts that KenLM finds', () => {
    const input = { ...counts, pruned: new Uint8Array(counts.trie.nodeCount) };
    const adjusted = adjustedCounts(counts);
    const discounts = [2, 3, 4, 5].map((order) =>
      [...modifiedDiscounts(countsOfCounts(input, adjusted, order, 4))].map((d) => Number(d).toFixed(4)),
    );
    expect(discounts).toEqual([
      ['0.7278', '1.0988', '1.4713'],
      ['0.8689', '1.2546', '1.4482'],
      ['0.9428', '1.3831', '1.4317'],
      ['0.9597', '1.3879', '1.2417'],
    ]);
  });

  test('is predicted with a perplexity of 148.01, and of 151.42 with single discounts', () => {
    expect(scoreText(estimateModel(counts, vocabulary), valid).perplexity).toBeCloseTo(148.01, 2);
    const single = estimateModel(counts, vocabulary, { smoothing: kneserNey({ modified: false }) });
    expect(scoreText(single, valid).perplexity).toBeCloseTo(151.42, 2);
  });
});
