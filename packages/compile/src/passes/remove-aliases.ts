import { type Node, producer, sameShape, type Value } from '../graph/graph.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

const identity: Rule = ({ operator, inputs }) => (operator === 'Identity' ? [inputs[0]!] : undefined);

const cast: Rule = ({ operator, inputs, outputs }) =>
  operator === 'Cast' && inputs[0]!.dtype === outputs[0]!.dtype ? [inputs[0]!] : undefined;

/** reshape(reshape(x)) is one reshape; a reshape to the same shape is none. */
const reshape: Rule = ({ operator, inputs, attributes, outputs }, { builder }) => {
  if (operator !== 'Reshape') return undefined;
  const [x, shape] = inputs as [Value, Value];
  const output = outputs[0]!;
  if (sameShape(x.shape, output.shape)) return [x];
  const inner = producer(x, 'Reshape')?.inputs[0];
  if (!inner) return undefined;
  return [
    sameShape(inner.shape, output.shape)
      ? inner
      : builder.node('Reshape', [inner, shape], output, attributes),
  ];
};

/** transpose(transpose(x)) is one transpose; one that moves nothing, or only axes of size one, is none or a reshape. */
const transpose: Rule = (node, { builder }) => {
  if (node.operator !== 'Transpose') return undefined;
  const outer = permutationOf(node);
  const inner = producer(node.inputs[0], 'Transpose');
  const permutation = inner ? outer.map((axis) => permutationOf(inner)[axis]!) : outer;
  const x = (inner ?? node).inputs[0]!;
  const output = node.outputs[0]!;
  const moving = permutation.filter((axis) => x.shape[axis] !== 1);
  if (moving.every((axis, index) => index === 0 || axis > moving[index - 1]!)) {
    if (sameShape(x.shape, output.shape)) return [x];
    return [builder.node('Reshape', [x, builder.integers(output.shape)], output)];
  }
  return inner ? [builder.node('Transpose', [x], output, { perm: permutation })] : undefined;
};

function permutationOf(node: Node): readonly number[] {
  return node.attributes.perm as readonly number[];
}

/** Removes what only renames a value: identities, casts to the same type, reshapes and transposes that cancel. */
export const removeAliases: Pass = rewrite(identity, cast, reshape, transpose);
