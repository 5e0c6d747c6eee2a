import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, test } from 'vitest';
import { type NodeProvider, nodeRuntime } from '../src/node.ts';
import { type WebProvider, webRuntime } from '../src/web.ts';
import { fewSteps } from './few-steps.ts';

const PROGRAM = new URL('./few-steps-process.ts', import.meta.url);
const LOADER = ['--conditions=@wordloom/source', '--import', import.meta.resolve('tsx')];
/** Chromium brings a GPU in software, with its loader. */
const CHROMIUM = '/usr/lib/chromium';
const SOFTWARE_GPU = `${CHROMIUM}/vk_swiftshader_icd.json`;

let expected: number[];
beforeAll(async () => {
  expected = await fewSteps(await nodeRuntime({ threads: 1 }));
});

function expectSameLosses(losses: readonly number[]): void {
  expect(losses).toHaveLength(expected.length);
  for (const [step, loss] of losses.entries()) expect(loss, `step ${step}`).toBeCloseTo(expected[step]!, 4);
}

describe('nodeRuntime', () => {
  test('trains', () => {
    expect(expected[0]).toBeCloseTo(Math.log(20), 0);
    expect(expected.at(-1)!).toBeLessThan(expected[0]! - 0.1);
  });

  test('works in a worker thread', async () => {
    // Node 20 starts workers without the loader of TypeScript: the program loads it itself.
    const start = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register(); await import('${PROGRAM}');`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(start)}`);
    const worker = new Worker(url, { workerData: 'cpu', execArgv: ['--conditions=@wordloom/source'] });
    const [losses] = (await once(worker, 'message')) as [number[]];
    await worker.terminate();
    expectSameLosses(losses);
  });

  test.skipIf(!existsSync(SOFTWARE_GPU))('gives the same on WebGPU', async () => {
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      LD_LIBRARY_PATH: CHROMIUM,
      VK_ICD_FILENAMES: SOFTWARE_GPU,
    };
    const program = [...LOADER, fileURLToPath(PROGRAM), 'webgpu'];
    const { stdout } = await promisify(execFile)(process.execPath, program, { env });
    expectSameLosses(JSON.parse(stdout) as number[]);
  });

  test('names what a provider needs that does not work here, and refuses unknown ones', async () => {
    const opened = nodeRuntime({ provider: 'cuda' });
    await opened.catch((error: Error) => {
      expect(error.message).toContain(
        'nodeRuntime: the provider cuda does not work here. It needs an NVIDIA GPU',
      );
      expect(error.cause).toBeInstanceOf(Error);
    });
    await expect(nodeRuntime({ provider: 'tpu' as NodeProvider })).rejects.toThrow(
      'nodeRuntime: provider must be one of cpu, cuda, webgpu, got tpu.',
    );
    await expect(nodeRuntime({ threads: 0 })).rejects.toThrow('threads must be a positive integer, got 0');
  });
});

describe('webRuntime', () => {
  test('gives the same on WebAssembly', async () => {
    expectSameLosses(await fewSteps(await webRuntime({ threads: 1 })));
  });

  test('says where WebGPU is missing, and refuses unknown providers', async () => {
    await expect(webRuntime({ provider: 'webgpu' })).rejects.toThrow(
      'webRuntime: the provider webgpu does not work here: there is no navigator.gpu.',
    );
    await expect(webRuntime({ provider: 'webgl' as WebProvider })).rejects.toThrow(
      'webRuntime: provider must be wasm or webgpu, got webgl.',
    );
  });
});
