import { describe, expect, it } from 'vitest';
import { median, summarize } from './statistics.ts';

describe('statistics', () => {
  it('take the middle value, or the mean of the two in the middle, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it("interpolate quartiles as numpy.percentile's default does", () => {
    // numpy.percentile([1, 2, 4, 8, 16, 32], [25, 50, 75])
    expect(summarize([32, 1, 16, 2, 8, 4])).toEqual({ median: 6, quartiles: [2.5, 14] });
  });

  it('leave their argument as it was and refuse an empty one', () => {
    const values = [2, 1];
    summarize(values);
    expect(values).toEqual([2, 1]);
    expect(() => summarize([])).toThrow('values must not be empty');
  });
});
