import type { Node, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { appendScan, readScan, type ScanLoop } from '../graph/scan-loop.ts';
import { isConstant, overAllSteps, reshape } from './over-all-steps.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/**
 * What leaves a loop without being used in it is computed after it, for all steps at once: products with a matrix that is the same at
 * every step, and sums over the steps.
 */
const hoist: Rule = (node, { builder }) => {
  if (node.operator !== 'Scan') return undefined;
  const { loop, length } = readScan(node);
  const sums = new Map<number, Sum>();
  for (const [index, state] of loop.states.entries()) {
    const sum = sumOf(state, loop);
    if (sum) sums.set(index, sum);
  }
  const sumNodes = new Set([...sums.values()].flatMap(({ nodes }) => nodes));
  const inner = loop.nodes.filter((other) => !sumNodes.has(other));
  const products = leavingProducts(loop, inner);
  if (sums.size === 0 && products.size === 0) return undefined;

  // Operands of what moves out become outputs of the loop, unless they are its inputs.
  const rowOf = new Map(loop.rows.map(({ row, all }) => [row, all]));
  const outputs = loop.outputs.filter((value) => !products.has(value));
  const needed = [
    ...[...products.values()].map(({ inputs }) => inputs[0]!),
    ...[...sums.values()].flatMap(({ operands }) => operands),
  ];
  for (const value of needed) if (!rowOf.has(value) && !outputs.includes(value)) outputs.push(value);
  const states = loop.states.filter((_, index) => !sums.has(index));
  const moved = new Set([...products.values()]);
  const results = appendScan(builder, length, {
    ...loop,
    states,
    nodes: inner.filter((other) => !moved.has(other)),
    outputs,
  });

  const stacks = new Map(outputs.map((value, index) => [value, results[states.length + index]!]));
  const outer = new Map(loop.captures.map((capture) => [capture.inner, capture.outer]));
  const outside = {
    stacked: (value: Value) => rowOf.get(value) ?? stacks.get(value),
    invariant: (value: Value) => (isConstant(value) ? value : outer.get(value)),
  };
  const lastStates = results.slice(0, states.length).values();
  return [
    ...loop.states.map(({ first }, index) => {
      const sum = sums.get(index);
      if (!sum) return lastStates.next().value!;
      const total = sum.total(
        sum.operands.map((value) => outside.stacked(value)!),
        builder,
      );
      return builder.node('Add', [first, total], total);
    }),
    ...loop.outputs.map((value) => {
      const product = products.get(value);
      return product ? overAllSteps(product, length, builder, outside)! : stacks.get(value)!;
    }),
  ];
};

/** A state that only adds up something. */
interface Sum {
  /** What moves out of the loop. */
  readonly nodes: readonly Node[];
  /** Values of the body to collect over all steps. */
  readonly operands: readonly Value[];
  /** @param stacks the operands at all steps, `[length, ...]` */
  total(stacks: readonly Value[], builder: GraphBuilder): Value;
}

/** state + aᵀ b, or state + the column sums of a. */
function sumOf(
  { state, next }: ScanLoop['states'][number],
  { nodes, states, outputs }: ScanLoop,
): Sum | undefined {
  const usersOf = (value: Value): number =>
    nodes.reduce((count, { inputs }) => count + inputs.filter((input) => input === value).length, 0) +
    [...states.map((other) => other.next), ...outputs].filter((other) => other === value).length;
  const producerOf = (value: Value | undefined): Node | undefined =>
    value && nodes.find((node) => node.outputs.includes(value));
  const addition = producerOf(next);
  if (addition?.operator !== 'Add' || !addition.inputs.includes(state)) return undefined;
  if (usersOf(state) !== 1 || usersOf(next) !== 1) return undefined;
  const term = addition.inputs.find((value) => value !== state);
  const path: Node[] = [];
  let node = producerOf(term);
  if (node?.operator === 'Reshape' && usersOf(node.outputs[0]!) === 1) {
    path.push(node);
    node = producerOf(node.inputs[0]);
  }
  if (!node || usersOf(node.outputs[0]!) !== 1) return undefined;
  const found = [addition, ...path, node];
  const { operator, inputs, attributes } = node;
  const operands = inputs as readonly Value[];

  if (operator === 'FusedMatMul' && attributes.transA === 1 && attributes.transB === 0) {
    if (operands.some((value) => value.shape.length !== 2 || isConstant(value))) return undefined;
    return {
      nodes: found,
      operands,
      total(stacks, builder) {
        // [T, rows, m] and [T, rows, n] -> [T rows, m]ᵀ [T rows, n]
        const flat = stacks.map((all) =>
          reshape(builder, all, [all.shape[0]! * all.shape[1]!, all.shape[2]!]),
        );
        const product = builder.node(operator, flat, node.outputs[0]!, attributes);
        return reshape(builder, product, state.shape);
      },
    };
  }
  if (operator === 'ReduceSum' && inputs.length === 2 && !isConstant(operands[0]!)) {
    const axes = [...((operands[1]!.source as { data: BigInt64Array }).data ?? [])].map(Number);
    return {
      nodes: found,
      operands: [operands[0]!],
      total([all], builder) {
        const allAxes = [0, ...axes.map((axis) => axis + 1)];
        const kept = all!.shape.map((size, axis) => (allAxes.includes(axis) ? 1 : size));
        const sum = builder.node(
          'ReduceSum',
          [all, builder.integers(allAxes)],
          { shape: kept },
          { keepdims: 1 },
        );
        return reshape(builder, sum, state.shape);
      },
    };
  }
  return undefined;
}

/** Products with an invariant matrix that are outputs and nothing else, by their value. */
function leavingProducts({ states, captures, outputs }: ScanLoop, nodes: readonly Node[]): Map<Value, Node> {
  const used = new Set([...nodes.flatMap(({ inputs }) => inputs), ...states.map(({ next }) => next)]);
  const invariant = new Set(captures.map(({ inner }) => inner));
  const leaves = ({ operator, inputs: [rows, matrix], attributes, outputs: [product] }: Node): boolean =>
    operator === 'FusedMatMul' &&
    attributes.transA === 0 &&
    rows!.shape.length === 2 &&
    (invariant.has(matrix!) || isConstant(matrix!)) &&
    !invariant.has(rows!) &&
    !isConstant(rows!) &&
    outputs.includes(product!) &&
    !used.has(product!);
  return new Map(nodes.filter(leaves).map((node) => [node.outputs[0]!, node]));
}

/** Takes out of loops what can wait until they are over, such as the gradients of weights: one product instead of one a step. */
export const hoistAfterScan: Pass = rewrite(hoist);
