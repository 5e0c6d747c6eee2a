import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BindingSetup, openRuntime, openSession } from './runtime/open-runtime.ts';
import type { Runtime } from './runtime/runtime.ts';
import { readSessionProfile } from './runtime/session-profile.ts';

export { readOnnxFile, writeOnnxFile } from './node/onnx-file.ts';

/** Where ONNX Runtime computes in Node. */
export type NodeProvider = 'cpu' | 'cuda' | 'webgpu';

/** Options of {@link nodeRuntime}. */
export interface NodeRuntimeOptions {
  /** Default `cpu`. An operator that the provider lacks runs on the CPU. */
  readonly provider?: NodeProvider;
  /** Threads that one operator may use on the CPU; default the processor's cores. */
  readonly threads?: number;
}

/** What must be there for a provider. */
const REQUIREMENTS: Readonly<Record<NodeProvider, string>> = {
  cpu: 'Reinstall onnxruntime-node for this platform.',
  cuda: "It needs an NVIDIA GPU, CUDA 12 with cuDNN 9, and onnxruntime-node's CUDA libraries: npm install onnxruntime-node --onnxruntime-node-install=cuda12.",
  webgpu: 'It needs a GPU and its Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS) driver.',
};

/**
 * ONNX Runtime in Node through the optional peer `onnxruntime-node`. Works in worker threads too.
 *
 * @throws {Error} if `onnxruntime-node` is not installed or does not load, or if the provider does not work here
 * @throws {RangeError} if `threads` is not a positive integer or the provider is unknown
 */
export async function nodeRuntime({
  provider = 'cpu',
  threads = availableParallelism(),
}: NodeRuntimeOptions = {}): Promise<Runtime> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`nodeRuntime: threads must be a positive integer, got ${threads}.`);
  }
  if (!(provider in REQUIREMENTS)) {
    throw new RangeError(
      `nodeRuntime: provider must be one of ${Object.keys(REQUIREMENTS).join(', ')}, got ${provider}.`,
    );
  }
  const setup: BindingSetup = {
    binding: await loadBinding(),
    name: `onnxruntime-node, ${provider}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    provider,
    options: {
      executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: provider === 'cpu' ? 3 : 4, // providers print what their exceptions say
      enableMemPattern: false, // which plans one block for everything at once: nearly twice the memory
    },
    fillsOutputs: true,
    multipliesPacked: true,
  };
  try {
    return { ...(await openRuntime(setup)), profile: profiler(setup) };
  } catch (cause) {
    throw new Error(`nodeRuntime: the provider ${provider} does not work here. ${REQUIREMENTS[provider]}`, {
      cause,
    });
  }
}

/** Runs that a profile leaves out. */
const WARMUP = 2;

/** ONNX Runtime writes its profile to a file, when it is told to stop. */
function profiler(setup: BindingSetup): NonNullable<Runtime['profile']> {
  return async (model, inputs, outputs, runs) => {
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-profile-'));
    try {
      const options = { ...setup.options, enableProfiling: true, profileFilePrefix: join(folder, 'run') };
      const session = await openSession({ ...setup, options }, model);
      for (let run = 0; run < WARMUP + runs; run++) await session.run(inputs, outputs);
      session.endProfiling();
      await session.release();
      const [file] = await readdir(folder);
      return readSessionProfile(await readFile(join(folder, file!), 'utf8'), WARMUP);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function loadBinding(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new Error('nodeRuntime: onnxruntime-node does not load. Install it: npm install onnxruntime-node', {
      cause,
    });
  }
}
