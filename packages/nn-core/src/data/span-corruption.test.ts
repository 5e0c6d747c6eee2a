import { RandomStream } from '@wordloom/compile';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleBatches } from './dataset.ts';
import { drawSpans, spanCorruptionLengths } from './span-corruption.ts';
import { spanCorruptionCollator } from './span-corruption-collator.ts';
import { windowExamples } from './window-examples.ts';

// From compute_input_and_target_lengths of T5's code: input length, density, mean span -> tokens, targets.
test.each([
  [512, 0.15, 3, 568, 114],
  [128, 0.15, 3, 141, 29],
  [1024, 0.15, 3, 1137, 229],
  [256, 0.15, 8, 293, 51],
  [64, 0.3, 2, 74, 34],
])(
  'inputs of %i at density %f and spans of %i hold as many tokens as in T5',
  (inputLength, noiseDensity, meanSpanLength, tokenCount, targetLength) => {
    const lengths = spanCorruptionLengths(inputLength, { noiseDensity, meanSpanLength });
    expect(lengths).toEqual({ tokenCount, inputLength, targetLength });
  },
);

const sentinelIds = Array.from({ length: 100 }, (_, index) => 199 - index);
const t5 = { padId: 0, endId: 1, sentinelIds };

test('spans stand behind sentinels in the source and after them in the target, and make up the text again', () => {
  const density = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const mean = fc.double({ min: 1, max: 9, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 70 }),
      density,
      mean,
      fc.nat(),
      (length, noiseDensity, meanSpanLength, seed) => {
        const text = Array.from({ length }, (_, index) => 2 + index);
        const collate = spanCorruptionCollator({ ...t5, noiseDensity, meanSpanLength });
        const { inputs, targets, decoderInputs, mask } = collate([text], new RandomStream(seed));
        const [source, target] = [[...inputs!.data], [...targets!.data]];
        expect([source.pop(), target.pop()]).toEqual([1, 1]);
        expect([...decoderInputs!.data]).toEqual([0, ...target]);
        expect(mask!.data.every((value) => value === 1)).toBe(true);

        const spans = new Map<number, number[]>();
        for (const token of target) {
          if (token >= 100) spans.set(token, []);
          else [...spans.values()].at(-1)!.push(token);
        }
        expect(source.filter((token) => token >= 100)).toEqual(sentinelIds.slice(0, spans.size));
        expect([...spans.keys()]).toEqual(sentinelIds.slice(0, spans.size));
        expect(source.flatMap((token) => spans.get(token) ?? [token])).toEqual(text);
        expect([...spans.values()].every((span) => span.length > 0)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('every way to place the spans is equally likely', () => {
  // 10 tokens, 4 hidden in 2 spans: 3 ways to cut the hidden ones, 5 the visible ones.
  const counts = new Map<string, number>();
  const draws = 15_000;
  const options = { noiseDensity: 0.4, meanSpanLength: 2 };
  for (let seed = 0; seed < draws; seed++) {
    const key = drawSpans(10, options, new RandomStream(seed)).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let chiSquare = 0;
  for (const count of counts.values()) chiSquare += (count - draws / 15) ** 2 / (draws / 15);
  expect(counts.size).toBe(15);
  expect(chiSquare).toBeLessThan(38.1); // p = 0.0005 for 14 degrees of freedom
});

test('windows of a text fill both rows exactly, with other spans every step', async () => {
  const { tokenCount, inputLength, targetLength } = spanCorruptionLengths(20);
  const text = Int32Array.from({ length: 4 * tokenCount }, (_, index) => 2 + (index % 90));
  const collate = spanCorruptionCollator({
    ...t5,
    source: { length: inputLength },
    target: { length: targetLength },
  });
  const make = () => exampleBatches(windowExamples(text, tokenCount), { batchSize: 4, collate, seed: 1 });
  const [first, second] = [await make().batch(0), await make().batch(1)];
  expect(make().batch(0)).toEqual(first);
  expect(second).not.toEqual(first);
  expect(first.mask!.data.every((value) => value === 1)).toBe(true);
  expect(first.targets!.data.every((target) => target > 0)).toBe(true);
});

test('texts without room, and settings that make no sense, are refused', () => {
  expect(() => spanCorruptionCollator(t5)([[5]], new RandomStream(0))).toThrow(
    'rows must have at least 2 tokens, got 1 in row 0',
  );
  const few = spanCorruptionCollator({ ...t5, sentinelIds: [9], noiseDensity: 0.5, meanSpanLength: 1 });
  expect(() => few([[5, 6, 7, 8]], new RandomStream(0))).toThrow('one for each span, got 1 for 2 in row 0');
  expect(() => spanCorruptionLengths(2)).toThrow('inputLength must be at least 3, got 2');
  expect(() => spanCorruptionLengths(9, { noiseDensity: 1 })).toThrow(
    'noiseDensity must be between 0 and 1, got 1',
  );
  expect(() => spanCorruptionCollator({ ...t5, meanSpanLength: 0 })).toThrow(
    'meanSpanLength must be at least 1, got 0',
  );
});
