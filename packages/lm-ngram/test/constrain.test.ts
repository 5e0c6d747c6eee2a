import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  WordAutomaton as Automaton,
  CompactModel,
  containing,
  encodeCompact,
  generateWords,
  lengthBetween,
  likelySentences,
  oneOf,
  scoreText,
  trainNgramModel,
  type WordAutomaton,
  wordPattern,
} from '../src/index.ts';

const split = (text: string) => text.split(' ').filter(Boolean);

/** An expression over words, and the same over letters for the engine of JavaScript. */
interface Pair {
  readonly words: string;
  readonly letters: string;
}
const { pattern } = fc.letrec<{ pattern: Pair }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'c').map((word) => ({ words: ` ${word}`, letters: word })),
    fc.constant({ words: ' .', letters: '.' }),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => ({
      words: `${a.words} ${b.words}`,
      letters: `${a.letters}${b.letters}`,
    })),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => ({
      words: `(${a.words} | ${b.words})`,
      letters: `(?:${a.letters}|${b.letters})`,
    })),
    fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}')).map(([a, sign]) => ({
      words: `(${a.words})${sign}`,
      letters: `(?:${a.letters})${sign}`,
    })),
  ),
}));
const sentences = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 });

describe('a set of sentences', () => {
  test('by an expression has what the same expression over letters matches', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.array(sentences, { minLength: 5, maxLength: 20 }),
        ({ words, letters }, all) => {
          const automaton = wordPattern(words);
          const expression = new RegExp(`^(?:${letters})$`);
          for (const sentence of all)
            expect(automaton.accepts(sentence)).toBe(expression.test(sentence.join('')));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is combined with others as sets are, and never leads where no sentence ends', () => {
    fc.assert(
      fc.property(pattern, pattern, fc.array(sentences, { maxLength: 20 }), (first, second, all) => {
        const [a, b] = [wordPattern(first.words), wordPattern(second.words)];
        const [and, or, not] = [a.and(b), a.or(b), a.not()];
        for (const sentence of all) {
          const [inA, inB] = [a.accepts(sentence), b.accepts(sentence)];
          expect(and.accepts(sentence)).toBe(inA && inB);
          expect(or.accepts(sentence)).toBe(inA || inB);
          expect(not.accepts(sentence)).toBe(!inA);
        }
        const canEnd = (state: number, length: number): boolean =>
          and.states[state]!.accepting ||
          (length > 0 &&
            ['a', 'b', 'c', 'd'].some(
              (word) => and.next(state, word) >= 0 && canEnd(and.next(state, word), length - 1),
            ));
        const reached = and.isEmpty
          ? []
          : and.states.flatMap(({ words, others }) => [...words.values(), others]);
        for (const state of new Set(reached.filter((target) => target >= 0)))
          expect(canEnd(state, 8)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('is a list, a length, or what holds a phrase', () => {
    fc.assert(
      fc.property(
        fc.array(sentences, { maxLength: 5 }),
        sentences,
        fc.array(fc.constantFrom('a', 'b'), { maxLength: 4 }),
        (list, sentence, phrase) => {
          expect(oneOf(list).accepts(sentence)).toBe(list.some((other) => other.join() === sentence.join()));
          expect(containing(phrase).accepts(sentence)).toBe(sentence.join('').includes(phrase.join('')));
          expect(lengthBetween(2, 4).accepts(sentence)).toBe(sentence.length >= 2 && sentence.length <= 4);
          expect(lengthBetween(3).accepts(sentence)).toBe(sentence.length >= 3);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('refuses what is broken', () => {
    for (const [broken, message] of [
      ['a (b', 'place 5 of "a (b": expected a closing bracket'],
      ['a )', 'place 3 of "a )": expected the end, got ")"'],
      ['* a', 'place 1 of "* a": expected a word, got "*"'],
      ['a {3,2}', '{3,2} must not fall'],
      ['a {x}', 'expected {2}, {2,} or {2,5}'],
    ]) {
      expect(() => wordPattern(broken!)).toThrow(message);
    }
    expect(wordPattern('"a*" "("').accepts(['a*', '('])).toBe(true);
    expect(() => wordPattern('((((a{99}){99}){99}){99})')).toThrow('must have fewer than 200000 states');
    expect(() => lengthBetween(3, 2)).toThrow('must be integers in order, got 3 and 2');
    expect(() => new Automaton([])).toThrow('states must hold at least one');
    expect(() => new Automaton([{ words: new Map([['a', 4]]), others: -1, accepting: true }])).toThrow(
      'from -1 to 0, got 4',
    );
  });
});

const model = trainNgramModel(['a b a', 'b a c', 'a c c b', 'c b', 'a', 'b c a b'].map(split), { order: 3 });

test('the likeliest sentences of a set are the first of all of its sentences', () => {
  const all: string[][] = [[]];
  for (let at = 0; all[at]!.length < 4; at++)
    for (const word of ['a', 'b', 'c']) all.push([...all[at]!, word]);
  const inPlace = new CompactModel(encodeCompact(model, { probabilityBits: 16, backoffBits: 16 }));
  fc.assert(
    fc.property(pattern, fc.integer({ min: 1, max: 6 }), ({ words }, count) => {
      const constraint = wordPattern(words);
      const expected = all
        .filter((sentence) => constraint.accepts(sentence))
        .map((sentence) => scoreText(model, [sentence]).log10Probability)
        .sort((a, b) => b - a)
        .slice(0, count);
      for (const asked of [model, inPlace] as const) {
        const found = likelySentences(asked as typeof model, {
          count,
          constraint,
          beamSize: 1000,
          maximumLength: 4,
        });
        expect(found.map(({ log10Probability }) => log10Probability)).toEqual(
          expected.map((log) => expect.closeTo(log, 5)),
        );
        expect(found.every(({ words: sentence }) => constraint.accepts(sentence))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
  expect(likelySentences(model, { constraint: oneOf([]) })).toEqual([]);
  expect(() => likelySentences(model, { beamSize: 0 })).toThrow('beamSize must be a positive integer, got 0');
});

test('what is drawn from a set is in it', () => {
  const sets: WordAutomaton[] = [
    wordPattern('a (b | c)+ a?'),
    lengthBetween(7, 9),
    containing(['c', 'c'])
      .and(containing(['b', 'a', 'b']))
      .and(lengthBetween(0, 8)),
    oneOf([split('c c c'), split('a b a'), split('a unheard')]),
    containing(['a']).not(),
  ];
  for (const constraint of sets) {
    for (let seed = 0; seed < 40; seed++) {
      expect(constraint.accepts(generateWords(model, { seed, constraint }))).toBe(true);
    }
  }
  const prompted = [...generateWords(model, { prompt: ['b'], constraint: oneOf([['c']]) })];
  expect(prompted).toEqual(['c']);
  expect(() => [...generateWords(model, { constraint: oneOf([['unheard']]) })]).toThrow(
    "constraint must have a sentence of the model's words",
  );
});
