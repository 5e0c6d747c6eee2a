import { expect, test } from 'vitest';
import { LikelihoodMeter, perplexity } from './likelihood.ts';

test('a uniform guess over 32 tokens has perplexity 32 and 5 bits a token, however the text is cut', () => {
  expect(perplexity(Math.log(32))).toBeCloseTo(32, 12);
  const meter = new LikelihoodMeter()
    .add(3 * Math.log(32), { tokenCount: 3, text: 'ab' })
    .add(Math.log(32), { tokenCount: 1, text: 'é中😀' });
  expect(meter.perplexity).toBeCloseTo(32, 12);
  expect(meter.tokenCount).toBe(4);
  expect(meter.bitsPerCharacter).toBeCloseTo((4 * 5) / 5, 12);
  expect(meter.bitsPerByte).toBeCloseTo((4 * 5) / new TextEncoder().encode('abé中😀').length, 12);
});

test('a meter without tokens, or without the text of a piece, has no figure', () => {
  const meter = new LikelihoodMeter();
  expect(() => meter.perplexity).toThrow('there must be at least one token, got none');
  expect(() => meter.add(Number.NaN, { tokenCount: 1 })).toThrow('nats must be a number');
  expect(() => meter.add(1, { tokenCount: 0.5 })).toThrow(
    'tokenCount must be a non-negative integer, got 0.5',
  );
  meter.add(1, { tokenCount: 1, text: 'a' }).add(1, { tokenCount: 1 });
  expect(() => meter.bitsPerByte).toThrow('every piece must have been added with its text');
});
