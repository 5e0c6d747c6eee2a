import { RandomStream } from '@wordloom/compile';
import { describe, expect, test } from 'vitest';
import { Dropout } from '../layers/dropout.ts';
import { Linear } from '../layers/linear.ts';
import { formatSummary } from './format-summary.ts';
import { freeze } from './freeze.ts';
import { ModelBuffer } from './model-buffer.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';
import { summarize } from './summary.ts';

describe('the summary', () => {
  class Small extends Module {
    readonly embed = new Linear(3, 2, { bias: false, random: new RandomStream(1) });
    readonly dropout = new Dropout(0.1);
    readonly output = { weight: this.embed.weight, bias: new Parameter(new Float32Array(1200), [400, 3]) };
    readonly seen = new ModelBuffer(new Uint8Array(5), [5]);
  }

  test('counts every weight once, and the memory of training', () => {
    const model = new Small();
    freeze(model, 'embed');
    const summary = summarize(model);
    expect(summary).toMatchObject({ parameterCount: 1206, trainableCount: 1200, bytes: 4 * 1206 + 5 });
    expect(summary.trainingMemory).toEqual({
      weights: 4829,
      gradients: 4800,
      optimizerState: 9600,
      total: 19229,
      optimizerSlots: 2,
    });
    expect(summarize(model, { optimizerSlots: 0 }).trainingMemory.total).toBe(9629);
    expect(summary.layers[0]!.tensors[0]).toEqual({
      name: 'output.weight',
      kind: 'parameter',
      shape: [2, 3],
      count: 6,
      bytes: 24,
      trainable: false,
      tiedTo: 'embed.weight',
    });
    expect(() => summarize(model, { optimizerSlots: -1 })).toThrow(
      'summarize: optimizerSlots must not be negative, got -1.',
    );
  });

  test('reads as a table', () => {
    const model = new Small();
    freeze(model, 'embed');
    expect(formatSummary(summarize(model))).toBe(
      `
layer    kind     tensors                                                                               parameters  trainable
-------  -------  ------------------------------------------------------------------------------------  ----------  ---------
(model)  Small    output.weight [2, 3] (tied to embed.weight), output.bias [400, 3], seen [5] (buffer)       1,200        yes
embed    Linear   weight [2, 3]                                                                                  6         no
dropout  Dropout                                                                                                 0
-------  -------  ------------------------------------------------------------------------------------  ----------  ---------
1,206 parameters, 1,200 trainable, 6 frozen; 4.83 kB
training: 4.83 kB weights + 4.80 kB gradients + 9.60 kB optimizer state (2 numbers a weight) = 19.2 kB, without activations
`.trimStart(),
    );
  });
});
