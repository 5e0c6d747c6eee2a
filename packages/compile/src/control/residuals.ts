import { copyNodes, nodesBehind } from '../graph/copy-nodes.ts';
import type { Node, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { placeholder } from '../graph/scan-loop.ts';
import type { TracedBody } from './trace-body.ts';

/** Operators that cost nothing to do again. */
const FREE = new Set(['Identity', 'Reshape']);

/** What a backward pass reads of a forward pass that ran before it. */
export interface Residuals {
  /** Values of the forward pass to keep; each has a placeholder in `names`. */
  readonly kept: readonly Value[];
  /** Inputs of the forward pass that the backward pass reads. */
  readonly names: ReadonlyMap<Value, Value>;
}

/**
 * Records the backward pass of a body in a graph of its own. What it needs of the forward pass becomes a placeholder, except what
 * is the same at every step, or a mere reshape: that is done again.
 *
 * @param builder  where the backward pass is recorded
 * @param results  the gradients that are wanted
 * @param given    values that the backward pass has anyway: cotangents, captures, inputs to scan over
 */
export function recordBackward(
  body: TracedBody,
  builder: GraphBuilder,
  results: readonly (Value | undefined)[],
  given: ReadonlySet<Value>,
): Residuals {
  const backwardNodes = nodesBehind(results, body.backward!.nodes);
  const own = new Set(backwardNodes.flatMap(({ outputs }) => outputs));
  const invariant = invariantValues(body);
  const kept: Value[] = [];
  const names = new Map<Value, Value>();
  const fetch = (value: Value): void => {
    if (own.has(value) || given.has(value) || names.has(value) || isConstant(value)) return;
    const node = value.source.kind === 'node' ? value.source.node : undefined;
    if (node && (invariant.has(value) || FREE.has(node.operator))) {
      for (const input of node.inputs) if (input) fetch(input);
      copyNodes([node], builder, names);
      return;
    }
    names.set(value, placeholder(`residual.${kept.length}`, value));
    kept.push(value);
  };
  const needed = [...backwardNodes.flatMap(({ inputs }) => inputs), ...results];
  for (const value of needed) if (value) fetch(value);
  copyNodes(backwardNodes, builder, names);
  return { kept, names };
}

/** What depends on captures alone. */
function invariantValues({ captures, forwardNodes }: TracedBody): Set<Value> {
  const invariant = new Set<Value>(captures.map(({ placeholder }) => placeholder));
  const isInvariant = (node: Node): boolean =>
    node.inputs.every((value) => value === undefined || invariant.has(value) || isConstant(value));
  for (const node of forwardNodes) {
    if (isInvariant(node)) for (const output of node.outputs) invariant.add(output);
  }
  return invariant;
}

function isConstant({ source }: Value): boolean {
  return source.kind === 'constant' || source.kind === 'uniform';
}
