import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createRandomSource,
  drawNextWord,
  generateWords,
  type LanguageModel,
  likelyNextWords,
  maximumLikelihood,
  NgramModel,
  nextWordDistribution,
  scoreLines,
  scoreText,
  trainNgramModel,
  wittenBell,
} from '../src/index.ts';

const lines = ['the cat sat on the mat', 'the dog sat on the log', 'a cat ate the dog', 'the end'];
const model = trainNgramModel(
  lines.map((line) => line.split(' ')),
  { order: 3, prune: [0, 0, 1] },
);
const after = (words: string) =>
  words
    .split(' ')
    .reduce((state, word) => model.score(state, model.vocabulary.idOf(word)).state, model.sentenceStart);

test('the likeliest next words are the first of all words, sorted', () => {
  fc.assert(
    fc.property(fc.nat(model.trie.contextCount - 1), fc.nat(25), (state, count) => {
      const all = [...nextWordDistribution(model, state)]
        .map((probability, word) => ({ word, probability }))
        .filter(({ word }) => word !== 1)
        .sort((a, b) => b.probability - a.probability || a.word - b.word)
        .slice(0, count);
      const likely = likelyNextWords(model, state, count);
      expect(likely.map(({ log10Probability }) => log10Probability)).toEqual(
        all.map(({ probability }) => expect.closeTo(Math.log10(probability), 5)),
      );
      for (const { word, log10Probability, order } of likely) {
        const score = model.score(state, word);
        expect(log10Probability).toBeCloseTo(score.log10Probability, 6);
        if (word !== 0) expect(order).toBe(score.order);
      }
    }),
    { seed: 5, numRuns: 100 },
  );
});

test('words are drawn as often as the model says', () => {
  const state = after('the dog');
  const distribution = nextWordDistribution(model, state);
  const random = createRandomSource(7);
  const draws = 20_000;
  const counts = new Float64Array(model.vocabulary.size);
  for (let draw = 0; draw < draws; draw++) counts[drawNextWord(model, state, random)]!++;
  for (const [word, probability] of distribution.entries()) {
    const deviation = Math.sqrt(probability * (1 - probability) * draws);
    expect(Math.abs(counts[word]! - probability * draws)).toBeLessThanOrEqual(4.5 * deviation);
  }
});

test('generation follows its seed, its prompt and what is allowed', () => {
  const sentence = (seed: number) => [...generateWords(model, { seed })].join(' ');
  expect(sentence(1)).toBe(sentence(1));
  expect(new Set(Array.from({ length: 20 }, (_, seed) => sentence(seed))).size).toBeGreaterThan(5);
  const greedy = [...generateWords(model, { prompt: ['the', 'dog', 'sat'], topK: 1 })];
  const state = after('the dog sat');
  expect(model.vocabulary.idOf(greedy[0]!)).toBe(
    likelyNextWords(model, state, 2).find(({ word }) => word !== 0)!.word,
  );
  const cat = model.vocabulary.idOf('cat');
  const only = generateWords(model, { isAllowed: (word) => word === cat });
  expect([only.next().value, only.next().value]).toEqual(['cat', 'cat']);
  expect(() => generateWords(model, { isAllowed: () => false }).next()).toThrow(
    'isAllowed must leave a word',
  );
  expect(() => generateWords(model, { topP: 0 }).next()).toThrow(
    'topP must be more than 0 and at most 1, got 0',
  );
});

test('a text is scored word by word, and unknown words can be left out of its perplexity', () => {
  const score = scoreText(model, [['the', 'cat'], ['xyzzy']]);
  expect(score).toMatchObject({ wordCount: 5, unknownCount: 1, sentenceCount: 2 });
  let sum = 0;
  let known = 0;
  for (const words of [
    ['the', 'cat', '</s>'],
    ['xyzzy', '</s>'],
  ]) {
    let state = model.sentenceStart;
    for (const word of words) {
      const { log10Probability, state: next } = model.score(state, model.vocabulary.idOf(word));
      state = next;
      sum += log10Probability;
      if (word !== 'xyzzy') known += log10Probability;
    }
  }
  expect(score.log10Probability).toBeCloseTo(sum, 9);
  expect(score.perplexity).toBeCloseTo(10 ** (-sum / 5), 9);
  expect(score.perplexityWithoutUnknown).toBeCloseTo(10 ** (-known / 4), 9);
});

test('the n-grams of up to k words of a Witten-Bell model are its model of order k', () => {
  const sentences = lines.map((line) => line.split(' '));
  const { vocabulary, trie, logProbabilities, logBackoffs } = trainNgramModel(sentences, {
    order: 4,
    smoothing: wittenBell(),
  });
  for (const order of [1, 2, 3, 4]) {
    const shorter = new NgramModel({ vocabulary, trie: trie.upTo(order), logProbabilities, logBackoffs });
    const own = trainNgramModel(sentences, { order, smoothing: wittenBell() });
    expect(shorter.trie.sizes).toEqual(own.trie.sizes);
    const held = [
      ['the', 'cat', 'sat', 'on', 'a', 'log'],
      ['the', 'end', 'the'],
    ];
    expect(scoreText(shorter, held)).toEqual(scoreText(own, held));
  }
  expect(() => trie.upTo(5)).toThrow('upTo: order must be an integer from 1 to 4, got 5');
});

test('words without any probability leave the perplexity of the others as it is', () => {
  const counted = trainNgramModel([['a', 'b'], ['b']], { order: 1, smoothing: maximumLikelihood() });
  const score = scoreText(counted, [['a', 'xyzzy']]);
  expect(score.perplexity).toBe(Infinity);
  // a is one of five words, </s> two of five.
  expect(score.perplexityWithoutUnknown).toBeCloseTo(Math.sqrt(5 * (5 / 2)), 6);
});

test('scoring in a row gives what scoring one by one gives', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(model.vocabulary.size - 1)), (words) => {
      const output = new Float64Array(words.length);
      const all = model.scoreAll(words, { state: model.sentenceStart, output });
      let state = model.sentenceStart;
      for (const [index, word] of words.entries()) {
        const score = model.score(state, word);
        expect(output[index]).toBe(score.log10Probability);
        state = score.state;
      }
      expect(all.state).toBe(state);
    }),
    { seed: 6, numRuns: 50 },
  );
});

test('a state is all that the model remembers: the longest stretch of the last words that it knows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 }), { minLength: 1, maxLength: 10 }),
      fc.array(fc.constantFrom(3, 4, 5), { maxLength: 12 }),
      (sentences, words) => {
        const small = trainNgramModel(sentences, { order: 4, prune: [0, 0, 1] });
        const known = words.filter((word) => word < small.vocabulary.size);
        let state = small.emptyState as number;
        for (const word of known) state = small.score(state, word).state;
        const longest = Array.from({ length: 4 }, (_, length) => known.slice(known.length - length))
          .filter((suffix, length) => suffix.length === length && small.trie.find(suffix) >= 0)
          .at(-1)!;
        expect(state).toBe(small.trie.find(longest));
      },
    ),
    { seed: 8, numRuns: 60 },
  );
});

test('lines are scored as their words are, whatever stands between them', () => {
  const blank = fc.constantFrom(' ', '\t', '  ', '\r\n', '\f');
  const word = fc.constantFrom('the', 'cat', 'dog', 'th', 'thee', '</s>', '猫', '\u{1f408}', 'a\u00a0b');
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.tuple(word, blank), { maxLength: 300 })),
      fc.boolean(),
      (sentences, boundaries) => {
        const lines = sentences.map((sentence) => ` ${sentence.map((pair) => pair.join('')).join('')}`);
        const words = sentences.map((sentence) => sentence.map(([word]) => word));
        const expected = scoreText(model, words, { boundaries });
        expect(scoreLines(model, lines, { boundaries })).toEqual(expected);
        const other = { ...model, score: model.score.bind(model) } as LanguageModel;
        expect(scoreLines(other, lines, { boundaries })).toEqual(expected);
        for (const [index, line] of lines.entries()) {
          expect(model.vocabulary.encodeLine(line)).toEqual(model.vocabulary.encode(words[index]!));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('every child is found by its word, and no other, however many children a node has', () => {
  const texts = Array.from({ length: 400 }, (_, index) => `a w${(index * index) % 97} b`.split(' '));
  const { trie } = trainNgramModel(texts, { order: 3 });
  for (let node = 1; node < trie.contextCount; node++) {
    const children = new Map<number, number>();
    for (let child = trie.firstChildren[node]!; child < trie.firstChildren[node + 1]!; child++) {
      children.set(trie.words[child]!, child);
    }
    for (let word = 0; word < trie.vocabSize; word++) {
      expect(trie.child(node, word)).toBe(children.get(word) ?? -1);
    }
  }
});
