import * as tf from '@tensorflow/tfjs-core';

/**
 * What a program returned, if that is tensors by name.
 *
 * @throws {TypeError} if it is something else, such as a promise, one tensor, a list, or nothing
 */
export function requireResults(results: unknown): Record<string, tf.Tensor> {
  const isRecord = typeof results === 'object' && results !== null && !Array.isArray(results);
  if (!isRecord || results instanceof tf.Tensor || isPromise(results)) {
    throw new TypeError(
      `compile: the program must return an object of tensors by name, such as { y }, got ${describe(results)}.`,
    );
  }
  const entries = Object.entries(results);
  if (entries.length === 0)
    throw new TypeError('compile: the program must return at least one tensor, got an object without any.');
  for (const [name, result] of entries) {
    if (result instanceof tf.Tensor) continue;
    throw new TypeError(
      `compile: the program must return tensors by name, and no other values, lists or objects in them, got ${describe(result)} as "${name}".`,
    );
  }
  return results as Record<string, tf.Tensor>;
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return `${value}`;
  if (value instanceof tf.Tensor) return `one tensor of shape [${value.shape}]`;
  if (Array.isArray(value)) return 'a list';
  if (!isPromise(value)) return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  value.then(undefined, () => {}); // what it fails with afterwards, without a trace, says nothing
  return 'a promise: a traced function must not be async, and tensors have no values to wait for';
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
