import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  filterArpa,
  type NgramFilter,
  ofPhrases,
  ofSentences,
  ofWords,
  readArpa,
  scoreText,
  trainNgramModel,
  writeArpa,
} from '../src/index.ts';
import { filterArpaFile, readArpaFile, writeArpaFile } from '../src/node.ts';

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const corpora = fc.array(fc.array(word, { maxLength: 7 }), { minLength: 1, maxLength: 12 });

/** The file in parts that are cut anywhere. */
async function* partsOf(text: string, size = 7): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function filtered(text: string, keeps: NgramFilter): Promise<string> {
  let result = '';
  for await (const part of filterArpa(() => partsOf(text), keeps)) result += part;
  return result;
}

test('a filtered file has the n-grams that pass, as they were, and scores what it was made for as before', async () => {
  await fc.assert(
    fc.asyncProperty(
      corpora,
      fc.array(word).map((list): string[] => list),
      corpora,
      async (corpus, words, held) => {
        const model = trainNgramModel(corpus, { order: 3 });
        const text = [...writeArpa(model)].join('');
        const kept = readArpa(await filtered(text.replaceAll('\n', '\r\n'), ofWords(words)));
        const ngrams = new Set<string>();
        for (let node = 1; node < kept.trie.nodeCount; node++) {
          const ngram = kept.vocabulary.decode(kept.trie.ngramOf(node));
          ngrams.add(ngram.join(' '));
          const before = model.trie.find([...model.vocabulary.encode(ngram)]);
          expect(kept.logProbabilities[node]).toBe(model.logProbabilities[before]);
        }
        for (let node = 4; node < model.trie.nodeCount; node++) {
          const ngram = model.vocabulary.decode(model.trie.ngramOf(node));
          const stays = ngram.every((own) => words.includes(own) || own === '<s>' || own === '</s>');
          expect(ngrams.has(ngram.join(' '))).toBe(stays);
        }
        const sentences = held.filter((sentence) => sentence.every((own) => words.includes(own)));
        if (sentences.length > 0) {
          expect(scoreText(kept, sentences).log10Probability).toBeCloseTo(
            scoreText(model, sentences).log10Probability,
            5,
          );
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('n-grams of sentences have all their words in one of them', () => {
  fc.assert(
    fc.property(corpora, fc.array(word, { minLength: 1, maxLength: 4 }), (sentences, ngram) => {
      const expected = sentences.some((sentence) => ngram.every((own) => sentence.includes(own)));
      expect(ofSentences(sentences)(ngram)).toBe(expected);
      expect(ofSentences(sentences)(['<s>', ...ngram])).toBe(expected);
    }),
    { numRuns: 200 },
  );
});

test('n-grams of phrases stand in some row of phrases', () => {
  const phrases = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  });
  const ngrams = fc
    .tuple(
      fc.boolean(),
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
    )
    .map(([start, words, end]) => [...(start ? ['<s>'] : []), ...words, ...(end ? ['</s>'] : [])]);
  fc.assert(
    fc.property(phrases, ngrams, (list, ngram) => {
      // Rows of one phrase and more, as words with borders; enough phrases to cover the n-gram with one to spare at each end.
      let rows = [''];
      const all = new Set<string>();
      for (let count = 0; count < 5; count++) {
        rows = [
          ...new Set(rows.flatMap((row) => list.map((phrase) => `${row}${phrase.join('')}`.slice(-14)))),
        ];
        for (const row of rows) all.add(row);
      }
      // Cut at the front, a row is no longer one: beginnings are looked for in rows that are whole.
      let whole = [''];
      const complete = new Set<string>();
      for (let count = 0; count < 4; count++) {
        whole = whole.flatMap((row) => list.map((phrase) => row + phrase.join('')));
        for (const row of whole) complete.add(row);
      }
      const letters = ngram.filter((own) => own.length === 1).join('');
      const [start, end] = [ngram[0] === '<s>', ngram.at(-1) === '</s>'];
      const expected = [...(start ? complete : all)].some((row) =>
        start && end
          ? row === letters
          : start
            ? row.startsWith(letters)
            : end
              ? row.endsWith(letters)
              : row.includes(letters),
      );
      expect(ofPhrases(list)(ngram)).toBe(expected);
    }),
    { numRuns: 150 },
  );
});

test('files are filtered in Node, packed or not; what is broken is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lm-ngram-'));
  try {
    const model = trainNgramModel(
      [
        ['a', 'b', 'c'],
        ['c', 'b'],
      ],
      { order: 2 },
    );
    await writeArpaFile(join(folder, 'm.arpa.gz'), model);
    await filterArpaFile(join(folder, 'm.arpa.gz'), join(folder, 'small.arpa'), ofWords(['b', 'c']));
    expect((await readArpaFile(join(folder, 'small.arpa'))).trie.sizes).toEqual([5, 5]);
    expect(await readFile(join(folder, 'small.arpa'), 'utf8')).toContain('ngram 1=5\nngram 2=5\n');
    await expect(
      filterArpaFile(join(folder, 'm.arpa.gz'), join(folder, 'm.arpa.gz'), () => true),
    ).resolves.toBeUndefined();
    expect((await readArpaFile(join(folder, 'm.arpa.gz'))).trie.sizes).toEqual(model.trie.sizes);
  } finally {
    await rm(folder, { recursive: true });
  }
  await expect(filtered('\\data\\\nngram 1=1\n\n\\1-grams:\n-1 a\n', () => true)).rejects.toThrow(
    'filterArpa: ARPA file, line 5: the file must have',
  );
  await expect(filtered('\\data\\\nngram 1=1\n\n\\2-grams:\n', () => true)).rejects.toThrow(
    'line 4: expected "\\1-grams:" or "\\end\\", got "\\\\2-grams:"',
  );
  await expect(filtered('\\data\\\n\\1-grams:\n-1\n', () => true)).rejects.toThrow(
    'line 3: an n-gram of order 1 must have 1 words, got "-1"',
  );
});
