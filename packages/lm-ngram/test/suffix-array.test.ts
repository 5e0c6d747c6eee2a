import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CorpusIndex, InfiniGramModel, NgramVocabulary } from '../src/index.ts';
import { suffixArray } from '../src/suffix-array/suffix-array.ts';

const seeded = { seed: 12, numRuns: 300 };

test('a suffix array has all suffixes in order', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 4 })
        .chain((largest) => fc.array(fc.integer({ min: 1, max: largest }), { maxLength: 60 })),
      (elements) => {
        const text = Int32Array.from([...elements, 0]);
        const naive = [...text.keys()].sort((a, b) => {
          while (text[a] === text[b]) [a, b] = [a + 1, b + 1];
          return text[a]! - text[b]!;
        });
        expect([...suffixArray(text, 5)]).toEqual(naive);
      },
    ),
    seeded,
  );
});

const corpora = fc.array(fc.array(fc.nat(2), { maxLength: 12 }), { minLength: 1, maxLength: 6 });

test('phrases of any length are counted, found, and continued, as a search through the texts says', () => {
  fc.assert(
    fc.property(corpora, fc.array(fc.nat(3), { maxLength: 4 }), (texts, phrase) => {
      const index = CorpusIndex.build(texts);
      const places = texts.flatMap((words, text) =>
        words
          .map((_, position) => ({ text, position }))
          .filter(({ position }) => phrase.every((word, at) => words[position + at] === word)),
      );
      expect(index.count(phrase)).toBe(places.length);
      const found = [...index.places(phrase)].sort((a, b) => a.text - b.text || a.position - b.position);
      expect(found).toEqual(places);
      const followers = places
        .map(({ text, position }) => texts[text]![position + phrase.length])
        .filter((word) => word !== undefined);
      expect(index.continuations(phrase)).toEqual(
        [0, 1, 2]
          .map((word) => ({ word, count: followers.filter((other) => other === word).length }))
          .filter(({ count }) => count > 0),
      );
    }),
    seeded,
  );
});

describe('the ∞-gram', () => {
  test('answers from the longest stretch that something follows', () => {
    fc.assert(
      fc.property(corpora, fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }), (texts, words) => {
        fc.pre(texts.some((text) => text.length > 0));
        const model = new InfiniGramModel(NgramVocabulary.of([]), CorpusIndex.build(texts));
        const count = (phrase: number[], isFollowed: boolean) =>
          texts
            .flatMap((text) => text.map((_, at) => text.slice(at, at + phrase.length + (isFollowed ? 1 : 0))))
            .filter((stretch) => stretch.length === phrase.length + (isFollowed ? 1 : 0))
            .filter((stretch) => phrase.every((word, at) => stretch[at] === word)).length;
        let state = model.emptyState;
        for (const [at, word] of words.entries()) {
          let context = words.slice(0, at);
          while (count(context, true) === 0) context = context.slice(1);
          const score = model.score(state, word);
          expect(10 ** score.log10Probability).toBeCloseTo(
            count([...context, word], false) / count(context, true),
            9,
          );
          if (word !== 0) expect(score.order).toBe(context.length + 1);
          state = score.state;
        }
      }),
      seeded,
    );
  });

  test('refuses words that are no ids', () => {
    expect(() => CorpusIndex.build([[1, -2]])).toThrow('got -2 at 1 of text 0');
  });
});
