import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMetricGoldens } from '../../../test/metric-goldens.ts';
import { expectClose } from '../../../test/pytorch.ts';
import { accuracy, topKAccuracy } from './accuracy.ts';
import { CalibrationMeter, expectedCalibrationError } from './calibration.ts';
import { ConfusionMatrix, confusionMatrix } from './confusion-matrix.ts';
import { matthewsCorrelation } from './matthews-correlation.ts';
import { precisionRecall, precisionRecallByClass } from './precision-recall.ts';
import { averagePrecision, rocAuc } from './ranking.ts';

const goldens = readMetricGoldens();
const { targets, predictions } = goldens.classification;

test('precision, recall and F of every average, class choice, beta and zero division are those of scikit-learn', () => {
  const matrix = confusionMatrix(targets, predictions, { classCount: 6 });
  for (const { average, classes, precision, recall, fScore, ...options } of goldens.classification.scores) {
    const label = JSON.stringify({ average, classes, ...options });
    if (average === null) {
      const all = precisionRecallByClass(matrix, options);
      const scores = (classes ?? [0, 1, 2, 3, 4]).map((index) => all[index]!);
      expectClose(
        scores.map((score) => score.precision),
        precision as number[],
        1e-12,
      );
      expectClose(
        scores.map((score) => score.recall),
        recall as number[],
        1e-12,
      );
      expectClose(
        scores.map((score) => score.fScore),
        fScore as number[],
        1e-12,
      );
    } else {
      const score = precisionRecall(matrix, { average, ...(classes && { classes }), ...options });
      expect(score.precision, label).toBeCloseTo(precision as number, 12);
      expect(score.recall, label).toBeCloseTo(recall as number, 12);
      expect(score.fScore, label).toBeCloseTo(fScore as number, 12);
    }
  }
  const { binaryTargets, binaryPredictions, binary } = goldens.classification;
  const score = precisionRecall(confusionMatrix(binaryTargets, binaryPredictions), { average: 'binary' });
  expectClose([score.precision, score.recall, score.fScore], binary, 1e-12);
});

test('a class without a value is left out of the mean if zeroDivision is NaN', () => {
  const matrix = confusionMatrix([0, 0, 1], [0, 0, 0], { classCount: 3 });
  expect(precisionRecallByClass(matrix, { zeroDivision: Number.NaN })).toEqual([
    { precision: 2 / 3, recall: 1, fScore: 0.8, support: 2 },
    { precision: Number.NaN, recall: 0, fScore: 0, support: 1 },
    { precision: Number.NaN, recall: Number.NaN, fScore: Number.NaN, support: 0 },
  ]);
  const options = { average: 'macro', classes: [0, 1, 2], zeroDivision: Number.NaN } as const;
  expect(precisionRecall(matrix, options)).toEqual({
    precision: 2 / 3,
    recall: 0.5,
    fScore: 0.4,
    support: 3,
  });
});

test('the confusion matrix, accuracy and Matthews correlation are those of scikit-learn', () => {
  const matrix = confusionMatrix(targets, predictions, { classCount: 6 });
  expect([...matrix.counts]).toEqual(goldens.classification.confusion.flat());
  expect(matrix.accuracy).toBeCloseTo(goldens.classification.accuracy, 12);
  expect(accuracy(targets, predictions)).toBe(matrix.accuracy);
  expect(matthewsCorrelation(matrix)).toBeCloseTo(goldens.classification.matthews, 12);
  const { binaryTargets, binaryPredictions, binaryMatthews, logits, topK } = goldens.classification;
  expect(matthewsCorrelation(confusionMatrix(binaryTargets, binaryPredictions))).toBeCloseTo(
    binaryMatthews,
    12,
  );
  expect(matthewsCorrelation(confusionMatrix([1, 1], [1, 1]))).toBe(0);
  for (const [index, expected] of topK.entries()) {
    expect(topKAccuracy(targets, logits, { k: index + 1 })).toBeCloseTo(expected, 12);
  }
});

test('a matrix that grows in batches equals that of all pairs, and ignored targets count nowhere', () => {
  const grown = new ConfusionMatrix(5, { ignoreIndex: -100 });
  for (let start = 0; start < targets.length; start += 7) {
    const batch = targets.slice(start, start + 7);
    grown.add([...batch, -100], [...predictions.slice(start, start + 7), 3]);
  }
  expect(grown.counts).toEqual(confusionMatrix(targets, predictions).counts);
  expect(accuracy([1, -100, 2], [1, 2, 3], { ignoreIndex: -100 })).toBe(0.5);
});

test('of equal scores the lower class counts as the larger, as for an argmax', () => {
  expect(topKAccuracy([0, 1, 2], [5, 5, 5, 5, 5, 5, 5, 5, 5], { k: 1 })).toBe(1 / 3);
  expect(topKAccuracy([2], [1, 2, 0], { k: 3 })).toBe(1);
});

test('ROC-AUC and average precision are those of scikit-learn, with ties and without', () => {
  for (const { targets, scores, rocAuc: area, averagePrecision: average } of goldens.rankings) {
    expect(rocAuc(targets, scores)).toBeCloseTo(area, 12);
    expect(averagePrecision(targets, scores)).toBeCloseTo(average, 12);
  }
});

test('ROC-AUC is the share of pairs in order, ties counting one half', () => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -3, max: 3 }));
  fc.assert(
    fc.property(fc.array(pair, { minLength: 2, maxLength: 30 }), (pairs) => {
      const positives = pairs.filter(([target]) => target === 1);
      const negatives = pairs.filter(([target]) => target === 0);
      fc.pre(positives.length > 0 && negatives.length > 0);
      let ordered = 0;
      for (const [, high] of positives)
        for (const [, low] of negatives) ordered += (Math.sign(high - low) + 1) / 2;
      const area = rocAuc(
        pairs.map(([target]) => target),
        pairs.map(([, score]) => score),
      );
      expect(area).toBeCloseTo(ordered / positives.length / negatives.length, 12);
    }),
  );
});

test('calibration errors follow from the reliability diagram of scikit-learn', () => {
  const { confidences, correct, binCount, expected, maximum } = goldens.calibration;
  expect(expectedCalibrationError(confidences, correct, { binCount })).toBeCloseTo(expected, 12);
  const meter = new CalibrationMeter({ binCount });
  for (const [index, confidence] of confidences.entries()) meter.add([confidence], [correct[index] === 1]);
  expect(meter.maximumError).toBeCloseTo(maximum, 12);
});

test('a confidence on the edge belongs to the bin below, and 0 to the first', () => {
  const bins = new CalibrationMeter({ binCount: 2 }).add([0, 0.5, 1], [false, true, true]).bins();
  expect(bins).toEqual([
    { lower: 0, upper: 0.5, count: 2, confidence: 0.25, accuracy: 0.5 },
    { lower: 0.5, upper: 1, count: 1, confidence: 1, accuracy: 1 },
  ]);
});

test('every hundredth lies on the upper edge of its bin', () => {
  const hundredths = Array.from({ length: 100 }, (_, index) => (index + 1) / 100);
  const bins = new CalibrationMeter({ binCount: 100 }).add(hundredths, new Uint8Array(100)).bins();
  for (const { count } of bins) expect(count).toBe(1);
});

test('what cannot be scored is refused, and a refused batch leaves nothing behind', () => {
  const matrix = new ConfusionMatrix(2);
  expect(() => matrix.add([0, 1], [1, 2])).toThrow('predictions[1] must be a class in [0, 2), got 2');
  expect(() => matrix.add([0], [])).toThrow('predictions must have as many elements as targets (1), got 0');
  expect(matrix.total).toBe(0);
  expect(() => matrix.accuracy).toThrow('there must be a pair');
  expect(() => precisionRecall(new ConfusionMatrix(1), { average: 'binary' })).toThrow(
    'classes must be in [0, 1), got 1',
  );
  expect(() => rocAuc([1, 1], [0, 1])).toThrow('must hold both classes, got 2 positives and 0 negatives');
  expect(() => rocAuc([0, 2], [0, 1])).toThrow('targets[1] must be 0 or 1, got 2');
  expect(() => averagePrecision([0], [0])).toThrow('must hold a positive');
  expect(() => averagePrecision([0], [Number.NaN])).toThrow('scores must be numbers');
  expect(() => topKAccuracy([0, 1], [1, 2, 3], { k: 1 })).toThrow(
    'one row for each of 2 targets, got 3 scores',
  );
  expect(() => topKAccuracy([3], [1, 2], { k: 1 })).toThrow('targets[0] must be a class in [0, 2), got 3');
  expect(() => accuracy([-1], [0], { ignoreIndex: -1 })).toThrow('a target must count');
  const meter = new CalibrationMeter();
  expect(() => meter.add([0.5, 1.5], [1, 1])).toThrow('confidences[1] must be in [0, 1], got 1.5');
  expect(() => meter.expectedError).toThrow('there must be a prediction');
});
