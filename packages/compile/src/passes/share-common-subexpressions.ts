import type { Node, Value } from '../graph/graph.ts';
import { type Pass, type Rule, rewriteGraph } from './rewrite.ts';

/** Computes once what the program computes twice: nodes with the same operator, attributes and inputs. */
export const shareCommonSubexpressions: Pass = (graph) => {
  const identities = new Map<Value, string>();
  const known = new Map<string, readonly Value[]>();
  const share: Rule = (node, { builder }) => {
    if (node.control) return undefined;
    const key = keyOf(node, identities);
    const earlier = known.get(key);
    if (earlier) return earlier;
    const outputs = builder.nodes(node.operator, node.inputs, node.attributes, node.outputs);
    known.set(key, outputs);
    return outputs;
  };
  return rewriteGraph(graph, [share], shareCommonSubexpressions);
};

function keyOf({ operator, attributes, inputs, outputs }: Node, identities: Map<Value, string>): string {
  const operands = inputs.map((value) => (value ? identityOf(value, identities) : ''));
  const results = outputs.map(({ dtype, shape }) => `${dtype}${shape}`); // a Cast differs only in its result
  return `${operator}(${operands.join(';')})${JSON.stringify(attributes)}->${results.join(';')}`;
}

/** Small constants are equal by content, everything else by identity. */
function identityOf(value: Value, identities: Map<Value, string>): string {
  const { source, dtype, shape } = value;
  if (source.kind === 'uniform') return `${dtype}[${shape}]=${source.value}`;
  if (source.kind === 'constant' && source.data.length <= 16)
    return `${dtype}[${shape}]={${source.data.join()}}`;
  let identity = identities.get(value);
  if (identity === undefined) {
    identity = `#${identities.size}`;
    identities.set(value, identity);
  }
  return identity;
}
