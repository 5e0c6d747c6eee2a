import type * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../../src/graph/graph.ts';
import { withRandomness } from '../../src/index.ts';
import { optimize } from '../../src/passes/optimize.ts';
import type { DType } from '../../src/tensor-data.ts';
import { trace } from '../../src/trace/trace.ts';
import { type KernelSample, sampleInputs } from './sample.ts';

/** The graph of a sample, as it runs on WebGPU. */
export function sampleGraph({ program }: KernelSample, type: DType): Graph {
  const traced = trace((tensors) => {
    const draw = { seed: 0, step: 0 };
    const results = [withRandomness(draw, () => program(tensors as never))].flat() as tf.Tensor[];
    return Object.fromEntries(results.map((tensor, index) => [`y${index}`, tensor]));
  }, sampleInputs(type));
  return optimize(traced, { multipliesPacked: true, provider: 'webgpu' });
}
