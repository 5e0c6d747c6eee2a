import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a tfjs program in double precision: its tensors say `float32`, but hold float64.
 *
 * The kernels of tfjs's CPU backend are plain JavaScript, whose arithmetic is double precision; only the `Float32Array`s
 * they store results in round. While `program` runs, that name stands for an array of doubles. Everything is as it was
 * when this returns, so `program` must be synchronous, and `tf.getBackend()` must be `cpu`.
 *
 * @param program returns no tensor; those it finds outside stay as they are
 */
export function withDoublePrecision<T>(program: () => T): T {
  const { platform } = tf.env();
  const { isTypedArray } = platform;
  const single = globalThis.Float32Array;
  doubles ??= doublesInsteadOf(single); // once: engines compile code for each class of arrays anew
  globalThis.Float32Array = doubles;
  // In Node, tfjs asks the engine what an array is, and the engine is not fooled.
  platform.isTypedArray = (value): value is Float32Array =>
    value instanceof Float64Array || isTypedArray.call(platform, value);
  try {
    return tf.tidy(program as () => never);
  } finally {
    globalThis.Float32Array = single;
    platform.isTypedArray = isTypedArray;
  }
}

/** @throws {RangeError} unless the application has registered tfjs's CPU backend */
export function requireCpuBackend(owner: string): void {
  const registered = Object.keys(tf.engine().registryFactory);
  if (!registered.includes('cpu')) {
    throw new RangeError(
      `${owner}: tfjs's CPU backend must be registered, got ${registered.join(', ') || 'none'}. Import '@tensorflow/tfjs-backend-cpu' first.`,
    );
  }
}

/** Runs `task` on the CPU backend, then goes back to the backend that was active. */
export async function onCpuBackend<T>(task: () => T): Promise<T> {
  const active = tf.getBackend();
  await tf.setBackend('cpu');
  try {
    return task();
  } finally {
    if (active) await tf.setBackend(active);
  }
}

let doubles: Float32ArrayConstructor | undefined;

/**
 * A class of float64 arrays that takes single-precision arrays for its own, since programs hold constants of that kind,
 * and that reads a buffer as single precision.
 */
function doublesInsteadOf(single: Float32ArrayConstructor): Float32ArrayConstructor {
  class DoubleArray extends Float64Array {
    static get [Symbol.species](): Float64ArrayConstructor {
      return Float64Array; // views of its own buffers are of doubles
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      const isOf = (type: Float32ArrayConstructor | Float64ArrayConstructor): boolean =>
        Function.prototype[Symbol.hasInstance].call(type, value);
      return isOf(Float64Array) || isOf(single);
    }
    constructor(...args: [ArrayBuffer, number?, number?]) {
      super(args[0] instanceof ArrayBuffer ? new single(...args) : args[0]);
    }
  }
  return DoubleArray as unknown as Float32ArrayConstructor;
}
