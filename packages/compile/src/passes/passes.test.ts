import { expect, test } from 'vitest';
import type { Graph, Node, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { fuseMatrixMultiply } from './fuse-matrix-multiply.ts';
import { lowerMatrixMultiply } from './lower-matrix-multiply.ts';
import { orderResults } from './order-results.ts';
import { removeAliases } from './remove-aliases.ts';
import { removeDeadNodes } from './remove-dead-nodes.ts';
import type { Pass } from './rewrite.ts';
import { selectInsteadOfMultiply } from './select-instead-of-multiply.ts';
import { shareCommonSubexpressions } from './share-common-subexpressions.ts';
import { simplifyUniforms } from './simplify-uniforms.ts';
import { sumRowsByProduct } from './sum-rows-by-product.ts';

/** Builds a graph with one output, `y`, from float32 inputs of the given shapes. */
function graphOf(shapes: number[][], build: (builder: GraphBuilder, ...inputs: Value[]) => Value): Graph {
  const builder = new GraphBuilder();
  const inputs = shapes.map((shape, index) => builder.input(`x${index}`, { dtype: 'float32', shape }));
  return builder.build(new Map([['y', build(builder, ...inputs)]]));
}

/** The live operators, with their attributes, after the passes. */
function operators(graph: Graph, ...passes: Pass[]): string[] {
  const live = [...passes, removeDeadNodes].reduce((current, pass) => pass(current), graph);
  return live.nodes.map(({ operator, attributes }: Node) =>
    Object.keys(attributes).length > 0 ? `${operator} ${JSON.stringify(attributes)}` : operator,
  );
}

const reshape = (builder: GraphBuilder, x: Value, shape: number[]): Value =>
  builder.node('Reshape', [x, builder.integers(shape)], { shape });
const transpose = (builder: GraphBuilder, x: Value, perm: number[]): Value =>
  builder.node('Transpose', [x], { shape: perm.map((axis) => x.shape[axis]!) }, { perm });
const multiply = (builder: GraphBuilder, a: Value, b: Value, shape = a.shape): Value =>
  builder.node('Mul', [a, b], { shape });
const matMul = (builder: GraphBuilder, a: Value, b: Value, shape: number[]): Value =>
  builder.node('FusedMatMul', [a, b], { shape }, { transA: 0, transB: 0, alpha: 1 });

test('reshapes and transposes that cancel are removed, those that follow each other become one', () => {
  const cancel = graphOf([[2, 3]], (b, x) => {
    const reshaped = reshape(b, reshape(b, x, [6]), [2, 3]);
    const transposed = transpose(b, transpose(b, reshaped, [1, 0]), [1, 0]);
    return b.node('Identity', [transposed], transposed);
  });
  expect(operators(cancel, removeAliases)).toEqual([]);
  expect(removeAliases(cancel).outputs.get('y')).toBe(cancel.inputs[0]);

  const merge = graphOf([[2, 3, 4]], (b, x) => transpose(b, transpose(b, x, [1, 0, 2]), [2, 0, 1]));
  expect(operators(merge, removeAliases)).toEqual(['Transpose {"perm":[2,1,0]}']);

  const sizeOneAxes = graphOf([[1, 3, 1]], (b, x) => transpose(b, x, [2, 1, 0]));
  expect(operators(sizeOneAxes, removeAliases)).toEqual([]);
  const moved = graphOf([[1, 3, 2]], (b, x) => transpose(b, x, [1, 0, 2]));
  expect(operators(moved, removeAliases)).toEqual(['Reshape']);
});

test('arithmetic with uniform constants is folded, and full-size ones shrink to scalars', () => {
  const neutral = graphOf([[2, 3]], (b, x) => {
    const product = multiply(b, b.uniform(1, [2, 3]), x, [2, 3]);
    return b.node('Add', [product, b.uniform(0, [3])], { shape: [2, 3] });
  });
  expect(operators(neutral, simplifyUniforms)).toEqual([]);

  const broadcasting = graphOf([[3]], (b, x) => multiply(b, b.uniform(1, [2, 3]), x, [2, 3]));
  expect(operators(broadcasting, simplifyUniforms), 'x alone has another shape').toEqual(['Mul']);

  const folded = simplifyUniforms(
    graphOf([], (b) => {
      const sum = b.node('Add', [b.uniform(1, [4]), b.uniform(2, [4])], { shape: [4] });
      return b.node('ReduceSum', [sum, b.integers([0])], { shape: [1] }, { keepdims: 1 });
    }),
  );
  expect(folded.outputs.get('y')!.source).toEqual({ kind: 'uniform', value: 12 });

  const scales = graphOf([[2]], (b, x) => {
    const halved = b.node('Div', [x, b.uniform(2)], x);
    return b.node('Neg', [multiply(b, halved, b.uniform(3, [2]))], x);
  });
  const simplified = removeDeadNodes(simplifyUniforms(simplifyUniforms(removeDeadNodes(scales))));
  expect(simplified.nodes.map(({ operator }) => operator)).toEqual(['Mul']);
  expect(simplified.nodes[0]!.inputs[1]!.source).toEqual({ kind: 'uniform', value: -1.5 });
});

test('equal nodes are computed once, and unequal ones are not confused', () => {
  const graph = graphOf([[2, 2]], (b, x) => {
    const exponentials = [b.node('Exp', [x], x), b.node('Exp', [x], x)];
    const sum = multiply(b, exponentials[0]!, exponentials[1]!);
    const sums = [0, 1].map((axis) => b.node('ReduceSum', [sum, b.integers([axis])], { shape: [1, 2] }));
    return multiply(b, sums[0]!, sums[1]!);
  });
  expect(operators(graph, shareCommonSubexpressions)).toEqual([
    'Exp',
    'Mul',
    'ReduceSum',
    'ReduceSum',
    'Mul',
  ]);
});

test('transposed and scaled operands are read by the product itself', () => {
  const graph = graphOf(
    [
      [5, 3, 2],
      [5, 4, 3],
    ],
    (b, x, y) => {
      const product = matMul(b, transpose(b, x, [0, 2, 1]), transpose(b, y, [0, 2, 1]), [5, 2, 4]);
      return multiply(b, product, b.uniform(0.5));
    },
  );
  expect(operators(graph, fuseMatrixMultiply, fuseMatrixMultiply, lowerMatrixMultiply)).toEqual([
    'FusedMatMul {"transA":1,"transB":1,"alpha":0.5}',
  ]);
});

test('a transposed product is the product of the transposed operands in the other order', () => {
  const graph = graphOf(
    [
      [2, 3],
      [3, 4],
    ],
    (b, x, y) => transpose(b, matMul(b, x, y, [2, 4]), [1, 0]),
  );
  const [product] = removeDeadNodes(fuseMatrixMultiply(graph)).nodes;
  expect(product).toMatchObject({
    operator: 'FusedMatMul',
    inputs: [graph.inputs[1], graph.inputs[0]],
    attributes: { transA: 1, transB: 1 },
  });
  const usedTwice = graphOf(
    [
      [2, 2],
      [2, 2],
    ],
    (b, x, y) => {
      const product = matMul(b, x, y, [2, 2]);
      return multiply(b, product, transpose(b, product, [1, 0]));
    },
  );
  expect(operators(usedTwice, fuseMatrixMultiply)).toHaveLength(3);
});

test('a product with ones and zeros is a choice', () => {
  const selected = graphOf([[2, 3], [3]], (b, x, y) => {
    const condition = b.node('Greater', [y, b.uniform(0)], { shape: [3], dtype: 'bool' });
    const ones = b.node('Where', [condition, b.uniform(1), b.uniform(0)], { shape: [3] });
    return multiply(b, ones, multiply(b, x, b.node('Cast', [condition], { shape: [3] })), [2, 3]);
  });
  expect(operators(selected, selectInsteadOfMultiply)).toEqual(['Greater', 'Where', 'Where']);
  const broadcast = graphOf([[2, 3], [3]], (b, x, y) => {
    const condition = b.node('Greater', [x, b.uniform(0)], { shape: [2, 3], dtype: 'bool' });
    return multiply(b, y, b.node('Cast', [condition], { shape: [2, 3] }), [2, 3]);
  });
  expect(operators(broadcast, selectInsteadOfMultiply)).toEqual(['Greater', 'Cast', 'Mul']);
});

test('a product that is also used unscaled keeps its value', () => {
  const graph = graphOf(
    [
      [2, 2],
      [2, 2],
    ],
    (b, x, y) => {
      const product = matMul(b, x, y, [2, 2]);
      return b.node('Add', [product, multiply(b, product, b.uniform(3))], product);
    },
  );
  expect(operators(graph, fuseMatrixMultiply)).toHaveLength(3);
});

test('products of matrices become Gemm and take the bias row in; plain batched products become MatMul', () => {
  const bias = graphOf([[2, 3], [3, 4], [4]], (b, x, w, c) =>
    b.node('Add', [matMul(b, x, w, [2, 4]), c], { shape: [2, 4] }),
  );
  const lowered = removeDeadNodes(lowerMatrixMultiply(bias));
  expect(lowered.nodes.map(({ operator, inputs }) => [operator, inputs.length])).toEqual([['Gemm', 3]]);

  const residual = graphOf(
    [
      [2, 3],
      [3, 4],
      [2, 4],
    ],
    (b, x, w, r) => b.node('Add', [matMul(b, x, w, [2, 4]), r], { shape: [2, 4] }),
  );
  expect(operators(residual, lowerMatrixMultiply)).toHaveLength(2);

  const batched = graphOf(
    [
      [5, 2, 3],
      [5, 3, 4],
    ],
    (b, x, y) => matMul(b, x, y, [5, 2, 4]),
  );
  expect(operators(batched, lowerMatrixMultiply)).toEqual(['MatMul']);
});

test('sums along all axes but the last are products with a row of ones, other sums stay', () => {
  const sumOf = (shape: number[], axes: number[], out: number[]) =>
    graphOf([shape], (b, x) => {
      const sums = b.node('ReduceSum', [x, b.integers(axes)], { shape: out }, { keepdims: 1 });
      return reshape(b, sums, [out.at(-1)!]);
    });
  const ones = (graph: Graph): unknown => sumRowsByProduct(graph).nodes.at(-2)!.inputs[0];
  expect(operators(sumOf([2, 3, 4], [1, 0], [1, 1, 4]), sumRowsByProduct, removeAliases)).toEqual([
    'Reshape',
    'Gemm',
    'Reshape',
  ]);
  expect(operators(sumOf([3, 4], [-2], [1, 4]), sumRowsByProduct)).toEqual(['Gemm', 'Reshape']);
  expect(ones(sumOf([3, 4], [0], [1, 4]))).toMatchObject({ shape: [1, 3], source: { value: 1 } });
  for (const [axes, out] of [
    [[2], [2, 3, 1]],
    [[0], [1, 3, 4]],
    [
      [0, 1, 2],
      [1, 1, 1],
    ],
  ] as const) {
    expect(operators(sumOf([2, 3, 4], [...axes], [...out]), sumRowsByProduct)[0]).toBe(
      'ReduceSum {"keepdims":1}',
    );
  }
});

test('what leaves the program is computed from the last result back, after everything else', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [2] });
  const unary = (operator: string, value: Value): Value => builder.node(operator, [value], { shape: [2] });
  const first = unary('Exp', x);
  const loss = unary('Neg', first);
  const chain = unary('Tanh', first);
  const results = { loss, late: unary('Log', chain), chain, early: unary('Abs', chain) };
  const graph = orderResults(builder.build(new Map(Object.entries(results))));
  expect(graph.nodes.map(({ operator }) => operator)).toEqual(['Exp', 'Tanh', 'Abs', 'Log', 'Neg']);
});
