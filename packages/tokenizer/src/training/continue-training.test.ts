import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataPath, huggingFace } from '../../test/oracles.ts';
import type { BytePairModelJson, UnigramModelJson } from '../index.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { WhitespaceSplitPreTokenizer } from '../pre-tokenizers/whitespace.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { countWords } from '../word-counts/count-words.ts';
import {
  type ContinueTrainingStepsOptions,
  continueTraining,
  continueTrainingSteps,
} from './continue-training.ts';
import { trainTokenizer } from './train-tokenizer.ts';
import type { ContinueTrainingEvent } from './training-events.ts';

const preTokenizer = new WhitespaceSplitPreTokenizer();
const everyday = 'the cat sat on the mat and the rat sat on the hat that the cat had sat on';
const medical = 'cardiology cardiologist cardiogram cardiac neurology neurologist neurogram «neuro»';
const models = ['bpe', 'wordpiece', 'wordlevel', 'unigram'] as const;

function tokensOf(tokenizer: Tokenizer): (string | undefined)[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.idToToken(id));
}

function mergesOf(tokenizer: Tokenizer): string[] {
  return (tokenizer.toJSON().model as BytePairModelJson).merges.map((merge) => merge.join(' '));
}

describe('continueTraining', () => {
  test('every model keeps the ids it has, learns the new words, and saves as what Hugging Face reads', async () => {
    for (const model of models) {
      const options = { model, vocabSize: 40, specialTokens: ['<s>'], unknownToken: '<unk>', preTokenizer };
      const before = trainTokenizer(everyday, options);
      const after = continueTraining(before, medical, { vocabSize: before.vocabSize + 40 });
      expect(after.vocabSize).toBeGreaterThan(before.vocabSize);
      expect(after.vocabSize).toBeLessThanOrEqual(before.vocabSize + 40);
      expect(tokensOf(after).slice(0, before.vocabSize)).toEqual(tokensOf(before));
      expect(after.encode(medical)).not.toContain(after.tokenToId('<unk>'));
      expect(await huggingFace(after).encode(`${everyday} ${medical}`)).toEqual([
        ...after.encode(`${everyday} ${medical}`),
      ]);
      expect(JSON.stringify(loadTokenizer(after.toJSON()))).toBe(JSON.stringify(after));
    }
  });

  test('BPE goes on from the merges it has: on the same corpus it learns what it would have learned at once', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 20 }), fc.nat({ max: 20 }), (words, size) => {
        // Without two ways to the same token, which would make merges depend on how far they were learned at once.
        const whole = trainTokenizer(words, { model: 'bpe', vocabSize: 40 });
        const products = mergesOf(whole).map((merge) => merge.replace(' ', ''));
        fc.pre(new Set(products).size === products.length);
        const start = trainTokenizer(words, { model: 'bpe', vocabSize: size + 1 });
        const continued = continueTraining(start, words, { vocabSize: Math.max(40, start.vocabSize) });
        expect(JSON.stringify(continued)).toBe(JSON.stringify(whole));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('merges of before stay, in their order, and new tokens come after added ones outside the model', () => {
    const trained = trainTokenizer(everyday, {
      model: 'bpe',
      vocabSize: 300,
      preTokenizer: new ByteLevelPreTokenizer(),
    });
    const before = trained.with({
      addedTokens: [{ id: trained.vocabSize + 2, content: '<|user|>', special: true }],
    });
    const after = continueTraining(before, medical, { vocabSize: before.vocabSize + 20, minFrequency: 2 });
    expect(mergesOf(after).slice(0, mergesOf(before).length)).toEqual(mergesOf(before));
    expect(after.tokenToId('<|user|>')).toBe(before.tokenToId('<|user|>'));
    expect(after.idToToken(before.vocabSize)).toBeDefined();
  });

  test('characters are added only if they may be', () => {
    for (const model of ['bpe', 'wordpiece', 'unigram'] as const) {
      const before = trainTokenizer(everyday, { model, vocabSize: 40, preTokenizer, unknownToken: '<unk>' });
      const options = { vocabSize: before.vocabSize + 40 };
      expect(continueTraining(before, medical, options).tokenToId('«')).toBeDefined();
      const without = continueTraining(before, medical, { ...options, addCharacters: false });
      expect(without.tokenToId('«')).toBeUndefined();
    }
  });

  test("new pieces of Unigram are scored like the old ones: a piece's probability is level on both sides", () => {
    const parts = { preTokenizer: new MetaspacePreTokenizer() };
    const before = trainTokenizer(everyday, { model: 'unigram', vocabSize: 30, ...parts });
    const after = continueTraining(before, [everyday, medical], { vocabSize: 60 });
    const { vocab } = after.toJSON().model as UnigramModelJson;
    const scores = vocab.slice(before.vocabSize).map(([, score]) => score);
    const old = vocab.slice(1, before.vocabSize).map(([, score]) => score);
    expect(Math.max(...scores)).toBeLessThan(0);
    expect(Math.min(...scores)).toBeGreaterThan(Math.min(...old) - 10);
  });

  test('impossible options are refused by name', () => {
    const tokenizer = trainTokenizer(everyday, { model: 'bpe', vocabSize: 20, preTokenizer });
    expect(() => continueTraining(tokenizer, medical, { vocabSize: 19 })).toThrow(
      'continueTraining: vocabSize must be an integer from 20 (the tokens there are) to 1048576, got 19.',
    );
    expect(() => continueTraining(tokenizer, [], { vocabSize: 30 })).toThrow(
      'continueTraining: corpus must hold at least one character, got none.',
    );
    expect(() => continueTraining(tokenizer, 'a', { vocabSize: 30, minFrequency: -1 })).toThrow(
      'continueTraining: minFrequency must be an integer of at least 0, got -1.',
    );
  });
});

const published = dataPath('ref-bpe-training/bpe.ref');

test.skipIf(!published)(
  "subword-nmt's merges are of the most frequent pairs by our counts; its ties go otherwise",
  () => {
    const merges = readFileSync(published!, 'utf8').trim().split('\n').slice(1);
    const corpus = readFileSync(dataPath('ref-bpe-training/corpus.en')!, 'utf8').split('\n');
    const words = [...countWords(corpus, { preTokenizer })];
    const start = trainTokenizer(corpus, {
      model: 'bpe',
      vocabSize: 1,
      endOfWordSuffix: '</w>',
      preTokenizer,
    });
    const json = JSON.parse(JSON.stringify(start));
    for (let count = 0; count < merges.length; count += 50) {
      const known = merges.slice(0, count);
      const vocab = { ...json.model.vocab };
      for (const merge of known) vocab[merge.replace(' ', '')] ??= Object.keys(vocab).length;
      const tokenizer = loadTokenizer({ ...json, model: { ...json.model, vocab, merges: known } });
      const pairs = new Map<string, number>();
      for (const [word, occurrences] of words) {
        const { tokens } = tokenizer.encodeWithOffsets(word);
        for (let index = 0; index + 1 < tokens.length; index++) {
          const pair = `${tokens[index]} ${tokens[index + 1]}`;
          pairs.set(pair, (pairs.get(pair) ?? 0) + occurrences);
        }
      }
      const most = Math.max(...pairs.values());
      const next = mergesOf(continueTraining(tokenizer, words, { vocabSize: tokenizer.vocabSize + 1 })).at(
        -1,
      )!;
      expect([pairs.get(merges[count]!), pairs.get(next)]).toEqual([most, most]);
    }
  },
);

describe('continueTrainingSteps', () => {
  const collect = async (
    tokenizer: Tokenizer,
    options: ContinueTrainingStepsOptions,
    onEvent?: (event: ContinueTrainingEvent) => void,
  ): Promise<ContinueTrainingEvent[]> => {
    const events: ContinueTrainingEvent[] = [];
    const corpus = (async function* () {
      yield medical;
      yield everyday;
    })();
    for await (const event of continueTrainingSteps(tokenizer, corpus, options)) {
      events.push(event);
      onEvent?.(event);
    }
    return events;
  };

  test.each(models)(
    '%s ends with what continueTraining gives, and before counting is over with what there was',
    async (model) => {
      const options = { model, vocabSize: 40, specialTokens: ['<s>'], unknownToken: '<unk>', preTokenizer };
      const before = trainTokenizer(everyday, options);
      const vocabSize = before.vocabSize + 30;
      const events = await collect(before, { vocabSize });
      expect(events.some(({ type }) => type === 'count-end')).toBe(true);
      const last = events.at(-1)!;
      expect(last).toMatchObject({ type: 'train-end', reason: 'finished' });
      const expected = continueTraining(before, [medical, everyday], { vocabSize });
      expect(JSON.stringify((last as { tokenizer: Tokenizer }).tokenizer)).toBe(JSON.stringify(expected));
      const aborted = await collect(before, { vocabSize, signal: AbortSignal.abort() });
      expect(aborted.map(({ type }) => type)).toEqual(['count-end', 'train-end']);
      expect(aborted.at(-1)).toEqual({ type: 'train-end', reason: 'aborted', tokenizer: before });
    },
  );

  test('a stop between rounds leaves a tokenizer that works, with all ids of before', async () => {
    const before = trainTokenizer(everyday, { model: 'unigram', vocabSize: 30, preTokenizer });
    const controller = new AbortController();
    const events = await collect(before, { vocabSize: 60, signal: controller.signal }, ({ type }) => {
      if (type === 'round-end') controller.abort();
    });
    expect(events.map(({ type }) => type)).toEqual(['count-end', 'round-end', 'train-end']);
    const { tokenizer, reason } = events.at(-1) as ContinueTrainingEvent & { type: 'train-end' };
    expect(reason).toBe('aborted');
    expect(tokensOf(tokenizer).slice(0, before.vocabSize)).toEqual(tokensOf(before));
    expect(tokenizer.vocabSize).toBeGreaterThan(before.vocabSize);
    expect(tokenizer.encode(medical)).not.toContain(tokenizer.tokenToId('<unk>'));
  });

  test('errors begin with its name', async () => {
    const before = trainTokenizer(everyday, { model: 'bpe', vocabSize: 30, preTokenizer });
    await expect(collect(before, { vocabSize: 1 })).rejects.toThrow(
      /^continueTrainingSteps: vocabSize must be/,
    );
  });
});
