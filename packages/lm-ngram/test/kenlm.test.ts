import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createRandomSource,
  encodeKenlmProbing,
  KenlmProbingModel,
  type NgramModel,
  readArpa,
  readKenlm,
  scoreText,
  trainNgramModel,
  writeArpa,
} from '../src/index.ts';
import { readModelFile, writeModelFile } from '../src/node.ts';

// fixtures/kenlm.sh makes them with KenLM.
const file = (name: string) => readFileSync(new URL(`../fixtures/kenlm/small.${name}`, import.meta.url));
const arpa = readArpa(file('arpa').toString());

/** All n-grams with their numbers, whatever ids the words have. */
const lines = (model: NgramModel) => [...writeArpa(model)].join('').split('\n').sort();

describe('KenLM’s binary files', () => {
  test.each(['trie', 'array'])('of the kind "%s" hold the model they were built of', (kind) => {
    expect(lines(readKenlm(file(kind)))).toEqual(lines(arpa));
  });

  test('and all others are told apart by their beginning in Node', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lm-ngram-'));
    try {
      for (const name of ['m.arpa', 'm.arpa.gz', 'm.ngram']) {
        await writeModelFile(join(folder, name), arpa);
        expect(lines(await readModelFile(join(folder, name)))).toEqual(lines(arpa));
      }
      const kenlm = fileURLToPath(new URL('../fixtures/kenlm/small.trie', import.meta.url));
      expect(lines(await readModelFile(kenlm))).toEqual(lines(arpa));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('that are quantized hold codes where numbers are more than codes, and the numbers where they are not', () => {
    expect(lines(readKenlm(file('quantized')))).toEqual(lines(arpa));
    const coarse = readKenlm(file('quantized-array'));
    expect(coarse.trie.sizes).toEqual(arpa.trie.sizes);
    const numbers = (model: NgramModel) =>
      new Set(model.logProbabilities.subarray(model.trie.levelStart(2), model.trie.levelEnd(2)));
    expect(numbers(arpa).size).toBeGreaterThan(8);
    expect(numbers(coarse).size).toBeLessThanOrEqual(8);
    const off = (word: string) =>
      coarse.score(coarse.sentenceStart, coarse.vocabulary.idOf(word)).log10Probability -
      arpa.score(arpa.sentenceStart, arpa.vocabulary.idOf(word)).log10Probability;
    for (const word of ['the', 'a', '我', '北京']) expect(Math.abs(off(word))).toBeLessThan(0.2);
  });

  test.each([
    ['probing', 'small.probing, byte 96: the model is of the kind "probing", whose n-grams cannot be listed'],
    ['wordless', 'byte 100: the file was built without its words'],
    ['arpa', 'byte 0: must begin with "mmap lm http://kheafield.com/code format version 5"'],
  ])('of the kind "%s" are refused', (kind, message) => {
    expect(() => readKenlm(file(kind), { source: `small.${kind}` })).toThrow(message);
  });

  test('of the kind "probing" are written byte for byte as KenLM writes them', () => {
    expect(encodeKenlmProbing(arpa)).toEqual(new Uint8Array(file('probing')));
    expect(() => encodeKenlmProbing(arpa, { multiplier: 1 })).toThrow(
      'multiplier must be more than 1, got 1',
    );
    expect(() => encodeKenlmProbing(trainNgramModel([['a']], { order: 1 }))).toThrow('order of 2 and more');
  });

  test('of the kind "probing" answer as the model did, also where n-grams were taken out that longer ones end with', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { maxLength: 9 }), { minLength: 2, maxLength: 9 }),
        fc.array(word, { maxLength: 9 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(),
        (corpus, text, order, seed) => {
          const random = createRandomSource(seed);
          const whole = [...writeArpa(trainNgramModel(corpus, { order }))].join('').split('\n');
          const counts = new Array<number>(order + 1).fill(0);
          const kept = whole.filter((line) => {
            const length =
              line.startsWith('-') || line.startsWith('0') ? line.split('\t')[1]!.split(' ').length : 0;
            const stays = length < 2 || random() < 0.7;
            if (stays) counts[length]!++;
            return stays;
          });
          const fewer = readArpa(
            kept
              .map((line) => line.replace(/^ngram (\d+)=.*/, (_, level) => `ngram ${level}=${counts[level]}`))
              .join('\n'),
          );
          const probing = new KenlmProbingModel(encodeKenlmProbing(fewer));
          expect(scoreText(probing, [text]).log10Probability).toBeCloseTo(
            scoreText(fewer, [text]).log10Probability,
            4,
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test('of the kind "probing" answer as the model they were built of', () => {
    const probing = new KenlmProbingModel(file('probing'));
    const { words } = arpa.vocabulary;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...words, 'unheard'), { maxLength: 8 }),
        fc.boolean(),
        (text, starts) => {
          let own = starts ? probing.sentenceStart : probing.emptyState;
          let other = starts ? arpa.sentenceStart : arpa.emptyState;
          for (const word of text) {
            const score = probing.score(own, probing.vocabulary.idOf(word));
            const expected = arpa.score(other, arpa.vocabulary.idOf(word));
            expect(score.log10Probability).toBeCloseTo(expected.log10Probability, 5);
            expect(score.order).toBe(expected.order);
            own = score.state;
            other = expected.state;
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    );
    expect(() => new KenlmProbingModel(file('trie'))).toThrow(
      'the model must be of the kind "probing", got "trie"',
    );
  });

  test('that are cut off or damaged are refused, or read as some model', () => {
    for (const kind of ['trie', 'quantized-array', 'probing']) {
      const bytes = file(kind);
      const read = (part: Uint8Array) => (kind === 'probing' ? new KenlmProbingModel(part) : readKenlm(part));
      for (let length = 0; length < bytes.length; length++) {
        expect(() => read(bytes.subarray(0, length))).toThrow(/^readKenlm: KenLM file, byte \d+: /);
      }
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = byte;
          try {
            read(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        }),
        { seed: 1, numRuns: 1500 },
      );
    }
  });
});
