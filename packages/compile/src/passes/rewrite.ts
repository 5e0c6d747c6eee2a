import { type Graph, mapBodies, type Node, type Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';

/** What a rule may use besides the node at hand. */
export interface RewriteContext {
  /** Appends what the rule puts in the node's place. */
  readonly builder: GraphBuilder;
  /** How often a value is used in the whole graph, as a node's input or as an output. */
  useCount(value: Value): number;
}

/**
 * Looks at one node, whose inputs are already rewritten, and returns the values to use in place of its outputs,
 * or undefined to keep it.
 */
export type Rule = (node: Node, context: RewriteContext) => readonly Value[] | undefined;

/** Makes a graph into an equivalent one. */
export type Pass = (graph: Graph) => Graph;

/**
 * A pass that walks the nodes in order and applies the first rule that fits each of them, in bodies too.
 */
export function rewrite(...rules: readonly Rule[]): Pass {
  const pass: Pass = (graph) => rewriteGraph(graph, rules, pass);
  return pass;
}

/** One walk over one graph; its bodies are given to `bodyPass`. */
export function rewriteGraph(graph: Graph, rules: readonly Rule[], bodyPass: Pass): Graph {
  const builder = new GraphBuilder();
  builder.adoptInputs(graph);
  const replacements = new Map<Value, Value>();
  const uses = countUses(graph);
  const usesOfNew = new Map<Value, number>();
  const useCount = (value: Value): number =>
    usesOfNew.get(value) ?? uses.get(value) ?? Number.POSITIVE_INFINITY;
  const replaced = (value: Value): Value => replacements.get(value) ?? value;

  for (const node of graph.nodes) {
    builder.site = node.site;
    const inputs = node.inputs.map((value) => value && replaced(value));
    const control = node.control && mapBodies(node.control, bodyPass);
    const isSame = !control && inputs.every((value, index) => value === node.inputs[index]);
    const moved = isSame ? node : { ...node, inputs, ...(control && { control }) };
    const results =
      firstResult(rules, moved, { builder, useCount }) ??
      builder.nodes(node.operator, inputs, node.attributes, node.outputs, control);
    node.outputs.forEach((output, index) => {
      const result = results[index]!;
      replacements.set(output, result);
      const count = uses.get(output) ?? 0;
      // A value that now stands for several old ones is used as often as they were together.
      usesOfNew.set(result, (usesOfNew.get(result) ?? (uses.has(result) ? uses.get(result)! : 0)) + count);
    });
  }
  return builder.build(new Map([...graph.outputs].map(([name, value]) => [name, replaced(value)])));
}

function firstResult(
  rules: readonly Rule[],
  node: Node,
  context: RewriteContext,
): readonly Value[] | undefined {
  for (const rule of rules) {
    const result = rule(node, context);
    if (result) return result;
  }
  return undefined;
}

function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value | undefined): void => {
    if (value) uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  for (const node of graph.nodes) node.inputs.forEach(use);
  for (const value of graph.outputs.values()) use(value);
  return uses;
}
