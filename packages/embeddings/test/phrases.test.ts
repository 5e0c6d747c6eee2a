import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENGLISH_CONNECTOR_WORDS, type LearnPhrasesOptions, learnPhrases } from '../src/index.ts';

interface Fixture {
  readonly sentences: readonly string[];
  readonly cases: readonly (Required<
    Pick<LearnPhrasesOptions, 'scoring' | 'threshold' | 'connectorWords'>
  > & {
    readonly scores: Readonly<Record<string, number>>;
    readonly joined: readonly string[];
  })[];
}

const { sentences, cases } = JSON.parse(
  readFileSync(new URL('../fixtures/phrases.json', import.meta.url), 'utf8'),
) as Fixture;

test.each(cases)(
  'phrases and their scores are those of gensim: $scoring above $threshold',
  async ({ scores, joined, ...options }) => {
    const phrases = await learnPhrases(sentences, options);
    const found = Object.fromEntries(phrases.entries());
    expect(Object.keys(found).sort()).toEqual(Object.keys(scores).sort());
    expect(phrases.size).toBeGreaterThan(2);
    for (const [phrase, score] of Object.entries(scores)) expect(found[phrase]! / score).toBeCloseTo(1, 12);
    expect(joined.map((_, line) => phrases.join(sentences[line]!.split(' ')).join(' '))).toEqual(joined);
  },
);

test('joining keeps all words in order, whatever they are', async () => {
  const word = fc.constantFrom('new', 'york', 'of', 'a_b', '_', 'new_york', '\u0000', '词');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(word), { maxLength: 20 }), async (drawn) => {
      const phrases = await learnPhrases(drawn, {
        minCount: 1,
        threshold: 0.1,
        delimiter: '|',
        connectorWords: ['of'],
      });
      for (const sentence of drawn) expect(phrases.join(sentence).join('|')).toBe(sentence.join('|'));
    }),
    { numRuns: 50 },
  );
});

test('a second pass joins phrases of phrases, read anew at each iteration', async () => {
  const corpus = Array.from({ length: 60 }, (_, line) => `new york times w${line} w${line * line}`);
  const once = (await learnPhrases(corpus, { threshold: 1 })).joinAll(corpus);
  const twice = (await learnPhrases(once, { threshold: 1 })).joinAll(once);
  for (let reading = 0; reading < 2; reading++) {
    const joined: string[] = [];
    for await (const sentence of twice) joined.push(sentence[0]!);
    expect(joined).toEqual(Array(60).fill('new_york_times'));
  }
});

test('what is rare is forgotten when there is too much of it', async () => {
  const corpus = Array.from({ length: 6000 }, (_, line) => `new york w${line} v${line} u${line}`);
  const phrases = await learnPhrases(corpus, { maxEntries: 2000, threshold: 0 });
  expect([...phrases.entries()].map(([phrase]) => phrase)).toEqual(['new_york']);
});

test('words in between score nothing, and are no ends', async () => {
  const corpus = Array.from({ length: 40 }, (_, line) => `bank of england of w${line}`);
  const phrases = await learnPhrases(corpus, { connectorWords: ENGLISH_CONNECTOR_WORDS, threshold: 0.5 });
  expect(phrases.join(['the', 'bank', 'of', 'england', 'of'])).toEqual(['the', 'bank_of_england', 'of']);
});

test.each<[string, LearnPhrasesOptions]>([
  ['learnPhrases: scoring must be "default" or "npmi", got "pmi".', { scoring: 'pmi' as never }],
  ['learnPhrases: delimiter must be a string that is not empty, got "".', { delimiter: '' }],
  ['learnPhrases: minCount must be an integer of at least 1, got 0.', { minCount: 0 }],
])('refuses: %s', async (message, options) => {
  await expect(learnPhrases(['a b'], options)).rejects.toThrow(message);
});
