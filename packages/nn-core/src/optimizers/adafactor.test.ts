import { ShapeError } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { type AdafactorSlots, adafactorStep } from './adafactor.ts';

const spread = (length: number, scale: number, phase: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => scale * (((phase + index * 0.618034) % 1) - 0.5));

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum / values.length;
};

/** Algorithm 4 of the paper in float64, from zero state, with momentum; of a matrix. */
function firstStep(weights: Float32Array, gradient: Float32Array, rows: number, columns: number): number[] {
  const squares = Array.from(gradient, (g) => (0.5 * g) ** 2 + 1e-30);
  const inRow = Array.from({ length: rows }, (_, row) =>
    mean(squares.slice(row * columns, (row + 1) * columns)),
  );
  const inColumn = Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += squares[row * columns + column]!;
    return sum / rows;
  });
  const total = mean(inRow);
  const updates = Array.from(gradient, (g, index) => {
    const square = (inRow[Math.floor(index / columns)]! * inColumn[index % columns]!) / total;
    return (0.5 * g) / Math.sqrt(square);
  });
  const size = Math.sqrt(mean(updates.map((update) => update ** 2)));
  const rate = 0.01 * Math.sqrt(mean(Array.from(weights, (weight) => weight ** 2)));
  return updates.map((update, index) => {
    const move = (0.1 * rate * update) / Math.max(1, size / 0.8);
    return (1 - 0.2 * rate) * weights[index]! - move;
  });
}

test.each([
  [1, 1],
  [5, 3],
  [3, 16_391], // a row longer than a chunk
  [3001, 7],
])('a matrix of %i × %i takes the step of the formula', (rows, columns) => {
  const shape = [rows, columns];
  const [weights, gradient] = [spread(rows * columns, 4, 0), spread(rows * columns, 1e-3, 0.3)];
  const expected = firstStep(weights, gradient, rows, columns);
  const slots = {
    rowMeanSquare: new Float32Array(rows),
    columnMeanSquare: new Float32Array(columns),
    momentum: new Float32Array(rows * columns),
  };
  const options = { learningRate: 0.01, beta1: 0.9, weightDecay: 0.2, clipThreshold: 0.8 };
  adafactorStep(weights, gradient, slots, { ...options, shape, step: 1, gradientScale: 0.5 });
  const worst = expected.map((value, index) => Math.abs(value - weights[index]!));
  expect(worst.reduce((most, error) => Math.max(most, error), 0)).toBeLessThan(1e-6);
});

test('NaN stays visible, and no gradient at all moves nothing', () => {
  const slots = (): AdafactorSlots => ({
    rowMeanSquare: new Float32Array(2),
    columnMeanSquare: new Float32Array(5),
  });
  const weights = spread(10, 1, 0);
  const before = weights.slice();
  const options = { shape: [2, 5], learningRate: 0.1, step: 1 };
  adafactorStep(weights, new Float32Array(10), slots(), options);
  expect(weights).toEqual(before);
  adafactorStep(weights, Float32Array.of(0, 0, 0, 0, Number.NaN, 0, 0, 0, 0, 0), slots(), options);
  expect(weights[4]).toBeNaN();
});

test('arrays that do not fit the shape are refused before anything changes', () => {
  const slots = { rowMeanSquare: new Float32Array(2), columnMeanSquare: new Float32Array(2) };
  const weights = Float32Array.of(1, 2, 3, 4, 5, 6);
  const act = () =>
    adafactorStep(weights, new Float32Array(6), slots, { shape: [2, 3], learningRate: 1, step: 1 });
  expect(act).toThrow(ShapeError);
  expect(act).toThrow('adafactorStep: columnMeanSquare must have [3] elements for weights of [2,3], got 2.');
  expect([...weights]).toEqual([1, 2, 3, 4, 5, 6]);
});
