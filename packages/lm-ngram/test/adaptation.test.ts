import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnyLanguageModel,
  countNgrams,
  estimateModel,
  fillUp,
  freezeModel,
  LinearMixture,
  LogLinearMixture,
  MapAdaptedModel,
  maximumLikelihood,
  mergeCounts,
  NgramVocabulary,
  nextWordDistribution,
  readArpa,
  scaleUnigrams,
  scoreText,
  trainNgramModel,
  tuneLogLinear,
  wittenBell,
  writeArpa,
} from '../src/index.ts';

const word = (letters: string) => fc.constantFrom(...letters);
const corpus = (letters: string) =>
  fc.array(fc.array(word(letters), { maxLength: 7 }), { minLength: 1, maxLength: 10 });
/** Two models over words that they have in common only in part. */
const knownPairs = fc
  .tuple(corpus('abcd'), corpus('cdef'), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .map(([first, second, a, b]) => [
    trainNgramModel(first, { order: a }),
    trainNgramModel(second, { order: b, smoothing: wittenBell() }),
  ]);
/** The same, one of them with n-grams of unknown words. */
const pairs = fc
  .tuple(corpus('abcd'), corpus('cdef'), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .map(([first, second, a, b]) => [
    trainNgramModel(first, { order: a, vocabulary: NgramVocabulary.of(['a', 'b', 'c']) }),
    trainNgramModel(second, { order: b, smoothing: wittenBell() }),
  ]);
const texts = fc.array(word('abcdefg'), { maxLength: 6 });

function after(model: AnyLanguageModel, words: readonly string[]): unknown {
  return words.reduce(
    (state, next) => model.score(state, model.vocabulary.idOf(next)).state,
    model.sentenceStart,
  );
}

/** Probabilities of all words but `<s>`. */
function distribution(model: AnyLanguageModel, state: unknown): number[] {
  return model.vocabulary.words.map((_, id) =>
    id === 1 ? 0 : 10 ** model.score(state, id).log10Probability,
  );
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);

describe('a log-linear mixture', () => {
  const weights = fc.tuple(
    fc.double({ min: -0.5, max: 2, noNaN: true }),
    fc.double({ min: 0, max: 1.5, noNaN: true }),
  );

  test('is the product of its models to the power of their weights, divided by the sum over all words', () => {
    fc.assert(
      fc.property(pairs, weights, texts, (models, pair, text) => {
        const mixture = new LogLinearMixture(models, { weights: pair });
        const linear = new LinearMixture(models);
        const state = after(mixture, text) as number[];
        const products = mixture.vocabulary.words.map((_, id) => {
          if (id === 1) return 0;
          const logs = linear.scoreEach(state, id).map(({ log10Probability }) => log10Probability);
          return 10 ** (pair[0] * logs[0]! + pair[1] * logs[1]!);
        });
        const total = sum(products);
        for (const [id, product] of products.entries()) {
          if (id === 1) continue;
          const expected = product / total;
          expect(10 ** mixture.score(state, id).log10Probability / expected).toBeCloseTo(1, 6);
        }
        // The slopes that tuning goes by.
        for (const index of [0, 1]) {
          const moved = pair.map((weight, at) => weight + (at === index ? 1e-5 : 0));
          const there = new LogLinearMixture(models, { weights: moved }).normalizer(state);
          const here = mixture.normalizer(state);
          expect((there.logTotal - here.logTotal) / 1e-5).toBeCloseTo(here.means[index]!, 2);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is one ARPA model without any loss', () => {
    fc.assert(
      fc.property(knownPairs, weights, texts, (models, pair, text) => {
        const mixture = new LogLinearMixture(models, { weights: pair });
        const frozen = freezeModel(mixture, models);
        const expected = distribution(mixture, after(mixture, text));
        const found = distribution(frozen, after(frozen, text));
        for (const [id, probability] of expected.entries()) expect(found[id]).toBeCloseTo(probability, 5);
      }),
      { numRuns: 100 },
    );
  });

  test('is tuned to the text it is shown: no other weights make it likelier', async () => {
    const lines = (text: string) => text.split('|').map((line) => line.trim().split(' '));
    const news = lines('the bank said the rate rose | the bank cut the rate | a bank said so');
    const river = lines('the river bank was green | the green river rose | a river was here');
    const models = [
      trainNgramModel(news, { order: 3 }),
      trainNgramModel(river, { order: 2, smoothing: wittenBell() }),
    ];
    const held = lines('the river was green | the river bank said so | the rate rose');
    const perplexities: number[] = [];
    const tuned = await tuneLogLinear(new LogLinearMixture(models), held, {
      onRound: ({ perplexity }) => perplexities.push(perplexity),
    });
    const best = scoreText(tuned, held);
    expect(perplexities.at(-1)).toBeCloseTo(best.perplexity, 6);
    expect(perplexities.length).toBeLessThan(12);
    for (const move of [-0.1, -0.01, 0.01, 0.1]) {
      for (const index of [0, 1]) {
        const weights = tuned.weights.map((weight, at) => weight + (at === index ? move : 0));
        expect(scoreText(tuned.withWeights(weights), held).perplexity).toBeGreaterThan(best.perplexity);
      }
    }
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(tuneLogLinear(new LogLinearMixture(models), held, { signal })).rejects.toThrow('enough');
    await expect(tuneLogLinear(new LogLinearMixture(models), [])).rejects.toThrow('at least one, got none');
    const twins = await tuneLogLinear(new LogLinearMixture([models[0]!, models[0]!]), held);
    expect(twins.weights.every(Number.isFinite)).toBe(true);
  });

  test('refuses weights that make no sense', () => {
    const model = trainNgramModel([['a']], { order: 2 });
    const counted = trainNgramModel([['a']], { order: 2, smoothing: maximumLikelihood() });
    expect(() => new LogLinearMixture([model], { weights: [1, 2] })).toThrow(
      'one number for each of the 1 models',
    );
    expect(() => new LogLinearMixture([model, counted], { weights: [1, -1] })).toThrow(
      'must not be negative where a model gives an n-gram the probability 0, got -1 for model 1',
    );
  });
});

test('a linear mixture is one ARPA model, exact where a model has the n-gram, that adds up to 1', () => {
  fc.assert(
    fc.property(pairs, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (models, weight) => {
      const mixture = new LinearMixture(models, { weights: [weight, 1 - weight] });
      const read = readArpa([...writeArpa(freezeModel(mixture, models))]);
      const { trie } = read;
      for (let context = 0; context < trie.contextCount; context++) {
        expect(sum(nextWordDistribution(read, context))).toBeCloseTo(1, 4);
        const state = trie
          .ngramOf(context)
          .reduce((at, id) => mixture.score(at, id).state, mixture.emptyState);
        for (let node = trie.firstChildren[context]!; node < trie.firstChildren[context + 1]!; node++) {
          const id = trie.words[node]!;
          if (id === 1) continue;
          expect(read.logProbabilities[node]).toBeCloseTo(mixture.score(state, id).log10Probability, 5);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('unigram scaling is p(w | h) times the ratio of the words’ frequencies, normalized', () => {
  fc.assert(
    fc.property(pairs, texts, fc.double({ min: 0, max: 1, noNaN: true }), ([domain, general], text, beta) => {
      const scaled = scaleUnigrams(general!, domain!, { beta });
      const words = scaled.vocabulary.words;
      const alone = (weights: number[]) => new LinearMixture(scaled.models, { weights });
      const [own, of] = [alone([1, 0, 0]), alone([0, 1, 0])];
      const before = distribution(own, after(own, text));
      const unigrams = [own, of].map((model) => distribution(model, model.emptyState));
      const products = words.map((_, id) =>
        id === 1 ? 0 : before[id]! * (unigrams[1]![id]! / unigrams[0]![id]!) ** beta,
      );
      const total = sum(products);
      const found = distribution(scaled, after(scaled, text));
      for (const [id, product] of products.entries()) expect(found[id]).toBeCloseTo(product / total, 6);
    }),
    { numRuns: 60 },
  );
  const model = trainNgramModel([['a']], { order: 1 });
  expect(() => scaleUnigrams(model, model, { beta: 2 })).toThrow('beta must be from 0 to 1, got 2');
});

test('a model is filled up: its own n-grams stay, others keep their proportions, and all adds up to 1', () => {
  fc.assert(
    fc.property(pairs, ([domain, general]) => {
      const filled = fillUp(domain!, general!);
      const { trie, vocabulary } = filled;
      for (let context = 0; context < trie.contextCount; context++) {
        expect(sum(nextWordDistribution(filled, context))).toBeCloseTo(1, 4);
      }
      for (const [model, isDomain] of [
        [domain!, true],
        [general!, false],
      ] as const) {
        for (let node = 1; node < model.trie.nodeCount; node++) {
          const ngram = model.vocabulary.decode(model.trie.ngramOf(node));
          const found = trie.find([...vocabulary.encode(ngram)]);
          expect(found).toBeGreaterThan(0);
          if (isDomain && node !== 1 && node !== 2) {
            expect(filled.logProbabilities[found]).toBe(model.logProbabilities[node]);
          }
        }
      }
      for (let context = 0; context < general!.trie.contextCount; context++) {
        const ratios: number[] = [];
        const { firstChildren, words } = general!.trie;
        for (let node = firstChildren[context]!; node < firstChildren[context + 1]!; node++) {
          const ngram = general!.vocabulary.decode([...general!.trie.ngramOf(context), words[node]!]);
          const isOwn =
            ngram.every((word) => domain!.vocabulary.has(word)) &&
            domain!.trie.find([...domain!.vocabulary.encode(ngram)]) >= 0;
          if (isOwn) continue;
          ratios.push(
            filled.logProbabilities[trie.find([...vocabulary.encode(ngram)])]! -
              general!.logProbabilities[node]!,
          );
        }
        for (const ratio of ratios)
          if (Number.isFinite(ratio)) expect(ratio).toBeCloseTo(ratios.find(Number.isFinite)!, 4);
      }
    }),
    { numRuns: 100 },
  );
});

describe('counts', () => {
  test('of several texts are those of the texts together, a text as often as it weighs', () => {
    fc.assert(
      fc.property(corpus('abc'), corpus('bcd'), fc.integer({ min: 1, max: 3 }), (first, second, weight) => {
        const count = (sentences: string[][], words: string[]) => {
          const vocabulary = NgramVocabulary.of(words);
          const ids = sentences.map((sentence) => vocabulary.encode(sentence));
          return { counts: countNgrams(ids, { order: 3, vocabSize: vocabulary.size }), vocabulary };
        };
        const merged = mergeCounts([
          count(first, ['c', 'b', 'a']),
          { ...count(second, ['b', 'c', 'd']), weight },
        ]);
        const repeated = new Array<string[][]>(weight).fill(second).flat();
        const whole = count([...first, ...repeated], merged.vocabulary.words as string[]);
        expect(merged.counts.trie.words).toEqual(whole.counts.trie.words);
        expect(merged.counts.counts).toEqual(whole.counts.counts);
        const model = estimateModel(merged.counts, merged.vocabulary);
        expect(model.logProbabilities).toEqual(
          estimateModel(whole.counts, whole.vocabulary).logProbabilities,
        );
      }),
      { numRuns: 60 },
    );
    expect(() => mergeCounts([])).toThrow('must be counted up to one order, got ""');
  });

  test('of a domain move a model toward them, the more the more there are', () => {
    fc.assert(
      fc.property(corpus('abcd'), corpus('abcd'), texts, (general, domain, text) => {
        const vocabulary = NgramVocabulary.of('abcd');
        const base = trainNgramModel(general, { order: 3, vocabulary });
        const ids = domain.map((sentence) => vocabulary.encode(sentence));
        const counts = countNgrams(ids, { order: 2, vocabSize: vocabulary.size });
        const adapted = new MapAdaptedModel(base, counts, { strength: 2.5 });
        const probabilities = distribution(adapted, after(adapted, text));
        expect(sum(probabilities)).toBeCloseTo(1, 5);
        const before = distribution(base, after(base, text));
        const last = text.length > 0 ? vocabulary.idOf(text.at(-1)!) : 1;
        const next = domain
          .map((sentence) => [1, ...vocabulary.encode(sentence), 2])
          .flatMap((all) => all.slice(1).filter((_, index) => all[index] === last));
        // Words that the domain does not have leave no context at all.
        const follows = counts.trie.firstChildren[last + 2]! > counts.trie.firstChildren[last + 1]!;
        if (!follows) return;
        for (const [id, probability] of probabilities.entries()) {
          if (id === 1) continue;
          const count = next.filter((other) => other === id).length;
          expect(probability).toBeCloseTo((count + 2.5 * before[id]!) / (next.length + 2.5), 6);
        }
      }),
      { numRuns: 100 },
    );
    const model = trainNgramModel([['a']], { order: 1 });
    const counts = countNgrams([[3]], { order: 1, vocabSize: 5 });
    expect(() => new MapAdaptedModel(model, counts)).toThrow(
      'counts must be of the 4 words of the model, got 5',
    );
  });
});
