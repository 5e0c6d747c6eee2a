import { RandomStream } from '@wordloom/compile';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastOfHeaviest } from './heaviest.ts';
import { type SamplingOptions, sampleToken } from './sample-token.ts';

/** Reference: sort everything, filter, renormalize. Probabilities by token id. */
function distribution(logits: Float32Array, { temperature = 1, topK, topP = 1 }: SamplingOptions): number[] {
  const best = Math.max(...logits);
  const weights = [...logits].map((logit) => Math.exp((logit - best) / temperature));
  const ranked = weights.map((_, id) => id).sort((a, b) => weights[b]! - weights[a]! || a - b);
  const candidates = ranked.slice(0, topK ?? ranked.length);
  const mass = candidates.reduce((total, id) => total + weights[id]!, 0);
  const kept = new Set<number>();
  for (let total = 0, rank = 0; rank < candidates.length && total < topP * mass; rank++) {
    kept.add(candidates[rank]!);
    total += weights[candidates[rank]!]!;
  }
  const keptMass = [...kept].reduce((total, id) => total + weights[id]!, 0);
  return weights.map((weight, id) => (kept.has(id) ? weight / keptMass : 0));
}

/** A stream whose next uniform number is given. */
const fixed = (value: number) => ({ uniform: () => value });

describe('sampleToken', () => {
  const logits = Float32Array.of(1, 3, 3, -Infinity, 2);

  it('takes the most probable token, the lower id among equals, when the temperature is 0', () => {
    expect(sampleToken(logits, { temperature: 0 }, new RandomStream(0))).toBe(1);
  });

  it('inverts the cumulative distribution of the kept tokens in id order, as a sorting reference does', () => {
    const options = fc.record({
      logits: fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 60 }),
      temperature: fc.constantFrom(0.3, 1, 2.5),
      topK: fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined }),
      topP: fc.constantFrom(0.0123, 0.3711, 0.9137, 1),
      draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(options, ({ logits, topK, draw, ...rest }) => {
        const scores = Float32Array.from(logits, (logit) => logit / 10);
        const sampling = { ...rest, ...(topK === undefined ? {} : { topK }) };
        const probabilities = distribution(scores, sampling);
        const token = sampleToken(scores, sampling, fixed(draw));
        const below = probabilities.slice(0, token).reduce((total, p) => total + p, 0);
        expect(probabilities[token]).toBeGreaterThan(0);
        expect(draw).toBeGreaterThan(below - 1e-9);
        expect(draw).toBeLessThan(below + probabilities[token]! + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('draws with the frequencies of the distribution', () => {
    const sampling = { temperature: 0.8, topK: 4, topP: 0.95 };
    const scores = Float32Array.of(0.1, 1.2, -0.4, 0.7, 2, 1.1);
    const probabilities = distribution(scores, sampling);
    const random = new RandomStream(7);
    const draws = 20_000;
    const counts = new Array<number>(6).fill(0);
    for (let draw = 0; draw < draws; draw++) counts[sampleToken(scores, sampling, random)]!++;
    const chiSquare = probabilities.reduce((total, p, id) => {
      return p === 0
        ? total + counts[id]! * Infinity || total
        : total + (counts[id]! - draws * p) ** 2 / (draws * p);
    }, 0);
    expect(probabilities.filter((p) => p > 0)).toHaveLength(4);
    expect(chiSquare).toBeLessThan(16.27); // 99.9 % of χ² with three degrees of freedom
  });

  it('never draws a banned token and gives the same tokens for the same seed', () => {
    const drawn = (seed: number): number[] => {
      const random = new RandomStream(seed);
      return Array.from({ length: 200 }, () => sampleToken(logits, { temperature: 5 }, random));
    };
    expect(drawn(3)).not.toContain(3);
    expect(drawn(3)).toEqual(drawn(3));
    expect(drawn(3)).not.toEqual(drawn(4));
  });

  it.each([
    [{ temperature: -1 }, 'sampleToken: temperature must be a number of at least 0, got -1.'],
    [{ temperature: Number.NaN }, 'sampleToken: temperature must be a number of at least 0, got NaN.'],
    [{ topK: 0 }, 'sampleToken: topK must be a positive integer, got 0. Leave it out to keep all tokens.'],
    [{ topP: 0 }, 'sampleToken: topP must be in (0, 1], got 0. Use temperature 0 for the best token.'],
  ])('refuses %o', (options, message) => {
    expect(() => sampleToken(logits, options, fixed(0))).toThrow(new RangeError(message));
  });

  it('refuses logits without a distribution, naming what is wrong', () => {
    const sample =
      (...values: number[]) =>
      () =>
        sampleToken(Float32Array.from(values), {}, fixed(0));
    expect(sample(0, Number.NaN)).toThrow('got NaN for token 1. Training may have diverged.');
    expect(sample(-Infinity)).toThrow(
      'logits must have a finite largest value, got a largest value of -Infinity.',
    );
    expect(sample()).toThrow('got none.');
  });
});

describe('lastOfHeaviest', () => {
  it('finds the border of the k heaviest, as sorting does, with and without ties', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(weights, fc.nat({ max: 79 }), (values, rank) => {
        const count = (rank % values.length) + 1;
        const ranked = values.map((_, index) => index).sort((a, b) => values[b]! - values[a]! || a - b);
        expect(lastOfHeaviest(Float64Array.from(values), count, () => 1)).toBe(ranked[count - 1]);
      }),
    );
  });

  it('finds where a mass is reached, and the lightest where it never is', () => {
    const weights = Float64Array.of(1, 4, 2, 8);
    const reach = (mass: number): number => lastOfHeaviest(weights, mass, (weight) => weight);
    expect([reach(8), reach(8.5), reach(12.5), reach(15), reach(99)]).toEqual([3, 1, 2, 0, 0]);
  });
});
