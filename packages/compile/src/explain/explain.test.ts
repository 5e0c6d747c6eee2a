import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { scan } from '../control/scan.ts';
import { nodeRuntime } from '../node.ts';
import { readSessionProfile } from '../runtime/session-profile.ts';
import { tensorData } from '../tensor-data.ts';
import { trace } from '../trace/trace.ts';
import { compileTrainStep } from '../train-step.ts';
import { explainGraph } from './explain-graph.ts';
import { formatExplanation } from './format-explanation.ts';
import { productOperations } from './product-operations.ts';

const x = { dtype: 'float32', shape: [4, 3] } as const;
const w = { dtype: 'float32', shape: [3, 5] } as const;

describe('explain', () => {
  it('counts the operations of products from their shapes, transposed or batched, and of convolutions', () => {
    const count = (operator: string, a: number[], b: number[], out: number[]): number =>
      productOperations({
        operator,
        inputs: [a, b].map((shape) => ({ dtype: 'float32', shape })),
        outputs: [{ dtype: 'float32', shape: out }],
      });
    expect(count('Gemm', [4, 3], [3, 5], [4, 5])).toBe(2 * 4 * 3 * 5);
    expect(count('Gemm', [3, 4], [5, 3], [4, 5])).toBe(2 * 4 * 3 * 5); // both transposed
    expect(count('FusedMatMul', [2, 7, 4, 3], [2, 7, 3, 5], [2, 7, 4, 5])).toBe(2 * 14 * 4 * 3 * 5);
    expect(count('MatMul', [3], [3, 5], [5])).toBe(2 * 3 * 5);
    expect(count('Conv', [2, 6, 8, 8], [10, 3, 5, 5], [2, 10, 8, 8])).toBe(2 * 2 * 10 * 64 * 3 * 25); // two groups
    expect(count('ConvTranspose', [1, 6, 8, 8], [6, 2, 3, 3], [1, 2, 16, 16])).toBe(2 * 6 * 64 * 2 * 9);
    expect(count('Add', [4, 3], [4, 3], [4, 3])).toBe(0);
  });

  it('says what each pass changed', () => {
    const graph = trace(({ x, w }) => ({ y: tf.matMul(tf.transpose(tf.transpose(x!)), w as tf.Tensor2D) }), {
      x,
      w,
    });
    const { passes } = explainGraph(graph, { name: 'none' });
    expect(passes[0]).toEqual({ name: 'trace', operatorCount: 3, changes: { Transpose: 2, FusedMatMul: 1 } });
    expect(passes.at(-1)!.operatorCount).toBe(1);
    const transposes = passes.reduce((sum, { changes }) => sum + (changes.Transpose ?? 0), 0);
    expect(transposes).toBe(0);
  });

  it('adds up what lives at the same time', () => {
    // a = exp x, b = exp a, c = sin b + a: a (48 bytes) lives until c, b and sin b once each beside it; c is handed out.
    const graph = trace(
      ({ x }) => {
        const a = tf.exp(x!);
        return { c: tf.add(tf.sin(tf.exp(a)), a) };
      },
      { x },
    );
    const { memory } = explainGraph(graph, { name: 'none' });
    expect(memory).toEqual({ inputs: 48, outputs: 48, random: 0, constants: 0, peakIntermediate: 3 * 48 });
  });

  it('counts what a loop repeats', () => {
    const graph = trace(
      ({ x, square }) => {
        const body = ({ h }: { h: tf.Tensor }, { row }: { row: tf.Tensor }) => ({
          carry: { h: tf.tanh(tf.add(tf.matMul(h as tf.Tensor2D, square as tf.Tensor2D), row)) },
          outputs: {},
        });
        return { h: scan(body, { carry: { h: tf.zeros([1, 3]) }, inputs: { row: x! } }).carry.h };
      },
      { x, square: { dtype: 'float32', shape: [3, 3] } },
    );
    const product = explainGraph(graph, { name: 'none' }).operators[0]!;
    expect(product).toMatchObject({ operator: 'Gemm', repetitions: 4, count: 1 });
    expect(product.floatingPointOperations).toBe(4 * 2 * 9);
  });

  it('says what a GPU leaves to the processor, and writes its products without FusedMatMul', () => {
    const graph = trace(
      ({ batches }) => {
        const product = tf.matMul(batches!, batches!, false, true); // [2, 4, 4]
        return { signs: tf.sign(product), more: tf.sign(tf.neg(product)) };
      },
      { batches: { dtype: 'float32', shape: [2, 4, 3] } },
    );
    const operatorsOn = (provider: 'cpu' | 'webgpu') => {
      const explanation = explainGraph(graph, { name: provider, provider });
      const named = explanation.operators.map(({ operator, fallsBack }) => [operator, fallsBack] as const);
      return { text: formatExplanation(explanation), named: Object.fromEntries(named) };
    };
    const cpu = operatorsOn('cpu');
    expect(cpu.named).toEqual({ FusedMatMul: false, Sign: false, Mul: false });
    expect(cpu.text).not.toContain('GPU');
    const webgpu = operatorsOn('webgpu');
    expect(webgpu.named).toEqual({ Transpose: false, MatMul: false, Sign: true, Mul: false });
    expect(webgpu.text).toContain('\nnot on the GPU, but on the processor: 2 Sign\n');
  });

  it('measures where the time of a training step goes, and leaves the step as it was', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    const data = (shape: number[]) =>
      tensorData(
        Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i)),
        shape,
      );
    const batch = { x: data([4, 3]) };
    const step = await compileTrainStep(
      ({ w }, { x }) => tf.mean(tf.tanh(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))) as tf.Scalar,
      { runtime, parameters: { w: data([3, 5]) }, batch },
    );
    const loss = await step.run(batch);
    const explanation = await step.explain({ batch, runs: 3 });
    expect(explanation.times!.map(({ operator }) => operator)).toContain('ReduceMean');
    expect(explanation.times!.every(({ count, milliseconds }) => count >= 1 && milliseconds >= 0)).toBe(true);
    expect(new Set(explanation.times!.map(({ provider }) => provider))).toEqual(
      new Set(['CPUExecutionProvider']),
    );
    expect((await step.explain()).times).toBeUndefined();
    expect(await step.run(batch)).toBe(loss);
    const text = formatExplanation(explanation, { rows: 1 });
    expect(text).toContain('onnxruntime-node, cpu, 1 thread');
    expect(text).toMatch(/^trace +\d+ {2}/m);
    expect(text).toMatch(/^… and \d+ more$/m);
    await step.release();
  });

  it('explains a compiled function for given inputs', async () => {
    const double = compile(({ x }) => ({ y: tf.mul(x!, 2) }), { runtime: await nodeRuntime({ threads: 1 }) });
    const { operators, times } = await double.explain({ x: tensorData(Float32Array.of(1, 2), [2]) });
    expect(operators).toMatchObject([{ operator: 'Mul', outputs: [{ dtype: 'float32', shape: [2] }] }]);
    expect(times).toMatchObject([{ operator: 'Mul', count: 1 }]);
    await double.release();
  });

  it('takes what runs inside a loop from the time of the loop, and leaves the first runs out', () => {
    const run = (ts: number) => ({ cat: 'Session', name: 'model_run', ts, dur: 90 });
    const kernel = (op_name: string, ts: number, dur: number) => ({
      cat: 'Node',
      name: `${op_name}_kernel_time`,
      ts,
      dur,
      args: { op_name, input_type_shape: [{ float: [2] }], output_type_shape: [{ float: [2] }] },
    });
    const events = [0, 100, 200].flatMap((start) => [
      kernel('Tanh', start + 20, 10),
      kernel('Tanh', start + 30, 10),
      kernel('Scan', start + 15, start === 0 ? 80 : 30),
      kernel('Exp', start + 50, 7),
      run(start + 10),
    ]);
    const times = readSessionProfile(JSON.stringify(events), 1);
    const summary = times.map(({ operator, count, milliseconds }) => [
      operator,
      count,
      Math.round(milliseconds * 1e6),
    ]);
    expect(summary).toEqual([
      ['Tanh', 2, 20_000],
      ['Scan', 1, 10_000],
      ['Exp', 1, 7_000],
    ]);
  });
});
