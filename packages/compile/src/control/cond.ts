import * as tf from '@tensorflow/tfjs-core';
import { inBranches } from '../random/randomness.ts';
import { ShapeError } from '../tensor-data.ts';
import { isTracing, traceBackend } from '../trace/trace-backend.ts';
import { COND, type CondAttributes } from './cond-kernel.ts';
import type { TensorRecord } from './tensor-record.ts';
import { traceBody } from './trace-body.ts';

/**
 * One of two branches, chosen when the program runs. Only the chosen one is computed, in the backward pass too (which computes the
 * branch again: nothing is kept for it). Both may use any tensor around them, and all of it has a gradient.
 *
 * @param predicate a bool scalar; a plain boolean chooses while the program is traced
 * @param whenTrue  pure; returns tensors by name
 * @param whenFalse pure; returns tensors of the same names, types and shapes
 * @throws {ShapeError} if the branches return different names, types or shapes
 * @example
 * const { y } = cond(isWarm, () => ({ y: tf.mul(x, 2) }), () => ({ y: tf.relu(x) }));
 */
export function cond<Name extends string>(
  predicate: tf.Tensor | boolean,
  whenTrue: () => TensorRecord<Name>,
  whenFalse: () => TensorRecord<Name>,
): TensorRecord<Name> {
  if (typeof predicate === 'boolean') return predicate ? whenTrue() : whenFalse();
  if (predicate.dtype !== 'bool' || predicate.size !== 1) {
    throw new TypeError(
      `cond: predicate must be a bool scalar or a boolean, got ${predicate.dtype} [${predicate.shape}].`,
    );
  }
  if (!isTracing()) return inBranches(whenTrue, whenFalse)[predicate.dataSync()[0] ? 0 : 1]();
  return recorded(predicate, whenTrue, whenFalse) as TensorRecord<Name>;
}

function recorded(
  predicate: tf.Tensor,
  whenTrue: () => TensorRecord,
  whenFalse: () => TensorRecord,
): TensorRecord {
  const described: string[] = [];
  let names: string[] = [];
  const [first, second] = inBranches(whenTrue, whenFalse).map((branch) =>
    traceBody(() => {
      const results = branch();
      names = Object.keys(results).sort();
      described.push(
        names.map((name) => `${name}: ${results[name]!.dtype}[${results[name]!.shape}]`).join(', '),
      );
      return names.map((name) => results[name]!);
    }, []),
  );
  if (described[0] !== described[1]) {
    throw new ShapeError(
      `cond: both branches must return the same names, types and shapes, got { ${described[0]} } and { ${described[1]} }.`,
    );
  }
  const attributes: CondAttributes = { whenTrue: first!, whenFalse: second! };
  const captured = [...first!.captures, ...second!.captures].map(({ tensor }) => tensor);
  // A tensor of its own for the predicate: the tape must not lead from the choice to it.
  const backend = traceBackend();
  const chosen = backend.tensor(backend.valueFor(predicate));
  const inputs = Object.fromEntries([chosen, ...captured].entries());
  const result = tf.engine().runKernel(COND, inputs, attributes as unknown as tf.NamedAttrMap);
  const results = Array.isArray(result) ? result : [result as tf.Tensor];
  return Object.fromEntries(names.map((name, index) => [name, results[index]!]));
}
