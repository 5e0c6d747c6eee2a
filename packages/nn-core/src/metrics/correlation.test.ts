import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMetricGoldens } from '../../test/metric-goldens.ts';
import { kendallTau, pearson, spearman } from './correlation.ts';

test('Pearson, Spearman and Kendall are those of SciPy, with ties and without', () => {
  for (const golden of readMetricGoldens().correlations) {
    expect(pearson(golden.x, golden.y)).toBeCloseTo(golden.pearson, 12);
    expect(spearman(golden.x, golden.y)).toBeCloseTo(golden.spearman, 12);
    expect(kendallTau(golden.x, golden.y)).toBeCloseTo(golden.kendall, 12);
  }
});

test("Kendall's tau-b counts pairs", () => {
  const value = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 20 }), (points) => {
      const [surplus, pairsX, pairsY] = [0, 0, 0];
      const sums = { surplus, pairsX, pairsY };
      for (const [i, [x, y]] of points.entries()) {
        for (const [otherX, otherY] of points.slice(i + 1)) {
          sums.surplus += Math.sign(x - otherX) * Math.sign(y - otherY);
          sums.pairsX += Math.abs(Math.sign(x - otherX));
          sums.pairsY += Math.abs(Math.sign(y - otherY));
        }
      }
      const expected = sums.surplus / Math.sqrt(sums.pairsX * sums.pairsY);
      const tau = kendallTau(
        points.map(([x]) => x),
        points.map(([, y]) => y),
      );
      if (Number.isNaN(expected)) expect(tau).toBeNaN();
      else expect(tau).toBeCloseTo(expected, 12);
    }),
  );
});

test('large and small values keep their correlation; constants and NaN have none', () => {
  expect(pearson([1e200, 2e200, 3e200], [1e-200, 2e-200, 4e-200])).toBeCloseTo(
    pearson([1, 2, 3], [1, 2, 4]),
    12,
  );
  expect(pearson(new Float32Array(3).fill(0.1), [1, 2, 3])).toBeNaN();
  expect(spearman([1, Number.NaN], [1, 2])).toBeNaN();
  expect(kendallTau([1, 1], [1, 2])).toBeNaN();
  expect(() => pearson([1], [1, 2])).toThrow('pearson: y must have as many elements as x (1), got 2.');
});
