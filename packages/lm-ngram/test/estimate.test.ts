import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AdditiveModel,
  absoluteDiscounting,
  countNgrams,
  type Discounts,
  katz,
  kneserNey,
  maximumLikelihood,
  type NgramModel,
  NgramVocabulary,
  nextWordDistribution,
  scoreText,
  stupidBackoff,
  trainNgramModel,
  wittenBell,
} from '../src/index.ts';
import { naiveKneserNey } from './naive-kneser-ney.ts';

const seeded = { seed: 20, numRuns: 60 };
const sentences = (maxSentences: number) =>
  fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', '北', '京'), { maxLength: 8 }), {
    minLength: 1,
    maxLength: maxSentences,
  });
const characters = (lines: readonly string[]) => lines.map((line) => [...line]);

function probabilityOf(model: NgramModel, context: readonly string[], word: string): number {
  let state = context[0] === '<s>' ? model.sentenceStart : model.emptyState;
  for (const before of context[0] === '<s>' ? context.slice(1) : context) {
    state = model.score(state, model.vocabulary.idOf(before)).state;
  }
  return 10 ** model.score(state, model.vocabulary.idOf(word)).log10Probability;
}

describe('modified Kneser-Ney', () => {
  const discounts: Discounts = [0.4, 0.9, 1.3];

  test('is what its definition gives, for all n-grams of small corpora, pruned or not', () => {
    fc.assert(
      fc.property(
        sentences(12),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom([0], [0, 1], [0, 0, 1], [0, 1, 2]),
        (corpus, order, prune) => {
          const model = trainNgramModel(corpus, {
            order,
            prune,
            smoothing: kneserNey({ discounts: Array(order).fill(discounts) }),
          });
          const naive = naiveKneserNey(corpus, { order, prune, discounts: () => discounts });
          for (let length = 2; length <= order; length++) {
            expect(model.trie.sizes[length - 1]).toBe(naive.kept[length]!.size);
          }
          const contexts = [[], ['<s>'], ...corpus.slice(0, 4).map((sentence) => ['<s>', ...sentence])];
          for (const context of [...contexts, ...corpus.slice(0, 4), ['d', 'd', 'd']]) {
            for (const word of ['a', '京', '</s>', 'unheard']) {
              const expected = naive.probability(context, naive.words.includes(word) ? word : '<unk>');
              expect(probabilityOf(model, context, word)).toBeCloseTo(expected, 6);
            }
          }
        },
      ),
      seeded,
    );
  });

  test('says where the counts yield no discounts, and goes on with those it is told to take', () => {
    const told: string[] = [];
    const model = trainNgramModel(characters(['abc', 'abd']), {
      order: 2,
      smoothing: kneserNey({ fallbackDiscounts: discounts }),
      onFallback: ({ order, reason }) => told.push(`${order}: ${reason}`),
    });
    expect(told).toEqual(['1: no n-gram has the count 3', '2: no n-gram has the count 3']);
    const naive = naiveKneserNey(characters(['abc', 'abd']), { order: 2, discounts: () => discounts });
    expect(probabilityOf(model, ['b'], 'c')).toBeCloseTo(naive.probability(['b'], 'c'), 7);
  });

  test('keeps words outside a limited vocabulary as unigrams only', () => {
    const model = trainNgramModel(characters(['abab', 'acac']), { order: 2, limitVocabulary: ['a', 'b'] });
    const ngrams = Array.from({ length: model.trie.sizes[1]! }, (_, index) =>
      model.vocabulary.decode(model.trie.ngramOf(model.trie.levelStart(2) + index)).join(' '),
    );
    expect(ngrams).toEqual(['<s> a', 'a b', 'b </s>', 'b a']);
    expect(model.vocabulary.has('c')).toBe(true);
  });
});

const methods = [
  ['modified Kneser-Ney', kneserNey()],
  ['Kneser-Ney', kneserNey({ modified: false })],
  ['back-off Kneser-Ney', kneserNey({ interpolated: false })],
  ['absolute discounting', absoluteDiscounting()],
  ['absolute discounting by 0.3, back-off', absoluteDiscounting({ discount: 0.3, interpolated: false })],
  ['Witten-Bell', wittenBell()],
  ['Katz', katz()],
] as const;

describe.each(methods)('%s', (_, smoothing) => {
  test('gives probabilities that add up to 1 after every context, pruned or not, with or without boundaries', () => {
    fc.assert(
      fc.property(
        sentences(12).filter((corpus) => corpus.some((sentence) => sentence.length > 0)),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom([0], [0, 1]),
        fc.boolean(),
        (corpus, order, prune, boundaries) => {
          const model = trainNgramModel(corpus, { order, prune, smoothing, boundaries });
          for (let state = 0; state < model.trie.contextCount; state++) {
            const distribution = nextWordDistribution(model, state);
            expect(distribution.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
            for (let word = 0; word < model.vocabulary.size; word++) {
              if (word === 1) continue;
              expect(10 ** model.score(state, word).log10Probability).toBeCloseTo(distribution[word]!, 6);
            }
          }
        },
      ),
      seeded,
    );
  });
});

test('maximum likelihood is the relative frequency: C(北京天安门) / C(北京)', () => {
  const corpus = [
    ['我', '爱', '北京', '天安门'],
    ['天安门', '在', '北京'],
    ['北京', '很', '大'],
    ['他', '去', '北京', '天安门'],
  ];
  const model = trainNgramModel(corpus, { order: 2, smoothing: maximumLikelihood() });
  expect(probabilityOf(model, ['北京'], '天安门')).toBeCloseTo(2 / 4, 7);
  expect(probabilityOf(model, ['北京'], '我')).toBe(0);
  expect(probabilityOf(model, ['<s>'], '我')).toBeCloseTo(1 / 4, 7);
  expect(scoreText(model, [['他', '爱', '北京']]).perplexity).toBe(Infinity);
});

test('Witten-Bell worked by hand: a was followed by b twice and by c once', () => {
  const model = trainNgramModel(
    [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'c'],
    ],
    { order: 2, smoothing: wittenBell() },
  );
  // Unigrams: 9 words a a a b b c </s> </s> </s> of 4 kinds; 5 words can be predicted, <unk> among them.
  const b = (2 + 4 / 5) / (9 + 4);
  expect(probabilityOf(model, ['a'], 'b')).toBeCloseTo((2 + 2 * b) / (3 + 2), 7);
  expect(probabilityOf(model, ['a'], 'unheard')).toBeCloseTo((2 / 5) * (4 / 5 / 13), 7);
});

test('stupid back-off takes a factor for each word of context it lets go', () => {
  const model = trainNgramModel(characters(['abc', 'abd']), { order: 3, smoothing: stupidBackoff() });
  expect(probabilityOf(model, ['a', 'b'], 'c')).toBeCloseTo(1 / 2, 7);
  expect(probabilityOf(model, ['a', 'b'], 'a')).toBeCloseTo(0.4 * 0.4 * (2 / 8), 7);
  expect(probabilityOf(model, ['c', 'b'], 'd')).toBeCloseTo(1 / 2, 7); // nothing is known of "c b", so nothing is let go
});

test('options that make no sense are refused by name', () => {
  expect(() => trainNgramModel([], { order: 2 })).toThrow(
    'countNgrams: texts must hold at least one word, got none.',
  );
  expect(() => trainNgramModel([['a']], { order: 0 })).toThrow(
    'order must be an integer from 1 to 255, got 0',
  );
  expect(() => trainNgramModel([['a']], { order: 2, prune: [1, 1] })).toThrow('prune must begin with 0');
  expect(() => trainNgramModel([['a']], { order: 2, prune: [0, 2, 1] })).toThrow('got "0 2 1"');
  expect(() => trainNgramModel([['<s>']], { order: 2 })).toThrow('got 1 at 0 of text 0');
  expect(() => absoluteDiscounting({ discount: 2 })).toThrow('more than 0 and at most 1, got 2');
});

describe('add-k smoothing', () => {
  const vocabulary = NgramVocabulary.of(['a', 'b', 'c']);
  const counts = countNgrams(
    ['a b', 'a b', 'a c'].map((line) => vocabulary.encode(line.split(' '))),
    { order: 3, vocabSize: vocabulary.size },
  );

  test('adds to every count, after the whole context and no shorter one', () => {
    const model = new AdditiveModel(counts, vocabulary, { added: 0.5 });
    const [a, b] = [vocabulary.idOf('a'), vocabulary.idOf('b')];
    const afterA = model.score(model.sentenceStart, a).state;
    expect(10 ** model.score(afterA, b).log10Probability).toBeCloseTo((2 + 0.5) / (3 + 0.5 * 5), 12);
    expect(10 ** model.score([b, b], a).log10Probability).toBeCloseTo(1 / 5, 12);
    for (const state of [model.emptyState, model.sentenceStart, afterA, [b, b]]) {
      let sum = 0;
      for (let word = 0; word < vocabulary.size; word++) {
        if (word !== 1) sum += 10 ** model.score(state, word).log10Probability;
      }
      expect(sum).toBeCloseTo(1, 12);
    }
    expect(scoreText(model, [['a', 'b']]).wordCount).toBe(3);
  });

  test('adds something', () => {
    expect(() => new AdditiveModel(counts, vocabulary, { added: 0 })).toThrow(
      'added must be more than 0, got 0',
    );
  });
});
