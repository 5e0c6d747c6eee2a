import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { bindParameters } from '@wordloom/nn-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProgram, type ProgramGolden } from '../../nn-core/test/expect-program.ts';
import { Gru, Lstm, type RecurrentNetwork, type RecurrentOptions, Rnn } from '../src/index.ts';

interface RecurrentGolden extends ProgramGolden {
  readonly cell: string;
  readonly layerCount: number;
  readonly bidirectional: boolean;
}

const GOLDENS = JSON.parse(
  readFileSync(new URL('../fixtures/recurrent.json', import.meta.url), 'utf8'),
) as RecurrentGolden[];

const NETWORKS: Readonly<Record<string, (options: RecurrentOptions) => RecurrentNetwork>> = {
  'rnn tanh': (options) => new Rnn(2, 3, options),
  'rnn relu': (options) => new Rnn(2, 3, { ...options, nonlinearity: 'relu' }),
  lstm: (options) => new Lstm(2, 3, options),
  'lstm projected': (options) => new Lstm(2, 3, { ...options, projectionSize: 2 }),
  gru: (options) => new Gru(2, 3, options),
  'gru without bias': (options) => new Gru(2, 3, { ...options, bias: false }),
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

describe('outputs, states and all gradients are those of PyTorch, eager and compiled', () => {
  const cases = GOLDENS.map((golden) => {
    const { cell, layerCount, bidirectional, constants } = golden;
    const how = [`${layerCount} layers`, bidirectional && 'both directions', constants.lengths && 'lengths'];
    return [`${cell}: ${how.filter(Boolean).join(', ')}`, golden] as const;
  });

  test.each(cases)('%s', async (_, golden) => {
    const { layerCount, bidirectional } = golden;
    const network = NETWORKS[golden.cell]!({ layerCount, bidirectional });
    const parameters = network.namedParameters();
    expect([...parameters.keys()].sort()).toEqual(
      Object.keys(golden.inputs)
        .filter((name) => /^(weight|bias)_/.test(name))
        .sort(),
    );
    await expectProgram(
      (tensors) =>
        bindParameters(parameters, tensors, () => {
          const { x, lengths, hidden, cell } = tensors;
          const state = hidden && { hidden, ...(cell && { cell }) };
          const result = network.forward(x!, { lengths, state });
          const rows = [result.outputs, ...Object.values(result.state)].map((tensor) =>
            tf.reshape(tensor, [-1]),
          );
          return tf.concat(rows);
        }),
      golden,
      runtime,
    );
  });
});
