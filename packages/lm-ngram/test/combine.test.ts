import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnyLanguageModel,
  CacheModel,
  LinearMixture,
  nextWordDistribution,
  pruneByEntropy,
  scoreText,
  trainNgramModel,
  tuneMixture,
  wittenBell,
} from '../src/index.ts';

const lines = (text: string) => text.split('|').map((line) => line.trim().split(' '));
const news = lines('the bank said the rate rose | the bank cut the rate | a bank said so');
const river = lines('the river bank was green | the green river rose | a river was here');

function sum(model: AnyLanguageModel, state: unknown): number {
  let total = 0;
  for (let word = 0; word < model.vocabulary.size; word++) {
    if (word !== 1) total += 10 ** model.score(state, word).log10Probability;
  }
  return total;
}

function after(model: AnyLanguageModel, words: readonly string[]): unknown {
  return words.reduce(
    (state, word) => model.score(state, model.vocabulary.idOf(word)).state,
    model.sentenceStart,
  );
}

describe('a mixture', () => {
  const models = [
    trainNgramModel(news, { order: 3 }),
    trainNgramModel(river, { order: 2, smoothing: wittenBell() }),
  ];
  const mixture = new LinearMixture(models, { weights: [3, 1] });

  test('of models with different words gives probabilities that add up to 1', () => {
    for (const words of [[], ['the'], ['the', 'bank'], ['green', 'unheard']]) {
      expect(sum(mixture, after(mixture, words))).toBeCloseTo(1, 6);
    }
  });

  test('leaves <unk> what it has, where it is a frequent word and the words that a model lacks are rare', () => {
    const unknown = lines('the <unk> rose | the <unk> fell | a <unk> rose | the rate fell');
    const rare = lines('the <unk> rose | a <unk> rose | the <unk> zigzagged | a <unk> fell');
    const both = new LinearMixture([
      trainNgramModel(unknown, { order: 2 }),
      trainNgramModel(rare, { order: 2 }),
    ]);
    const [first] = both.scoreEach(after(both, ['the']) as unknown[], 0);
    const alone = both.models[0]!;
    const own = alone.score(after(alone, ['the']), 0).log10Probability;
    // "zigzagged" occurs once for four times <unk>, and counts one place for several.
    expect(10 ** (first!.log10Probability - own)).toBeGreaterThan(0.5);
    expect(sum(both, after(both, ['the', 'zigzagged']))).toBeCloseTo(1, 6);
  });

  test('weighs what its models say', () => {
    const [a, b] = models.map(
      (model) =>
        10 ** model.score(after(model, ['the']) as number, model.vocabulary.idOf('bank')).log10Probability,
    );
    const own = mixture.score(after(mixture, ['the']) as unknown[], mixture.vocabulary.idOf('bank'));
    expect(10 ** own.log10Probability).toBeCloseTo(0.75 * a! + 0.25 * b!, 9);
  });

  test('is tuned to the text it is shown: no other weights make it likelier', () => {
    const held = lines('the river was green | the river bank said so');
    const tuned = tuneMixture(mixture, held, { tolerance: 1e-12, rounds: 1000 });
    const best = scoreText(tuned, held).log10Probability;
    for (const weight of [0.01, 0.2, 0.4, 0.6, 0.8, 0.99]) {
      expect(scoreText(mixture.withWeights([weight, 1 - weight]), held).log10Probability).toBeLessThanOrEqual(
        best + 1e-9,
      );
    }
    expect(tuned.weights[1]).toBeGreaterThan(0.5);
  });

  test('refuses weights that make no sense', () => {
    expect(() => new LinearMixture(models, { weights: [1] })).toThrow(
      'one number of at least 0 for each of the 2 models',
    );
    expect(() => new LinearMixture(models, { weights: [0, 0] })).toThrow('not all 0, got "0 0"');
  });
});

describe('a cache', () => {
  const base = trainNgramModel(news, { order: 2 });
  const cached = new CacheModel(base, { weight: 0.2, size: 3, decay: 0.5 });

  test('makes the words of late likelier, the latest most, and adds up to 1', () => {
    const state = after(cached, ['the', 'rate', 'rose', 'so']) as { base: number; recent: number[] };
    expect(state.recent).toEqual(
      base.vocabulary.encode(['rate', 'rose', 'so']).length === 3
        ? [...base.vocabulary.encode(['rate', 'rose', 'so'])]
        : [],
    );
    expect(sum(cached, state)).toBeCloseTo(1, 6);
    const own = 10 ** cached.score(state, base.vocabulary.idOf('rose')).log10Probability;
    const below = 10 ** base.score(state.base, base.vocabulary.idOf('rose')).log10Probability;
    expect(own).toBeCloseTo(0.8 * below + 0.2 * (0.5 / 1.75), 6);
    expect(cached.nextSentence(state)).toEqual({ base: base.sentenceStart, recent: state.recent });
  });

  test('refuses options out of range', () => {
    expect(() => new CacheModel(base, { weight: 1 })).toThrow('weight must be between 0 and 1, got 1');
  });
});

describe('pruning by entropy', () => {
  const corpora = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 }), {
    minLength: 2,
    maxLength: 20,
  });

  test('leaves probabilities that add up to 1, and what a small threshold spares', () => {
    fc.assert(
      fc.property(corpora, fc.constantFrom(1e-9, 1e-4, 1e-2), (corpus, threshold) => {
        const model = trainNgramModel(corpus, { order: 3, smoothing: wittenBell() });
        const pruned = pruneByEntropy(model, { threshold });
        expect(pruned.trie.nodeCount).toBeLessThanOrEqual(model.trie.nodeCount);
        for (let state = 0; state < pruned.trie.contextCount; state++) {
          expect(nextWordDistribution(pruned, state).reduce((total, share) => total + share, 0)).toBeCloseTo(
            1,
            4,
          );
        }
        if (threshold > 1e-9) {
          const milder = pruneByEntropy(model, { threshold: threshold / 10 });
          expect(pruned.trie.nodeCount).toBeLessThanOrEqual(milder.trie.nodeCount);
        }
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  test('takes the loss of one n-gram for what it is: the rise of the perplexity under the model’s own distribution', () => {
    const model = trainNgramModel([['a', 'b'], ['a', 'c'], ['b', 'a'], ['a', 'b', 'b'], ['c']], {
      order: 2,
      smoothing: wittenBell(),
    });
    const { trie } = model;
    for (let node = trie.levelStart(2); node < trie.levelEnd(2); node++) {
      const context = trie.parentOf(node);
      const prior = 10 ** model.logProbabilities[context === 2 ? 3 : context]!;
      const rise = (threshold: number) =>
        pruneByEntropy(model, { threshold }).trie.find(trie.ngramOf(node)) < 0;
      // The n-gram alone taken out, from first principles.
      const before = nextWordDistribution(model, context);
      const unigrams = nextWordDistribution(model, 0);
      const isKept = (word: number) => trie.child(context, word) >= 0 && word !== trie.words[node];
      let left = 1;
      let below = 1;
      for (let word = 0; word < before.length; word++)
        if (isKept(word)) [left, below] = [left - before[word]!, below - unigrams[word]!];
      let divergence = 0;
      for (let word = 0; word < before.length; word++) {
        if (word === 1) continue;
        const now = isKept(word) ? before[word]! : (left / below) * unigrams[word]!;
        divergence += before[word]! * Math.log(before[word]! / now);
      }
      const loss = Math.expm1(prior * divergence);
      expect([rise(loss * 0.999 - 1e-9), rise(loss * 1.001 + 1e-9)]).toEqual([false, true]);
    }
  });

  test('refuses a negative threshold', () => {
    const model = trainNgramModel([['a']], { order: 2 });
    expect(() => pruneByEntropy(model, { threshold: -1 })).toThrow('threshold must be at least 0, got -1');
  });
});
