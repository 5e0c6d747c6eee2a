import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { normal } from '../../test/step-equality.ts';
import {
  attention,
  dropout,
  type ExportOnnxOptions,
  embeddingLookup,
  exportOnnx,
  gelu,
  layerNorm,
  linear,
  type OnnxProgram,
  quantize,
  quantizedEmbedding,
  quantizedLinear,
  rmsNorm,
  scan,
  silu,
  type TensorData,
  tensorData,
  toTensorData,
  toTensors,
  withRandomness,
} from '../index.ts';

/** Runs a model in plain onnxruntime. */
async function runModel(
  model: Uint8Array,
  inputs: Record<string, TensorData>,
  options: ort.InferenceSession.SessionOptions = {},
): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3, ...options });
  const feeds = Object.entries(inputs).map(([name, { dtype, data, shape }]) => {
    return [name, new ort.Tensor(dtype, data as never, shape)] as const;
  });
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  return outputs as Record<string, ort.Tensor>;
}

/** The model gives what the program gives eagerly. */
async function expectSame(
  program: OnnxProgram,
  options: ExportOnnxOptions,
  ...cases: Record<string, TensorData>[]
): Promise<void> {
  for (const operators of ['standard', 'onnxruntime'] as const) {
    const { model } = exportOnnx(program, { ...options, operators });
    for (const inputs of cases) {
      const outputs = await runModel(model, inputs);
      const expected = program(toTensors(inputs), toTensors(options.parameters ?? {}));
      expect(Object.keys(outputs)).toEqual(Object.keys(expected));
      for (const [name, tensor] of Object.entries(expected)) {
        const { shape, data } = await toTensorData(tensor);
        expect(outputs[name]!.dims, name).toEqual(shape);
        data.forEach((value, index) => {
          const difference = Math.abs(Number(outputs[name]!.data[index]) - value);
          expect(difference / (1 + Math.abs(value)), `${name}[${index}]`).toBeLessThan(2e-5);
        });
      }
    }
  }
}

function ids(rows: number, columns: number, below: number): TensorData {
  const numbers = Int32Array.from({ length: rows * columns }, (_, index) => (index * 7 + 3) % below);
  return tensorData(numbers, [rows, columns]);
}

const float = (...shape: (number | string)[]) => ({ dtype: 'float32', shape }) as const;

/** A language model: embeddings with positions, causal attention, norms, gated feed-forward, tied head. */
const languageModel: OnnxProgram = ({ ids }, p) => {
  const [batch, length] = ids!.shape as [number, number];
  // Positions twice over: looked up, and cut from the table, which cuts nothing off at its own length.
  const positions = embeddingLookup(p.positions!, tf.range(0, length, 1, 'int32'));
  let x = tf.add(embeddingLookup(p.tokens!, ids!), tf.add(positions, tf.slice(p.positions!, 0, length)));
  const normed = layerNorm(x, p.scale!, p.shift!);
  const heads = tf.transpose(tf.reshape(normed, [batch, length, 2, 8]), [0, 2, 1, 3]);
  const mixed = tf.transpose(attention(heads, heads, heads, { causal: true, window: 5 }), [0, 2, 1, 3]);
  x = tf.add(x, linear(tf.reshape(mixed, [batch, length, 16]), p['block.project']!, p.shift!));
  const hidden = tf.mul(silu(linear(x, p.up!)), gelu(linear(x, p.up!)));
  x = rmsNorm(tf.add(x, linear(hidden, p.down!)), p.scale!);
  return {
    logits: linear(x, p.tokens!),
    last: tf.reshape(tf.slice(x, [0, length - 1, 0], [batch, 1, 16]), [batch, 16]),
  };
};
const languageModelOptions: ExportOnnxOptions = {
  inputs: { ids: { dtype: 'int32', shape: ['batch', 'length'] } },
  dimensions: { length: { max: 24 } },
  parameters: {
    tokens: normal(11, 16),
    positions: normal(24, 16),
    scale: normal(16),
    shift: normal(16),
    'block.project': normal(16, 16),
    up: normal(32, 16),
    down: normal(16, 32),
  },
};

describe('exportOnnx', () => {
  test('a language model runs in plain onnxruntime at any batch size and length', async () => {
    const sizes = [
      [1, 1],
      [1, 24],
      [3, 7],
      [5, 2],
    ] as const;
    await expectSame(
      languageModel,
      languageModelOptions,
      ...sizes.map(([batch, length]) => ({ ids: ids(batch, length, 11) })),
    );
  });

  test('sizes are computed where they are needed: sums, products, differences, means, loops', async () => {
    const program: OnnxProgram = ({ x, y }, { w }) => {
      const [rows, columns] = x!.shape as [number, number];
      const joined = tf.concat([x!, tf.ones([rows, 2])], 1);
      const halves = tf.split(tf.concat([x!, x!], 1), [columns + 1, columns - 1], 1);
      const { carry, outputs } = scan(
        ({ state }, { row }) => ({
          carry: {
            state: tf.add(tf.mul(state, 0.5), tf.sum(tf.reshape(tf.matMul(tf.expandDims(row, 1), w!), [-1]))),
          },
          outputs: { state },
        }),
        { carry: { state: tf.zeros([]) }, inputs: { row: x! } },
      );
      return {
        joined: tf.reverse(joined, 1),
        tiled: tf.tile(y!, [rows, 1]),
        mean: tf.mul(tf.sum(x!), 1 / (rows * columns)),
        padded: tf.pad(x!, [
          [1, 0],
          [0, rows],
        ]),
        flat: tf.reshape(tf.add(x!, rows), [rows * columns]),
        odd: halves[0]!,
        last: tf.gather(x!, tf.tensor1d([0, rows - 1], 'int32')),
        state: carry.state!,
        states: outputs.state!,
        rank: tf.mul(tf.range(0, rows * 2), tf.scalar(2)),
      };
    };
    await expectSame(
      program,
      {
        inputs: { x: float('rows', 'columns'), y: float(1, 3) },
        parameters: { w: normal(1, 4) },
        dimensions: { rows: { max: 9 } },
      },
      { x: normal(4, 3), y: normal(1, 3) },
      { x: normal(9, 6), y: normal(1, 3) },
    );
  });

  test.each(['float16', 'int8', 'int4'] as const)(
    '%s weights stay in their form in the file',
    async (type) => {
      const values = normal(24, 80);
      const weights = [true, false].map((symmetric) =>
        quantize(values.data as Float32Array, [24, 80], { type, blockSize: 32, symmetric }),
      );
      const program: OnnxProgram = ({ x, tokens }) => ({
        product: quantizedLinear(
          quantizedLinear(x!, weights[0]!),
          quantize(normal(4, 24).data.fill(0.1) as Float32Array, [4, 24], { type: 'int8' }),
        ),
        free: quantizedLinear(x!, weights[1]!),
        rows: quantizedEmbedding(weights[0]!, tokens!),
      });
      const options: ExportOnnxOptions = {
        inputs: { x: float('batch', 80), tokens: { dtype: 'int32', shape: ['batch', 2] } },
      };
      const cases = [2, 70].map((batch) => ({ x: normal(batch, 80), tokens: ids(batch, 2, 24) }));
      await expectSame(program, options, ...cases);
      const { model } = exportOnnx(program, options);
      const bytes = weights.reduce((sum, { byteLength }) => sum + byteLength, 0);
      // The table of the embedding is stored a second time, the way it is read.
      expect(model.length).toBeLessThan(bytes + weights[0]!.byteLength + 4000);
    },
  );

  test('weights may lie in a file of their own', async () => {
    const options = { ...languageModelOptions, externalData: 'weights.bin' };
    const { model, externalData } = exportOnnx(languageModel, options);
    expect(externalData!.location).toBe('weights.bin');
    const data = Buffer.concat(externalData!.pieces);
    expect(data.length).toBeGreaterThanOrEqual(4 * (24 * 16 + 16 * 16 + 2 * 32 * 16));
    const inputs = { ids: ids(2, 5, 11) };
    const together = await runModel(exportOnnx(languageModel, languageModelOptions).model, inputs);
    const apart = await runModel(model, inputs, { externalData: [{ path: 'weights.bin', data }] });
    expect(apart.logits!.data).toEqual(together.logits!.data);
  });

  test('a model says what it takes and gives', async () => {
    const { model } = exportOnnx(languageModel, languageModelOptions);
    const session = await ort.InferenceSession.create(model);
    const shapes = [...session.inputMetadata, ...session.outputMetadata].map((value) => {
      return [value.name, ...(value.isTensor ? [value.type, ...value.shape] : [])];
    });
    expect(shapes).toEqual([
      ['ids', 'int32', 'batch', 'length'],
      ['logits', 'float32', 'batch', 'length', 11],
      ['last', 'float32', 'batch', 16],
    ]);
    await session.release();
  });

  test('refuses what does not hold at all sizes, saying what differs', () => {
    const inputs = { x: float('length', 2) };
    const refusal = (program: OnnxProgram, options: Partial<ExportOnnxOptions> = {}): string => {
      try {
        exportOnnx(program, { inputs, ...options });
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    expect(refusal(({ x }) => ({ y: x!.shape[0]! > 6 ? tf.exp(x!) : tf.abs(x!) }))).toContain(
      'the program must do the same at all sizes, but at {"length":5}, {"length":7}, {"length":11} Abs([5,2]) is Exp([7,2])',
    );
    expect(refusal(({ x }) => ({ y: tf.mul(x!, x!.shape[0]! ** 2) }))).toContain(
      'a number of Mul is 25, 49, 121',
    );
    expect(refusal(({ x }) => ({ y: tf.slice(x!, 0, x!.shape[0]! >> 1) }))).toContain(
      'a size of Slice is 2, 3, 5',
    );
    const positions: OnnxProgram = ({ x }) => ({
      y: tf.add(x!, tf.expandDims(tf.range(0, x!.shape[0]!), 1)),
    });
    expect(refusal(positions)).toContain('Give dimensions.length.max.');
    expect(refusal(positions, { dimensions: { length: { max: 8 } } })).toBe('nothing');
    const backwards: OnnxProgram = ({ x }) => ({
      y: tf.add(x!, tf.expandDims(tf.range(x!.shape[0]!, 0, -1), 1)),
    });
    expect(refusal(backwards, { dimensions: { length: { max: 8 } } })).toContain('has other elements');
    expect(refusal(positions, { dimensions: { length: { max: 3 } } })).toContain('with max at least 5');
  });

  test('refuses clashing names, lost random numbers and parameters of another size', () => {
    const inputs = { x: float(2) };
    expect(() => exportOnnx(({ x }) => ({ x: tf.neg(x!) }), { inputs })).toThrow('got "x" twice');
    expect(() =>
      exportOnnx(({ x }) => withRandomness({ seed: 1, step: 1 }, () => ({ y: dropout(x!, 0.5) })), {
        inputs,
      }),
    ).toThrow('must not draw random numbers');
    const wrong = { ...normal(3), shape: [2] };
    expect(() =>
      exportOnnx(({ x }, { w }) => ({ y: tf.add(x!, w!) }), { inputs, parameters: { w: wrong } }),
    ).toThrow('parameters["w"] must hold as many elements as its shape, got [2] for 3 elements');
  });
});
