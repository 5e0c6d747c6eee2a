import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Runtime, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { Linear } from '../layers/linear.ts';
import { SGD } from '../optimizers/sgd.ts';
import { compileModel } from '../training/compile-model.ts';
import { train } from '../training/train.ts';
import { decodeTrainingState, encodeTrainingState } from '../training/training-state.ts';
import { freeze, unfreeze } from './freeze.ts';
import { loadParameters } from './load-parameters.ts';
import { ModelBuffer } from './model-buffer.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';
import { modelData } from './parameter-data.ts';
import { replaceModule } from './replace-module.ts';

class Block extends Module {
  readonly query = new Linear(2, 2, { bias: false });
  readonly norm = new Linear(2, 2);
}

class Model extends Module {
  readonly blocks = [new Block(), new Block()];
  readonly heads = { word: new Linear(2, 3), tag: [new Linear(2, 4)] };
  /** The same weight once more. */
  readonly tied = this.blocks[0]!.query.weight;
  /** The same block once more. */
  readonly again = this.blocks[1]!;
  readonly counts = new ModelBuffer(Int32Array.of(1, 2, 3), [3]);
  readonly scratch = new ModelBuffer(new Float32Array(2), [2], { persistent: false });
  readonly settings = { rate: 0.1, 'not.a.member': [1, 2] };
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

describe('names', () => {
  test('reach into arrays and plain objects; parameters and buffers are told apart', () => {
    const model = new Model();
    expect([...model.namedParameters().keys()]).toEqual([
      'blocks.0.query.weight',
      'blocks.0.norm.weight',
      'blocks.0.norm.bias',
      'blocks.1.query.weight',
      'blocks.1.norm.weight',
      'blocks.1.norm.bias',
      'heads.word.weight',
      'heads.word.bias',
      'heads.tag.0.weight',
      'heads.tag.0.bias',
    ]);
    expect([...model.namedBuffers().keys()]).toEqual(['counts', 'scratch']);
    expect([...model.namedModules().keys()]).toEqual([
      '',
      'blocks.0',
      'blocks.0.query',
      'blocks.0.norm',
      'blocks.1',
      'blocks.1.query',
      'blocks.1.norm',
      'heads.word',
      'heads.tag.0',
    ]);
  });

  test('must not be ambiguous', () => {
    class Dotted extends Module {
      readonly parts = { 'a.b': new Linear(1, 1) };
    }
    expect(() => new Dotted().namedParameters()).toThrow(
      "Module: keys on the way to a member must have no dots, got 'a.b'.",
    );
  });
});

describe('buffers', () => {
  class Counter extends Module {
    readonly weight = new Parameter(Float32Array.of(1, 1), [2]);
    readonly offset = new ModelBuffer(Float32Array.of(3, 4), [2]);
    readonly places = new ModelBuffer(Int32Array.of(1, 0), [2]);
    forward(): tf.Tensor {
      return tf.gather(tf.add(this.weight.value, this.offset.value), this.places.value as tf.Tensor1D);
    }
    loss(): tf.Scalar {
      return tf.sum(tf.square(this.forward()));
    }
  }

  test('are read where they are by compiled functions and training steps, and are not trained', async () => {
    const model = new Counter();
    const compiled = compileModel(model, () => ({ y: model.forward() }), { runtime });
    expect([...(await compiled({})).y!.data]).toEqual([5, 4]);
    model.offset.data.set([0, 1]);
    expect([...(await compiled({})).y!.data]).toEqual([2, 1]);
    await compiled.release();

    const data = { tokensPerBatch: 1, batch: () => ({}) };
    const optimizer = new SGD(model.namedParameters(), { learningRate: 0.1 });
    for await (const event of train(model, data, { steps: 2, optimizer, clipNorm: Infinity, runtime })) {
      if (event.type !== 'step-end') continue;
      // w₀ = 1: (1 + 0)² + (1 + 1)² = 5, then w = 1 − 0.2 (1, 2) and the buffer changes between the steps.
      expect(event.loss).toBeCloseTo(event.step === 1 ? 5 : 1.8 ** 2 + 1.6 ** 2, 5);
      model.offset.data.fill(1);
    }
    expect([...model.offset.data]).toEqual([1, 1]);
  });

  test('are saved and loaded with the model, except those that are not persistent', () => {
    const model = new Model();
    expect(Object.keys(modelData(model)).slice(-1)).toEqual(['counts']);
    const optimizer = () => new SGD(new Map());
    const bytes = encodeTrainingState(model, optimizer());
    const copy = new Model();
    copy.counts.data.fill(0);
    copy.scratch.data.fill(7);
    decodeTrainingState(bytes, copy, optimizer());
    expect([...copy.counts.data]).toEqual([1, 2, 3]);
    expect([...copy.scratch.data]).toEqual([7, 7]);
    const wrong = new Map([['counts', tensorData(new Float32Array(3), [3])]]);
    expect(loadParameters(copy, wrong, { strict: false }).mistyped).toEqual([
      {
        name: 'counts',
        expected: { dtype: 'int32', shape: [3] },
        got: { dtype: 'float32', shape: [3] },
      },
    ]);
    expect(() => new ModelBuffer(new Int32Array(3), [2])).toThrow(
      'ModelBuffer: shape must hold as many elements as data, got [2] (2) for 3 elements.',
    );
  });
});

describe('tied parameters', () => {
  const weight = tensorData(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const others = (model: Model) =>
    Object.entries(modelData(model)).filter(([name]) => name !== 'blocks.0.query.weight');

  test('load from files with any or all of their names', () => {
    for (const names of [['tied'], ['blocks.0.query.weight'], ['tied', 'blocks.0.query.weight']]) {
      const model = new Model();
      loadParameters(model, new Map([...others(model), ...names.map((name) => [name, weight] as const)]));
      expect(model.tied.data).toEqual(weight.data);
    }
    const model = new Model();
    const shared = tensorData(Float32Array.of(5, 5, 5, 5), [2, 2]);
    const report = loadParameters(model, new Map([['again.query.weight', shared]]), { strict: false });
    expect(report.unexpected).toEqual([]);
    expect(model.blocks[1]!.query.weight.data).toEqual(shared.data);
  });

  test('are refused where their names disagree; their own name counts when that is let pass', () => {
    const model = new Model();
    const different = tensorData(Float32Array.of(1, 2, 3, 5), [2, 2]);
    const tensors = new Map([...others(model), ['blocks.0.query.weight', weight], ['tied', different]]);
    expect(() => loadParameters(model, tensors)).toThrow('got conflicting: tied.');
    loadParameters(model, tensors, { strict: false });
    expect(model.tied.data).toEqual(weight.data);
  });

  test('have one gradient, from all their uses', async () => {
    class Twice extends Module {
      readonly first = new Parameter(Float32Array.of(2), [1]);
      readonly second = this.first;
      loss(): tf.Scalar {
        return tf.sum(tf.mul(this.first.value, this.second.value)); // w², slope 2w
      }
    }
    const model = new Twice();
    const optimizer = new SGD(model.namedParameters(), { learningRate: 0.25 });
    const data = { tokensPerBatch: 1, batch: () => ({}) };
    for await (const _ of train(model, data, { steps: 1, optimizer, clipNorm: Infinity, runtime }));
    expect([...model.first.data]).toEqual([1]);
  });
});

describe('freezing', () => {
  const frozen = (model: Module) =>
    [...model.namedParameters()].filter(([, { trainable }]) => !trainable).map(([name]) => name);

  test('takes parameters, modules and everything', () => {
    const model = new Model();
    expect(freeze(model, 'heads')).toEqual([
      'heads.word.weight',
      'heads.word.bias',
      'heads.tag.0.weight',
      'heads.tag.0.bias',
    ]);
    expect(unfreeze(model, ['heads.*.weight', /tag.*bias/])).toEqual([
      'heads.word.weight',
      'heads.tag.0.bias',
    ]);
    expect(frozen(model)).toEqual(['heads.word.bias', 'heads.tag.0.weight']);
    freeze(model);
    expect(frozen(model)).toHaveLength(10);
    unfreeze(model, 'blocks.{0,1}.norm');
    expect(frozen(model)).toHaveLength(6);
  });

  test('means a tied parameter by each of its names', () => {
    const model = new Model();
    expect(freeze(model, 'tied')).toEqual(['blocks.0.query.weight']);
    expect(freeze(model, 'again.query')).toEqual(['blocks.1.query.weight']);
  });

  test('refuses a pattern that matches nothing', () => {
    const model = new Model();
    expect(() => freeze(model, ['head', /x/])).toThrow(
      'freeze: pattern must match a parameter of the model, got [head, /x/]. Its names are those of namedParameters().',
    );
    expect(frozen(model)).toEqual([]);
  });
});

describe('replacing a module', () => {
  class Adapted extends Module {
    readonly base: Module;
    readonly scale = new Parameter(new Float32Array(1), [1]);
    constructor(base: Module) {
      super();
      this.base = base;
    }
  }

  test('puts the new one in, around the old one, in its mode', () => {
    const model = new Model();
    model.blocks[0]!.query.eval();
    const old = model.blocks[0]!.query;
    const adapted = replaceModule(model, 'blocks.0.query', (base) => new Adapted(base));
    expect(adapted.base).toBe(old);
    expect([adapted.training, old.training]).toEqual([false, false]);
    expect([...model.namedParameters().keys()].slice(0, 2)).toEqual([
      'blocks.0.query.base.weight',
      'blocks.0.query.scale',
    ]);
    replaceModule(model, 'heads.tag.0', () => new Linear(2, 9));
    expect(model.heads.tag[0]!.weight.shape).toEqual([9, 2]);
  });

  test('reaches every place that holds it, under any of its names', () => {
    const model = new Model();
    replaceModule(model, 'again', (old) => new Adapted(old));
    expect(model.again).toBeInstanceOf(Adapted);
    expect(model.blocks[1]).toBe(model.again);
  });

  test('says what there is where there is no such module, and changes nothing when it cannot', () => {
    const model = new Model();
    expect(() => replaceModule(model, 'blocks.0.key', (old) => old)).toThrow(
      "replaceModule: name must be that of a module of the model, got 'blocks.0.key'. blocks.0 has query, norm.",
    );
    expect(() => replaceModule(model, 'block', (old) => old)).toThrow('The model has blocks, heads.');
    expect(() => replaceModule(model, 'heads.word.weight', (old) => old)).toThrow("got 'heads.word.weight'.");
    expect(() => replaceModule(model, '', (old) => old)).toThrow("got ''.");
    const { word } = model.heads;
    expect(() => replaceModule(model, 'heads.word', () => 3 as unknown as Module)).toThrow(
      new TypeError('replaceModule: make must return a Module, got 3.'),
    );
    expect(model.heads.word).toBe(word);
  });
});
