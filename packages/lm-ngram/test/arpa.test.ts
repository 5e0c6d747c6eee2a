import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NgramModel, readArpa, readArpaStream, trainNgramModel, writeArpa } from '../src/index.ts';
import { readArpaFile, writeArpaFile } from '../src/node.ts';

const corpus = ['the cat sat', 'the dog sat down', 'a cat', '北京 天安门'].map((line) => line.split(' '));
const text = (model: NgramModel) => [...writeArpa(model)].join('');
const small = `some comment

\\data\\
ngram 1=4
ngram 2=2
ngram 3=1

\\1-grams:
-0.5\tb\t-0.1
-1\t<s>\t-0.3
-0.7\ta\t-0.2
-0.9\t</s>

\\2-grams:
-0.4\tb </s>
-0.3\ta b\t-0.6

\\3-grams:
-0.2\t<s> a b

\\end\\
`;

const score = (model: NgramModel, ...words: string[]) => {
  let state = model.emptyState;
  let last = { log10Probability: 0, order: 0, state };
  for (const word of words) {
    last = model.score(state, model.vocabulary.idOf(word));
    state = last.state;
  }
  return last;
};

describe('ARPA files', () => {
  test('hold everything: a model read again is the same, at every order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom('a', 'b', '\u00a0', '\u0085x', '\u3000'), { maxLength: 6 }), {
          minLength: 1,
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom([0], [0, 1]),
        (sentences, order, prune) => {
          const model = trainNgramModel(sentences, { order, prune });
          const again = readArpa(text(model));
          expect(again.vocabulary.words).toEqual(model.vocabulary.words);
          expect(again.trie.words).toEqual(model.trie.words);
          expect(again.trie.firstChildren).toEqual(model.trie.firstChildren);
          const suffixes = ({ trie }: NgramModel) =>
            Array.from({ length: trie.nodeCount }, (_, node) => trie.suffixOf(node));
          expect(suffixes(again)).toEqual(suffixes(model));
          expect(again.logProbabilities.subarray(1)).toEqual(model.logProbabilities.subarray(1));
          expect(again.logBackoffs.subarray(1)).toEqual(model.logBackoffs.subarray(1));
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });

  test('are read in any order, with comments, missing back-offs, no <unk> and a missing beginning', () => {
    const model = readArpa(small);
    expect(model.trie.sizes).toEqual([5, 3, 1]); // <unk>, and the bigram "<s> a"
    expect(score(model, '<s>', 'a').log10Probability).toBeCloseTo(-0.3 - 0.7, 6);
    expect(score(model, '<s>', 'a', 'b')).toMatchObject({ order: 3 });
    expect(score(model, '<s>', 'a', 'b').log10Probability).toBeCloseTo(-0.2, 6);
    expect(score(model, '<s>', 'a', 'b', '</s>').log10Probability).toBeCloseTo(-0.6 - 0.4, 6);
    expect(score(model, 'a', 'what?')).toMatchObject({ order: 0, state: 1 });
    expect(score(model, 'a', 'what?').log10Probability).toBeCloseTo(-0.2 - 100, 5);
    expect(score(readArpa(small, { unknownLogProbability: -7 }), 'what?').log10Probability).toBe(-7);
  });

  test('may have Windows line ends, and come in parts of any size', async () => {
    const windows = small.replaceAll('\n', '\r\n');
    async function* parts() {
      for (let start = 0; start < windows.length; start += 7) yield windows.slice(start, start + 7);
    }
    expect(text(await readArpaStream(parts()))).toBe(text(readArpa(small)));
  });

  test.each([
    [
      (s: string) => s.replace('ngram 2=2', 'ngram 2=3'),
      'line 18: there must be 3 n-grams of order 2, as \\data\\ says, got 2',
    ],
    [(s: string) => s.replace('-0.3\ta b', '-0.3\ta x'), 'line 16: the word "x" must be among the unigrams'],
    [(s: string) => s.replace('-0.3\ta b', 'zero\ta b'), 'line 16: expected a number, got "zero"'],
    [
      (s: string) => s.replace('-0.3\ta b', '0.3\ta b'),
      'line 16: a logarithm of a probability must be at most 0, got "0.3"',
    ],
    [
      (s: string) => s.replace('-0.3\ta b\t-0.6', '-0.3\ta'),
      'line 16: an n-gram of order 2 must be a number, 2 words and, maybe, a number',
    ],
    [(s: string) => s.replace('-0.4\tb </s>', '-0.4\ta b'), 'the n-gram "a b" is there twice'],
    [(s: string) => s.replace('-0.7\ta', '-0.7\tb'), 'line 11: the unigram "b" is there twice'],
    [(s: string) => s.replace('\\end\\\n', ''), 'line 20: the file must end with \\end\\, but it stops'],
    [
      (s: string) => s.replace('\\3-grams:', '\\4-grams:'),
      'line 18: expected "\\3-grams:", got "\\\\4-grams:"',
    ],
    [(s: string) => s.replace('\\data\\', ''), 'the file must have a line \\data\\, but it has none'],
  ])('that are broken are refused with the line (%#)', (spoil, message) => {
    expect(() => readArpa(spoil(small), { source: 'model.arpa' })).toThrow(message);
  });

  test('are written and read in Node, packed too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lm-ngram-'));
    try {
      const model = trainNgramModel(corpus, { order: 3 });
      for (const name of ['deep/model.arpa', 'deep/model.arpa.gz']) {
        await writeArpaFile(join(folder, name), model);
        expect(text(await readArpaFile(join(folder, name)))).toBe(text(model));
      }
      expect(await readFile(join(folder, 'deep/model.arpa'), 'utf8')).toBe(text(model));
      expect([...(await readFile(join(folder, 'deep/model.arpa.gz'))).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
