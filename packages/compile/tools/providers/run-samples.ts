import type { InferenceSession, TensorConstructor } from 'onnxruntime-common';
import { operatorSignature } from '../../src/explain/operator-signature.ts';
import { type DType, ensureGradients, type StoredData, sizeOf, type TensorData } from '../../src/index.ts';
import { encodeModel } from '../../src/onnx/encode-model.ts';
import { KERNEL_SAMPLES } from '../samples/kernel-samples.ts';
import { OP_SAMPLES } from '../samples/op-samples.ts';
import { type KernelSample, sampleInputs } from '../samples/sample.ts';
import { sampleGraph } from '../samples/sample-graph.ts';

/** Shading languages allow a sine or cosine to be off by 2⁻¹¹. */
const TOLERANCE = 1e-3;

/** A binding of ONNX Runtime, and where its profile ends up. */
export interface ProfiledBinding {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
  readonly executionProviders: InferenceSession.SessionOptions['executionProviders'];
  /** Ends the profile of a session and returns it as text. */
  endProfile(session: InferenceSession): Promise<string>;
  readonly options?: InferenceSession.SessionOptions;
}

/** What samples showed of a provider. */
export interface SampleFindings {
  /** By operator signature: the providers, such as `WebGpuExecutionProvider`, that ran it. */
  readonly providers: Record<string, string[]>;
  /** By sample and type, such as `AvgPool3D float32`: what went wrong. */
  readonly failures: Record<string, string>;
}

/**
 * Runs every sample, without ONNX Runtime's own optimizations, reads from its profile where each operator ran, and compares the results with
 * those of the CPU.
 */
export async function runSamples(binding: ProfiledBinding): Promise<SampleFindings> {
  ensureGradients();
  const providers: SampleFindings['providers'] = {};
  const failures: SampleFindings['failures'] = {};
  for (const sample of [...KERNEL_SAMPLES, ...OP_SAMPLES]) {
    for (const type of sample.types) {
      const { model, inputs } = encodeSample(sample, type);
      const expected = await runOnce(binding, model, inputs);
      try {
        const { results, profile } = await runProfiled(binding, model, inputs);
        for (const [signature, provider] of readProviders(profile)) {
          const known = providers[signature] ?? [];
          if (!known.includes(provider)) providers[signature] = [...known, provider];
        }
        const difference = differenceOf(results, expected);
        if (difference) failures[`${sample.kernel} ${type}`] = difference;
      } catch (error) {
        failures[`${sample.kernel} ${type}`] = (error as Error).message;
      }
    }
  }
  return { providers, failures };
}

type Inputs = Readonly<Record<string, TensorData | StoredData>>;
type Results = InferenceSession.ReturnType;

function encodeSample(sample: KernelSample, type: DType): { model: Uint8Array; inputs: Inputs } {
  const graph = sampleGraph(sample, type);
  const { model, passed } = encodeModel(graph);
  const masks = graph.randomInputs.map(({ value }): [string, TensorData] => {
    const name = (value.source as { name: string }).name;
    return [
      name,
      { dtype: 'float32', shape: value.shape, data: new Float32Array(sizeOf(value.shape)).fill(0.5) },
    ];
  });
  return {
    model,
    inputs: { ...sampleInputs(type), ...Object.fromEntries(passed), ...Object.fromEntries(masks) } as Inputs,
  };
}

async function runOnce(
  { InferenceSession, Tensor }: ProfiledBinding,
  model: Uint8Array,
  inputs: Inputs,
): Promise<Results> {
  const session = await InferenceSession.create(model, { graphOptimizationLevel: 'disabled' });
  const results = await session.run(feedsOf(Tensor, inputs));
  await session.release();
  return results;
}

async function runProfiled(
  { InferenceSession, Tensor, executionProviders, endProfile, options }: ProfiledBinding,
  model: Uint8Array,
  inputs: Inputs,
): Promise<{ results: Results; profile: string }> {
  const session = await InferenceSession.create(model, {
    executionProviders: executionProviders!,
    graphOptimizationLevel: 'disabled',
    enableProfiling: true,
    logSeverityLevel: 4, // failures are findings
    ...options,
  });
  try {
    const results = await session.run(feedsOf(Tensor, inputs));
    return { results, profile: await endProfile(session) };
  } catch (error) {
    await endProfile(session);
    throw error;
  } finally {
    await session.release();
  }
}

function feedsOf(Tensor: TensorConstructor, inputs: Inputs): InferenceSession.FeedsType {
  const feeds = Object.entries(inputs).map(([name, { dtype, data, shape }]) => {
    return [name, new Tensor(dtype as 'float32', data as Float32Array, shape)] as const;
  });
  return Object.fromEntries(feeds);
}

/** The first element that is another one than on the CPU. */
function differenceOf(results: Results, expected: Results): string | undefined {
  for (const [name, { data: reference }] of Object.entries(expected)) {
    const data = results[name]!.data as Float32Array;
    for (const [index, value] of (reference as Float32Array).entries()) {
      const actual = data[index]!;
      const isSame =
        Object.is(actual, value) || Math.abs(actual - value) <= TOLERANCE * Math.max(1, Math.abs(value));
      if (!isSame && actual !== value) return `${actual} instead of ${value}`;
    }
  }
  return undefined;
}

interface ProfiledNode {
  readonly cat: string;
  readonly name: string;
  readonly args?: {
    readonly op_name: string;
    readonly provider: string;
    readonly input_type_shape: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

function readProviders(profile: string): [signature: string, provider: string][] {
  const nodes = (JSON.parse(profile) as ProfiledNode[]).filter(
    ({ cat, name, args }) =>
      cat === 'Node' && name.endsWith('_kernel_time') && !args!.op_name.startsWith('Memcpy'),
  );
  return nodes.map(({ args }) => {
    const values = (entries: readonly Readonly<Record<string, readonly number[]>>[]) =>
      entries.flatMap((entry) =>
        Object.entries(entry).map(([type, shape]) => ({ dtype: type === 'float' ? 'float32' : type, shape })),
      );
    const signature = operatorSignature({
      operator: args!.op_name,
      inputs: values(args!.input_type_shape),
      outputs: values(args!.output_type_shape),
    });
    return [signature, args!.provider];
  });
}
