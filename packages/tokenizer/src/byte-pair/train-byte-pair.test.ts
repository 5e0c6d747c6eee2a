import { describe, expect, test } from 'vitest';
import { fixture, type HuggingFaceTraining } from '../../test/oracles.ts';
import type { BytePairModelJson } from '../index.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { type TrainBytePairEvent, trainBytePair, trainBytePairSteps } from './train-byte-pair.ts';

function model(tokenizer: Tokenizer): BytePairModelJson {
  return tokenizer.toJSON().model as BytePairModelJson;
}

function expectEqualTraining(tokenizer: Tokenizer, { merges, vocabTail }: HuggingFaceTraining): void {
  const { vocab, merges: learned } = model(tokenizer);
  expect(learned).toEqual(merges);
  expect(vocabTail.map((token) => vocab[token])).toEqual(vocabTail.map((_, index) => 256 + index));
  expect(Object.keys(vocab)).toHaveLength(256 + vocabTail.length);
}

async function collect(events: AsyncIterable<TrainBytePairEvent>): Promise<TrainBytePairEvent[]> {
  const collected: TrainBytePairEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe('trainBytePair', () => {
  test('the most frequent pair merges first, of equals the one with the smaller ids', () => {
    // Pieces: low, Ġlower, Ġlowest. l+o and o+w occur three times, and l < o; then Ġ+low and low+e twice, and Ġ < low.
    expect(model(trainBytePair('low lower lowest', { vocabSize: 260 })).merges).toEqual([
      ['l', 'o'],
      ['lo', 'w'],
      ['Ġ', 'low'],
      ['Ġlow', 'e'],
    ]);
  });

  test('merges and vocabulary of a text in seven languages are those of Hugging Face', () => {
    expectEqualTraining(trainBytePair(fixture.article1.documents, fixture.article1), fixture.article1);
  });

  test('merges are those of Hugging Face when nearly all are ties and overlap', () => {
    for (const training of fixture.randomTrainings) {
      expectEqualTraining(trainBytePair(training.documents, training), training);
    }
  });

  test('the order of the texts does not matter', () => {
    const { documents } = fixture.article1;
    const options = { vocabSize: 400 };
    expect(trainBytePair(documents.toReversed(), options).toJSON()).toEqual(
      trainBytePair(documents, options).toJSON(),
    );
  });

  test('a corpus that yields too few merges gives a smaller vocabulary', () => {
    expect(trainBytePair('abab', { vocabSize: 1000 }).vocabSize).toBe(257);
    expect(trainBytePair('abab', { vocabSize: 1000, minFrequency: 3 }).vocabSize).toBe(256);
    expect(trainBytePair('abab', { vocabSize: 1000, minFrequency: 1 }).vocabSize).toBe(258);
  });

  test('impossible options are refused by name', () => {
    expect(() => trainBytePair('', { vocabSize: 300 })).toThrow(
      'trainBytePair: corpus must hold at least one character, got none.',
    );
    expect(() => trainBytePair('a', { vocabSize: 256, specialTokens: ['<|end|>'] })).toThrow(
      'trainBytePair: vocabSize must be an integer from 257 (256 bytes and 1 special tokens) to 1048576, got 256.',
    );
    expect(() => trainBytePair('a', { vocabSize: 300, minFrequency: 0 })).toThrow(
      'trainBytePair: minFrequency must be a positive integer, got 0.',
    );
    expect(() => trainBytePair('a', { vocabSize: 300, specialTokens: ['<s>', 'a'] })).toThrow(
      'trainBytePair: specialTokens[1] must be longer than one character, got "a".',
    );
    expect(() => trainBytePair('a', { vocabSize: 300, specialTokens: ['<s>', '<s>'] })).toThrow(
      'trainBytePair: specialTokens[1] must be named once, got "<s>" again.',
    );
    // @ts-expect-error: a corpus holds strings
    expect(() => trainBytePair([1], { vocabSize: 300 })).toThrow(
      'trainBytePair: corpus must be a string, got 1.',
    );
  });
});

describe('trainBytePairSteps', () => {
  const { documents, ...options } = fixture.article1;

  test('learns what trainBytePair learns, from texts that arrive one after the other', async () => {
    async function* arriving(): AsyncGenerator<string> {
      yield* documents;
    }
    const events = await collect(trainBytePairSteps(arriving(), options));
    const last = events.at(-1)!;
    expect(last).toMatchObject({ type: 'train-end', reason: 'finished' });
    if (last.type === 'train-end') expectEqualTraining(last.tokenizer, fixture.article1);
    expect(events.find(({ type }) => type === 'count-end')).toMatchObject({
      characterCount: documents.join('').length,
    });
  });

  test('an abort while merging ends with the merges learned so far', async () => {
    const text = Array.from({ length: 60_000 }, (_, index) => (index * index * 7919).toString(36)).join(' ');
    const controller = new AbortController();
    const events: TrainBytePairEvent[] = [];
    for await (const event of trainBytePairSteps(text, { vocabSize: 60_000, signal: controller.signal })) {
      events.push(event);
      if (event.type === 'merge-progress') controller.abort();
    }
    const last = events.at(-1)!;
    expect(last).toMatchObject({ type: 'train-end', reason: 'aborted' });
    if (last.type !== 'train-end') return;
    const { vocabSize } = last.tokenizer;
    expect(vocabSize).toBeGreaterThan(256);
    expect(vocabSize).toBeLessThan(60_000);
    expect(last.tokenizer.toJSON()).toEqual(trainBytePair(text, { vocabSize }).toJSON());
  });

  test('an abort before it begins ends with the bytes', async () => {
    const events = await collect(trainBytePairSteps(documents, { ...options, signal: AbortSignal.abort() }));
    expect(events.at(-1)).toMatchObject({
      type: 'train-end',
      reason: 'aborted',
      tokenizer: { vocabSize: 258 },
    });
  });
});
