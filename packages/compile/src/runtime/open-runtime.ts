import type { InferenceSession, TensorConstructor } from 'onnxruntime-common';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { OnnxSession } from './onnx-session.ts';
import type { ExecutionProvider, Runtime } from './runtime.ts';

/** An ONNX Runtime binding, and how its sessions are made. */
export interface BindingSetup {
  readonly binding: {
    readonly InferenceSession: {
      create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
    };
    readonly Tensor: TensorConstructor;
  };
  readonly name: string;
  readonly provider: ExecutionProvider;
  readonly options: InferenceSession.SessionOptions;
  /** Whether results are written into the arrays of the output tensors. */
  readonly fillsOutputs: boolean;
  /** See {@link Runtime}. */
  readonly multipliesPacked: boolean;
}

/** A runtime, once a first session shows that the execution provider works: not every one that is listed does. */
export async function openRuntime(setup: BindingSetup): Promise<Runtime> {
  const session = await openSession(setup, smallestModel());
  await session.release();
  const { name, provider, multipliesPacked } = setup;
  return { name, provider, multipliesPacked, createSession: (model) => openSession(setup, model) };
}

export async function openSession(setup: BindingSetup, model: Uint8Array): Promise<OnnxSession> {
  const { binding, options, fillsOutputs } = setup;
  const session = await binding.InferenceSession.create(model, options);
  return new OnnxSession(session, { Tensor: binding.Tensor, fillsOutputs });
}

function smallestModel(): Uint8Array {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [1] });
  return encodeModel(builder.build(new Map([['y', builder.node('Neg', [x], x)]]))).model;
}
