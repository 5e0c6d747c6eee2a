import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { huggingFace } from '../../test/oracles.ts';
import type { BytePairModelJson, TokenizerJson } from '../index.ts';
import { TemplatePostProcessor, WordPieceDecoder } from '../index.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { WhitespaceSplitPreTokenizer } from '../pre-tokenizers/whitespace.ts';
import { countWords } from '../word-counts/count-words.ts';
import { trainTokenizer, trainTokenizerSteps } from './train-tokenizer.ts';
import type { TrainTokenizerEvent } from './training-events.ts';
import type { BytePairTrainingOptions, TrainTokenizerOptions } from './training-options.ts';

const preTokenizer = new WhitespaceSplitPreTokenizer();
const sennrich = new Map([
  ['low', 5],
  ['lower', 2],
  ['newest', 6],
  ['widest', 3],
]);
const text =
  'the cat sat on the mat; the rat that sat on the mat ran, and the cat that ran after the rat sat down again';

function merges(options: Omit<BytePairTrainingOptions, 'model'>, corpus = sennrich): string[] {
  const { model } = trainTokenizer(corpus, { model: 'bpe', ...options }).toJSON();
  return (model as BytePairModelJson).merges.map((merge) => merge.join(' '));
}

async function collect(events: AsyncIterable<TrainTokenizerEvent>): Promise<TrainTokenizerEvent[]> {
  const collected: TrainTokenizerEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe('trainTokenizer', () => {
  test("the merges of the words of Sennrich's paper", () => {
    // §3.2 of the paper: e+s and s+t occur 9 times (in newest and widest), and e < s; then es+t 9 times, l+o 7 times.
    // There the end of a word is a symbol of its own; here it belongs to the last character.
    expect(merges({ vocabSize: 100 }).slice(0, 3)).toEqual(['e s', 'es t', 'l o']);
    expect(merges({ vocabSize: 100, endOfWordSuffix: '</w>' }).slice(0, 3)).toEqual([
      'e s',
      'es t</w>',
      'l o',
    ]);
  });

  test('a word of WordPiece is cut into the tokens that were learned, with ##', async () => {
    const tokenizer = trainTokenizer(sennrich, {
      model: 'wordpiece',
      vocabSize: 40,
      specialTokens: ['[CLS]', '[SEP]'],
      normalizer: new BertNormalizer(),
      preTokenizer: new BertPreTokenizer(),
      postProcessor: new TemplatePostProcessor({
        single: [
          { special: '[CLS]', typeId: 0 },
          { sequence: 'A', typeId: 0 },
          { special: '[SEP]', typeId: 0 },
        ],
        pair: [],
        specialTokens: new Map([
          ['[CLS]', [['[CLS]', 0]]],
          ['[SEP]', [['[SEP]', 1]]],
        ]),
      }),
      decoder: new WordPieceDecoder(),
    });
    const { ids, tokens } = tokenizer.encodeWithOffsets('Lowest wide xyz');
    expect(tokens).toEqual(['[CLS]', 'low', '##est', 'wi', '##d', '##e', '[UNK]', '[SEP]']);
    expect(await huggingFace(tokenizer).encode('Lowest wide xyz')).toEqual([...ids]);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe('lowest wide');
  });

  test('every model learns the same from a corpus in another order, in parts, and from counted words', () => {
    const parts = { normalizer: new BertNormalizer(), preTokenizer: new MetaspacePreTokenizer() };
    const texts = text.split(' ').map((word) => `${word} ${word}s`);
    for (const model of ['bpe', 'wordpiece', 'wordlevel', 'unigram'] as const) {
      const options = { model, vocabSize: 60, ...parts };
      const learned = JSON.stringify(trainTokenizer(texts, options));
      expect(JSON.stringify(trainTokenizer(texts.toReversed(), options))).toBe(learned);
      expect(JSON.stringify(trainTokenizer(countWords(texts, parts), options))).toBe(learned);
      const shuffled = new Map([...countWords(texts, parts)].toReversed());
      expect(JSON.stringify(trainTokenizer(shuffled, options))).toBe(learned);
      const [head, ...tail] = texts;
      const mixed = [head!, ...countWords(tail, parts)];
      expect(JSON.stringify(trainTokenizer(mixed, options))).toBe(learned);
      expect(JSON.stringify(loadTokenizer(learned))).toBe(learned);
    }
  });

  test('characters outside the alphabet become bytes, or the unknown token', () => {
    const options = { model: 'bpe', vocabSize: 300, preTokenizer } as const;
    const withBytes = trainTokenizer(text, { ...options, byteFallback: true, specialTokens: ['<s>'] });
    expect(withBytes.encodeWithOffsets('the é').tokens).toEqual(['the', '<0xC3>', '<0xA9>']);
    const limited = trainTokenizer(text, { ...options, limitAlphabet: 3, unknownToken: '?' });
    expect(limited.encodeWithOffsets('tax').tokens).toEqual(['t', 'a', '?']);
  });

  test('words of a byte-level pre-tokenizer get tokens for all bytes, unless another alphabet is asked for', () => {
    const options = { model: 'bpe', vocabSize: 1, preTokenizer: new ByteLevelPreTokenizer() } as const;
    expect(trainTokenizer('a b', options).vocabSize).toBe(256);
    expect(trainTokenizer('a b', { ...options, initialAlphabet: '' }).vocabSize).toBe(3);
    expect(trainTokenizer('a b', { ...options, initialAlphabet: 'xy' }).vocabSize).toBe(5);
  });

  test('a pre-tokenizer of your own cuts the words, such as one that knows Chinese', () => {
    const words = ['中国', '人民', '银行', '的', '中国人民银行'];
    const cutChinese: PreTokenizer = {
      type: 'Chinese',
      split(stretch, output) {
        for (let start = 0; start < stretch.length; ) {
          const word = words.find((word) => stretch.text.startsWith(word, start)) ?? stretch.text[start]!;
          output.push(stretch.slice(start, start + word.length));
          start += word.length;
        }
      },
      toJSON: () => ({ type: 'Chinese' }),
    };
    const tokenizer = trainTokenizer('中国人民的中国，人民的银行', {
      model: 'bpe',
      vocabSize: 30,
      preTokenizer: cutChinese,
    });
    expect(tokenizer.encodeWithOffsets('中国人民的银行').tokens).toEqual(['中国', '人民', '的', '银行']);
  });

  test('special tokens may say how they are matched', () => {
    const tokenizer = trainTokenizer(text, {
      model: 'wordlevel',
      vocabSize: 8,
      specialTokens: [{ content: '<mask>', leftStrip: true }, '<unk>'],
      preTokenizer,
    });
    expect(tokenizer.encodeWithOffsets('the   <mask> dog').tokens).toEqual(['the', '   <mask>', '<unk>']);
    expect(tokenizer.addedTokens[0]).toMatchObject({ id: 0, leftStrip: true, special: true });
  });

  test('impossible options are refused by name', () => {
    const train =
      (options: object, corpus: unknown = text) =>
      () =>
        trainTokenizer(
          corpus as string,
          { model: 'bpe', vocabSize: 10, ...options } as TrainTokenizerOptions,
        );
    expect(train({ model: 'BPE' })).toThrow(
      'trainTokenizer: model must be "bpe", "wordpiece", "wordlevel" or "unigram", got "BPE".',
    );
    expect(train({ vocabSize: 0 })).toThrow('vocabSize must be an integer from 1 to 1048576, got 0.');
    expect(train({ minFrequency: 1.5 })).toThrow('minFrequency must be an integer of at least 0, got 1.5.');
    expect(train({ maxTokenLength: 0 })).toThrow('maxTokenLength must be an integer of at least 1, got 0.');
    expect(train({ dropout: 2 })).toThrow('dropout must be null or from 0 to 1, got 2.');
    expect(train({ specialTokens: ['a', ''] })).toThrow(
      'trainTokenizer: specialTokens[1] must be a text that is not empty, got "".',
    );
    expect(train({ specialTokens: ['a', 'a'] })).toThrow(
      'specialTokens[1] must be named once, got "a" again.',
    );
    expect(train({}, '')).toThrow('trainTokenizer: corpus must hold at least one character, got none.');
    expect(train({}, [7])).toThrow('trainTokenizer: corpus must be a string, got 7.');
    expect(train({}, new Map([['a', 0]]))).toThrow('the count of "a" must be a positive integer, got 0.');
  });
});

describe('trainTokenizerSteps', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 12 });
  const corpora = fc.dictionary(letters, fc.integer({ min: 1, max: 9 }), { minKeys: 1, maxKeys: 20 });

  test('a training that goes on from a checkpoint ends as one without a break', async () => {
    await fc.assert(
      fc.asyncProperty(corpora, fc.nat(), fc.boolean(), async (counts, place, isWordPiece) => {
        const words = Object.entries(counts);
        const options: TrainTokenizerOptions = {
          model: isWordPiece ? 'wordpiece' : 'bpe',
          vocabSize: 60,
        };
        const whole = trainTokenizer(words, options);
        const learned = await collect(trainTokenizerSteps(words, options));
        const checkpoint = learned.at(-1)!;
        if (checkpoint.type !== 'train-end' || !checkpoint.checkpoint) throw new Error('no checkpoint');
        const { merges } = checkpoint.checkpoint;
        const interrupted = JSON.parse(
          JSON.stringify({ ...checkpoint.checkpoint, merges: merges.slice(0, place % (merges.length + 1)) }),
        );
        const events = await collect(trainTokenizerSteps([], { ...options, checkpoint: interrupted }));
        const last = events.at(-1)!;
        if (last.type !== 'train-end') throw new Error('no end');
        expect(JSON.stringify(last.tokenizer)).toBe(JSON.stringify(whole));
        expect(last.checkpoint).toEqual(checkpoint.checkpoint);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test('an abort while merging leaves a tokenizer of the first merges, and a checkpoint to go on from', async () => {
    const long = Array.from({ length: 20_000 }, (_, index) => (index * index * 7919).toString(36)).join(' ');
    const options = { model: 'bpe', vocabSize: 20_000, preTokenizer } as const;
    const controller = new AbortController();
    let end: TrainTokenizerEvent | undefined;
    for await (const event of trainTokenizerSteps(long, { ...options, signal: controller.signal })) {
      if (event.type === 'merge-progress') {
        expect(event.checkpoint().merges.length).toBeGreaterThan(0);
        controller.abort();
      }
      end = event;
    }
    if (end?.type !== 'train-end') throw new Error('no end');
    expect(end.reason).toBe('aborted');
    const { vocabSize } = end.tokenizer;
    expect(vocabSize).toBeGreaterThan(36);
    expect(vocabSize).toBeLessThan(20_000);
    const expected = (trainTokenizer(long, options).toJSON() as TokenizerJson).model as BytePairModelJson;
    const { merges } = end.tokenizer.toJSON().model as BytePairModelJson;
    expect(merges).toEqual(expected.merges.slice(0, merges.length));
    for await (const event of trainTokenizerSteps([], { ...options, checkpoint: end.checkpoint! })) {
      if (event.type === 'train-end') expect(event.tokenizer.toJSON().model).toEqual(expected);
    }
  });

  test('an abort before it begins ends with the special tokens', async () => {
    for (const model of ['bpe', 'wordpiece', 'wordlevel', 'unigram'] as const) {
      const options = { model, vocabSize: 50, specialTokens: ['<s>'], unknownToken: '<unk>' };
      const events = await collect(trainTokenizerSteps(text, { ...options, signal: AbortSignal.abort() }));
      expect(events.at(-1)).toMatchObject({ type: 'train-end', reason: 'aborted', checkpoint: undefined });
      expect(events.at(-1)).toHaveProperty('tokenizer.vocabSize', 2);
    }
  });

  test('a checkpoint of other words or options is refused', async () => {
    const options = { model: 'bpe', vocabSize: 20, preTokenizer } as const;
    const last = (await collect(trainTokenizerSteps(text, options))).at(-1)!;
    const checkpoint = last.type === 'train-end' ? last.checkpoint! : undefined!;
    const resume = (change: object, options_: object = {}) =>
      collect(trainTokenizerSteps([], { ...options, ...options_, checkpoint: { ...checkpoint, ...change } }));
    await expect(resume({}, { minFrequency: 3 })).rejects.toThrow(
      'trainTokenizerSteps: checkpoint must be resumed with the options it was made with',
    );
    await expect(resume({ words: [['abc', 3]] })).rejects.toThrow(
      'trainTokenizerSteps: checkpoint.merges[0] must be the merge that its words give',
    );
    await expect(resume({ format: 2 })).rejects.toThrow(
      'checkpoint must be one that trainTokenizerSteps made',
    );
    await expect(resume({}, { model: 'wordlevel' })).rejects.toThrow('"bpe" or "wordpiece" only');
  });

  test('Unigram reports its rounds', async () => {
    const events = await collect(
      trainTokenizerSteps([text], { model: 'unigram', vocabSize: 40, initialAlphabet: 'é', preTokenizer }),
    );
    expect(events.map(({ type }) => type)).toContain('round-end');
    const last = events.at(-1)!;
    if (last.type === 'train-end') expect(last.tokenizer.encodeWithOffsets('thé').tokens).toContain('é');
  });
});
