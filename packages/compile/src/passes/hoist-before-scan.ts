import { copyNodes } from '../graph/copy-nodes.ts';
import type { Node, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { appendScan, placeholder, readScan } from '../graph/scan-loop.ts';
import { isConstant, overAllSteps } from './over-all-steps.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/** What does not depend on the state of a loop is computed before it, for all steps at once. */
const hoist: Rule = (node, { builder }) => {
  if (node.operator !== 'Scan') return undefined;
  const { loop, length } = readScan(node);
  const stacked = new Map(loop.rows.map(({ row, all }) => [row, all]));
  const invariant = new Map(loop.captures.map(({ inner, outer }) => [inner, outer]));
  const outside = {
    stacked: (value: Value) => stacked.get(value),
    invariant: (value: Value) => (isConstant(value) ? value : invariant.get(value)),
  };
  const kept: Node[] = [];
  for (const inner of loop.nodes) {
    if (inner.inputs.every((value) => !value || outside.invariant(value))) {
      copyNodes([inner], builder, invariant);
      continue;
    }
    const all = inner.control ? undefined : overAllSteps(inner, length, builder, outside);
    if (all) stacked.set(inner.outputs[0]!, all);
    else kept.push(inner);
  }
  if (kept.length === loop.nodes.length) return undefined;

  // What was computed before comes in as rows and captures.
  const names = new Map<Value, Value>();
  const given = ([inner, outer]: readonly [Value, Value]): { inner: Value; outer: Value } => {
    const isNew = inner.source.kind === 'node';
    if (isNew) names.set(inner, placeholder('hoisted', inner));
    return { inner: names.get(inner) ?? inner, outer };
  };
  const rows = [...stacked].map(given).map(({ inner, outer }) => ({ row: inner, all: outer }));
  const captures = [...invariant].map(given);
  const body = new GraphBuilder();
  copyNodes(kept, body, names);
  const renamed = (value: Value): Value => names.get(value) ?? value;
  const outputs = loop.outputs.map((value) => ({ value, all: stacked.get(value) }));
  const results = appendScan(builder, length, {
    ...loop,
    states: loop.states.map((state) => ({ ...state, next: renamed(state.next) })),
    rows,
    captures,
    nodes: body.nodeList,
    outputs: outputs.filter(({ all }) => !all).map(({ value }) => renamed(value)),
  });
  const written = results.slice(loop.states.length).values();
  return [...results.slice(0, loop.states.length), ...outputs.map(({ all }) => all ?? written.next().value!)];
};

/** Takes out of loops what they need not repeat, such as the products of all inputs with a weight. */
export const hoistBeforeScan: Pass = rewrite(hoist);
