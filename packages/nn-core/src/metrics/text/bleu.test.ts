import { describe, expect, test } from 'vitest';
import { readMetricGoldens } from '../../../test/metric-goldens.ts';
import { bleu, CorpusBleu, sentenceBleu } from './bleu.ts';
import { type BleuSmoothing, bleuOfCounts, bleuSettings } from './bleu-statistics.ts';
import { type BleuTokenizer, bleuTokens } from './bleu-tokenizer.ts';

// The README of sacreBLEU, and the cases its own tests publish.
const hypotheses = ['The dog bit the man.', "It wasn't surprising.", 'The man had just bitten him.'];
const references = [
  ['The dog bit the man.', 'The dog had bit the man.'],
  ['It was not unexpected.', 'No one was surprised.'],
  ['The man bit him first.', 'The man had bitten the dog.'],
];

describe('scores that sacreBLEU publishes', () => {
  test('the README example', () => {
    expect(bleu(hypotheses, references)).toEqual({
      score: expect.closeTo(48.530827, 6),
      precisions: [1400 / 17, 50, 500 / 11, 37.5],
      counts: [14, 7, 5, 3],
      totals: [17, 14, 11, 8],
      brevityPenalty: Math.exp(1 - 18 / 17),
      hypothesisLength: 17,
      referenceLength: 18,
      signature: expect.stringMatching(/^nrefs:2\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:2/),
    });
  });

  test.each([
    ['none', 49.1919566],
    ['13a', 48.530827],
    ['intl', 43.91623493],
  ] as const)('tokenizer %s', (tokenizer, expected) => {
    expect(bleu(hypotheses, references, { tokenizer }).score).toBeCloseTo(expected, 6);
  });

  test.each([
    [1, '77.65'],
    [2, '60.50'],
    [3, '53.93'],
    [4, '48.53'],
    [5, '46.14'],
    [6, '43.28'],
  ])('n-grams up to %i', (maxOrder, expected) => {
    expect(bleu(hypotheses, references, { maxOrder }).score.toFixed(2)).toBe(expected);
  });

  test.each<[BleuSmoothing, number | undefined, boolean, BleuTokenizer, number]>([
    ['exp', undefined, false, '13a', 8.493],
    ['none', undefined, false, '13a', 0],
    ['floor', undefined, false, '13a', 4.51688],
    ['floor', 0.1, false, '13a', 4.51688],
    ['floor', 0.5, false, '13a', 10.1],
    ['add-k', undefined, false, '13a', 14.882],
    ['add-k', 1, false, '13a', 14.882],
    ['add-k', 2, false, '13a', 21.389],
    ['exp', undefined, false, 'none', 7.347],
    ['exp', undefined, false, 'intl', 8.493],
    ['exp', undefined, false, 'char', 40.8759],
    ['exp', undefined, true, 'char', 42.0267],
  ])(
    'a sentence smoothed by %s %s, lowercase %s, tokenizer %s',
    (smoothing, value, lowercase, tokenizer, expected) => {
      const hypothesis = 'Producția de zahăr primă va fi exprimată în ceea ce privește zahărul alb;';
      const options = {
        smoothing,
        lowercase,
        tokenizer,
        ...(value !== undefined && { smoothingValue: value }),
      };
      const { score } = sentenceBleu(hypothesis, 'producţia de zahăr brut se exprimă în zahăr alb;', options);
      expect(Math.abs(score - expected)).toBeLessThan(1e-3);
    },
  );

  test.each(['exp', 'none', 'floor', 'add-k'] as const)('nothing in common, smoothed by %s', (smoothing) => {
    expect(sentenceBleu('this is a cat', 'okay thanks', { smoothing }).score).toBe(0);
  });

  test('raw scores with a floor of 0.01, and effective order', () => {
    const raw = {
      tokenizer: 'none',
      smoothing: 'floor',
      smoothingValue: 0.01,
      effectiveOrder: true,
    } as const;
    expect(bleu(['this is a fest'], ['this is a test'], raw).score).toBeCloseTo(22.3606797749979, 8);
    expect(bleu(['test'], ['a test'], raw).score).toBeCloseTo(36.78794411714425, 8);
    expect(bleu(['a little test'], ['a test'], raw).score).toBeCloseTo(3.218297948685433, 8);
    const symbols = sentenceBleu('am I am a character sequence', 'I am a symbol string sequence a a', {
      ...raw,
      smoothingValue: 0.1,
    });
    expect(symbols).toMatchObject({ counts: [4, 2, 1, 0], totals: [6, 5, 4, 3] });
    expect(symbols.score).toBeCloseTo(15.55722182, 7);
  });

  test('scores of bare statistics', () => {
    const settings = bleuSettings({ smoothing: 'none' });
    const statistics = {
      counts: [9, 7, 5, 3],
      totals: [10, 8, 6, 4],
      hypothesisLength: 11,
      referenceLength: 11,
    };
    expect(bleuOfCounts(statistics, settings).score).toBeCloseTo(83.75922397, 7);
    const none = { counts: [0, 0, 0, 0], totals: [0, 0, 0, 0], hypothesisLength: 0, referenceLength: 5 };
    expect(bleuOfCounts(none, settings)).toMatchObject({ score: 0, brevityPenalty: 0 });
  });

  test('the Hugging Face example', () => {
    const outputs = ['hello there general kenobi', 'on our way to ankh morpork'];
    const expected = [
      ['hello there general kenobi', 'hello there !'],
      ['goodbye ankh morpork', 'ankh morpork'],
    ];
    expect(bleu(outputs, expected)).toMatchObject({
      score: expect.closeTo(39.76353643835252, 10),
      counts: [6, 4, 2, 1],
      totals: [10, 8, 6, 4],
      brevityPenalty: 1,
      hypothesisLength: 10,
      referenceLength: 7,
    });
  });
});

test('on tokenized text BLEU is that of NLTK, for corpora and for sentences', () => {
  const { hypotheses, references, corpus, sentences } = readMetricGoldens().bleu;
  expect(bleu(hypotheses, references, { tokenizer: 'none' }).score).toBeCloseTo(100 * corpus, 9);
  for (const smoothing of ['floor', 'add-k', 'exp'] as const) {
    for (const [index, hypothesis] of hypotheses.entries()) {
      const { score } = sentenceBleu(hypothesis, references[index]!, { tokenizer: 'none', smoothing });
      expect(score).toBeCloseTo(100 * sentences[smoothing][index]!, 9);
    }
  }
});

test.each<[BleuTokenizer, string, string]>([
  ['13a', 'Pay $1,000.50, (now)-or "later".', 'Pay $ 1,000.50 , ( now ) -or " later " .'],
  ['13a', "&quot;It's&quot; 3-4 &amp; -\n5 <skipped>x.", '" It\'s " 3 - 4 & 5 x .'],
  ['13a', 'In 1999. …😀.', 'In 1999 . …😀 .'],
  ['intl', 'Er sagte: „1.000,5 €“ – 2020.', 'Er sagte : „ 1.000,5 € “ – 2020.'],
  ['zh', '我买了3.5公斤apples，好吗？', '我 买 了 3.5 公 斤 apples ， 好 吗 ？'],
  ['zh', '“𠀀𠀁”', '“ 𠀀𠀁 ”'],
  ['char', 'a 中😀', 'a 中 😀'],
  ['none', ' a\u2003b\u001cc. ', 'a b c.'],
])('tokenizer %s cuts %s', (tokenizer, text, expected) => {
  expect(bleuTokens(text, tokenizer).join(' ')).toBe(expected);
});

test('signatures name what matters, as in sacreBLEU', () => {
  const corpus = new CorpusBleu({
    smoothing: 'floor',
    lowercase: true,
    effectiveOrder: true,
    tokenizer: 'zh',
  });
  corpus.add('a', ['b']).add('a', ['b', 'c']);
  expect(corpus.score().signature).toBe('nrefs:var|case:lc|eff:yes|tok:zh|smooth:floor[0.10]|version:2.6.0');
});

test('what cannot be scored is refused', () => {
  expect(() => bleu(['a'], [])).toThrow('references must hold one entry for each of 1 hypotheses, got 0');
  expect(() => bleu(['a'], [[]])).toThrow('references must hold a text, got none');
  expect(() => bleu([], [], { smoothing: 'much' as 'exp' })).toThrow('got much');
  expect(() => bleu([], [], { tokenizer: '14' as '13a' })).toThrow('got 14');
  expect(() => bleu([], [], { maxOrder: 0 })).toThrow('maxOrder must be a positive integer, got 0');
  expect(() => bleu([], [], { smoothing: 'floor', smoothingValue: -1 })).toThrow(
    'must not be negative, got -1',
  );
});

test('an empty hypothesis is one, and so is an empty reference', () => {
  expect(bleu(['', ''], ['a', 'b']).score).toBe(0);
  expect(bleu(['a b c d e', 'x'], ['a b c d e', ''])).toMatchObject({
    counts: [5, 4, 3, 2],
    totals: [6, 4, 3, 2],
    referenceLength: 5,
  });
});
