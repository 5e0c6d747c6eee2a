import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { Dropout } from '../layers/dropout.ts';
import { Linear } from '../layers/linear.ts';
import { loadParameters } from './load-parameters.ts';
import { inEvaluationMode, Module } from './module.ts';
import { Parameter } from './parameter.ts';
import { bindParameters } from './stored-tensor.ts';

class Block extends Module {
  readonly linear = new Linear(2, 2, { bias: false });
  readonly dropout = new Dropout(0.1);
}

class Model extends Module {
  readonly scale = new Parameter(new Float32Array(3), [3]);
  readonly blocks = [new Block(), new Block()];
  readonly head = new Linear(2, 2);
  /** Tied: the second holder of the same weight. */
  readonly tied = this.blocks[0]!.linear.weight;
  readonly again = this.head;
  readonly note = 'not a parameter';
  readonly nothing = null;
}

test('names are property paths in property order, and a tied parameter has its first name only', () => {
  const model = new Model();
  expect([...model.namedParameters().keys()]).toEqual([
    'scale',
    'blocks.0.linear.weight',
    'blocks.1.linear.weight',
    'head.weight',
    'head.bias',
  ]);
  expect(model.parameters()[1]).toBe(model.tied);
  expect(model.parameterCount()).toBe(3 + 4 + 4 + 4 + 2);
});

test('a module that holds itself is walked once', () => {
  class Loop extends Module {
    readonly weight = new Parameter(new Float32Array(1), [1]);
    readonly self: Module = this;
  }
  expect([...new Loop().namedParameters().keys()]).toEqual(['weight']);
  expect(new Loop().modules()).toHaveLength(1);
});

test('train and eval reach every module, and inEvaluationMode gives each its mode back', () => {
  const model = new Model();
  model.blocks[1]!.eval();
  const modes = () => model.modules().map(({ training }) => training);
  const before = modes();
  expect(inEvaluationMode(model, () => modes().some(Boolean))).toBe(false);
  expect(modes()).toEqual(before);
  expect(before).toEqual([true, true, true, true, false, false, false, true]);
  expect(
    model
      .train()
      .modules()
      .every(({ training }) => training),
  ).toBe(true);
  expect(
    model
      .eval()
      .modules()
      .some(({ training }) => training),
  ).toBe(false);
});

test('a parameter stands for the bound tensor while a pass runs, and for its data before and after', () => {
  const parameter = new Parameter(Float32Array.of(1, 2), [2]);
  const values = () => Array.from(tf.tidy(() => parameter.value.dataSync()));
  const parameters = new Map([['p', parameter]]);
  const bound = { p: tf.tensor1d([5, 6]) };
  expect(bindParameters(parameters, bound, values)).toEqual([5, 6]);
  // Inside another binding, names that are not bound anew keep theirs.
  expect(bindParameters(parameters, bound, () => bindParameters(parameters, {}, values))).toEqual([5, 6]);
  expect(() =>
    bindParameters(parameters, bound, () => {
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(values()).toEqual([1, 2]);
  expect(() => bindParameters(parameters, { p: tf.zeros([3]) }, values)).toThrow(
    "bindParameters: tensors['p'] must have shape [2], got [3].",
  );
  expect(() => new Parameter(new Float32Array(3), [2, 2])).toThrow('got [2,2] (4) for 3 elements');
});

test('the value of an unbound parameter does not change with the parameter', () => {
  const parameter = new Parameter(Float32Array.of(1), [1]);
  const value = parameter.value;
  parameter.data[0] = 2;
  expect(value.dataSync()[0]).toBe(1);
});

test('loading is all or nothing when strict, and reports what did not fit when not', () => {
  const model = new Linear(2, 2);
  const before = model.weight.data.slice();
  const weight = tensorData(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const wrong = new Map([
    ['weight', weight],
    ['bias', tensorData(new Float32Array(3), [3])],
    ['scale', weight],
  ]);
  expect(() => loadParameters(model, wrong)).toThrow(
    "loadParameters: tensors must match the model's parameters, got unexpected: scale; misshaped: bias (expected float32 [2], got float32 [3]).",
  );
  expect(model.weight.data).toEqual(before);

  const report = loadParameters(model, wrong, { strict: false });
  expect(report).toMatchObject({ missing: [], unexpected: ['scale'] });
  expect(model.weight.data).toEqual(weight.data);
  expect(loadParameters(model, new Map(), { strict: false }).missing).toEqual(['weight', 'bias']);
  const ids = tensorData(new Int32Array(2), [2]);
  expect(() =>
    loadParameters(
      model,
      new Map([
        ['weight', weight],
        ['bias', ids],
      ]),
    ),
  ).toThrow('got mistyped: bias (expected float32 [2], got int32 [2]).');
});
