import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { versionsOf } from './versions.ts';

/** What Wordloom's calls are given to compute with. */
export interface Engine {
  /** Absent: eagerly on the active tfjs backend. */
  readonly runtime?: Runtime;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Loads an engine into this process.
 *
 * tfjs-wasm runs with SIMD on one thread. Its threads do not work in Node: tfjs-backend-wasm 4.22 switches them off there, and
 * forced on, its workers fail to start, because Node's take no blob URL.
 */
export async function loadEngine(engine: 'wordloom' | 'tfjs-wasm', threads: number): Promise<Engine> {
  if (engine === 'wordloom') {
    return { runtime: await nodeRuntime({ threads }), versions: versionsOf('onnxruntime-node') };
  }
  await import('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs-backend-wasm does not start.');
  return { versions: versionsOf('@tensorflow/tfjs-backend-wasm') };
}
