import { expect, test } from 'vitest';
import type { Graph, Node, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { appendScan, placeholder } from '../graph/scan-loop.ts';
import { hoistAfterScan } from './hoist-after-scan.ts';
import { hoistBeforeScan } from './hoist-before-scan.ts';
import { removeDeadNodes } from './remove-dead-nodes.ts';

const LENGTH = 7;
const product = { transA: 0, transB: 0, alpha: 1 };

const names = (nodes: readonly Node[]): string[] => nodes.map(({ operator }) => operator);
const scanOf = (graph: Graph): Node => graph.nodes.find(({ operator }) => operator === 'Scan')!;
const bodyOf = (graph: Graph): readonly Node[] => scanOf(graph).control!.bodies.body!.nodes;

/** h ← tanh(x W + b + h U), with h as the only state; `outputs` of the body are stacked. */
function recurrent(
  outputs: (values: { h: Value; inner: Value; next: Value; w: Value }, body: GraphBuilder) => Value[],
): Graph {
  const builder = new GraphBuilder();
  const input = (name: string, ...shape: number[]): Value => builder.input(name, { dtype: 'float32', shape });
  const outer = { w: input('w', 5, 4), b: input('b', 4), u: input('u', 4, 4) };
  const [w, b, u] = Object.values(outer).map((value) => placeholder('capture', value)) as [
    Value,
    Value,
    Value,
  ];
  const row = placeholder('row', { dtype: 'float32', shape: [3, 5] });
  const h = placeholder('state', { dtype: 'float32', shape: [3, 4] });
  const body = new GraphBuilder();
  const projected = body.node('Add', [body.node('FusedMatMul', [row, w], h, product), b], h);
  const inner = body.node('Add', [projected, body.node('FusedMatMul', [h, u], h, product)], h);
  const next = body.node('Tanh', [inner], h);
  const stacked = outputs({ h, inner, next, w }, body);
  const results = appendScan(builder, LENGTH, {
    states: [{ first: input('h', 3, 4), state: h, next }],
    rows: [{ all: input('x', LENGTH, 3, 5), row }],
    captures: [w, b, u].map((value, index) => ({ inner: value, outer: Object.values(outer)[index]! })),
    nodes: body.nodeList,
    outputs: stacked,
    reverse: false,
  });
  return builder.build(new Map(results.map((value, index) => [`${index}`, value])));
}

test('products and sums of inputs with what is the same at every step are done once, before the loop', () => {
  const graph = removeDeadNodes(hoistBeforeScan(recurrent(({ next }) => [next])));
  expect(names(graph.nodes)).toEqual(['Reshape', 'FusedMatMul', 'Reshape', 'Add', 'Scan']);
  expect(graph.nodes[1]!.outputs[0]!.shape).toEqual([LENGTH * 3, 4]);
  expect(names(bodyOf(graph))).toEqual(['FusedMatMul', 'Add', 'Tanh']);
  expect(scanOf(graph).control!.captureCount).toBe(1); // u
});

test('products that only leave the loop are done once, after it', () => {
  const leaving = recurrent(({ next, w }, body) => [
    body.node('FusedMatMul', [next, w], { shape: [3, 5] }, { ...product, transB: 1 }),
  ]);
  const graph = removeDeadNodes(hoistAfterScan(leaving));
  expect(names(graph.nodes)).toEqual(['Scan', 'Reshape', 'FusedMatMul', 'Reshape']);
  expect(graph.outputs.get('1')!.shape).toEqual([LENGTH, 3, 5]);

  const staying = recurrent(({ h, inner }) => [h, inner]);
  expect(hoistAfterScan(staying).nodes.length).toBe(1);
});

test('a sum of products over the steps is one product of everything that was collected', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [LENGTH, 3, 4] });
  const row = placeholder('row', { dtype: 'float32', shape: [3, 4] });
  const h = placeholder('state', { dtype: 'float32', shape: [3, 4] });
  const [weightSum, biasSum] = [[4, 4], [4]].map((shape) => placeholder('sum', { dtype: 'float32', shape }));
  const body = new GraphBuilder();
  const next = body.node('Tanh', [body.node('Add', [h, row], h)], h);
  const gradient = body.node('FusedMatMul', [next, row], { shape: [4, 4] }, { ...product, transA: 1 });
  const columns = body.node('ReduceSum', [next, body.integers([0])], { shape: [1, 4] }, { keepdims: 1 });
  const flat = body.node('Reshape', [columns, body.integers([4])], { shape: [4] });
  const zero = (value: Value): Value => builder.uniform(0, value.shape);
  const results = appendScan(builder, LENGTH, {
    states: [
      { first: zero(h), state: h, next },
      { first: zero(weightSum!), state: weightSum!, next: body.node('Add', [weightSum, gradient], gradient) },
      { first: zero(biasSum!), state: biasSum!, next: body.node('Add', [flat, biasSum], flat) },
    ],
    rows: [{ all: x, row }],
    captures: [],
    nodes: body.nodeList,
    outputs: [],
    reverse: true,
  });
  const graph = builder.build(new Map(results.map((value, index) => [`${index}`, value])));
  const hoisted = removeDeadNodes(hoistAfterScan(graph));
  expect(names(bodyOf(hoisted))).toEqual(['Add', 'Tanh']);
  const [, ...after] = hoisted.nodes;
  const large = after.find(({ operator }) => operator === 'FusedMatMul')!;
  expect(large.inputs.map((value) => value!.shape)).toEqual([
    [LENGTH * 3, 4],
    [LENGTH * 3, 4],
  ]);
  expect(names(after).filter((name) => name === 'ReduceSum')).toHaveLength(1);
});
