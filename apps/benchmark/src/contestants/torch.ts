import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { vectorExtension } from '../report/environment.ts';
import type { Launch } from './contestant.ts';

const SCRIPT = fileURLToPath(new URL('../../peers/torch_peer.py', import.meta.url));

/** What to tell somebody whose Python has no PyTorch. */
export const TORCH_SETUP = 'on Debian: apt-get install python3-torch libopenblas0-openmp';

/**
 * PyTorch on the CPU, at its best settings.
 *
 * OMP_WAIT_POLICY stays unset: GNU OpenMP then spins for about 10 ms after a parallel region and sleeps afterwards.
 * `PASSIVE` never spins, but makes PyTorch's training step one and a half times as slow; `ACTIVE` is no faster and takes a
 * whole core while it waits.
 */
export async function torchLaunch(python: string, threads: number): Promise<Launch> {
  // OpenBLAS does not know every processor with AVX-512 and then falls back to an old kernel; where it knows it, its choice is the best.
  const isSlow =
    (await vectorExtension()) === 'AVX-512' &&
    !process.env.OPENBLAS_CORETYPE &&
    !AVX512_CORES.has(await openBlasCore(python));
  return {
    name: 'PyTorch',
    command: python,
    arguments: [SCRIPT],
    environment: {
      OMP_NUM_THREADS: `${threads}`,
      ...(isSlow && { OPENBLAS_CORETYPE: 'SkylakeX' }),
    },
  };
}

/** OpenBLAS's kernels that use AVX-512. */
const AVX512_CORES: ReadonlySet<string | undefined> = new Set(['SkylakeX', 'Cooperlake', 'Sapphirerapids']);

/** The kernels that OpenBLAS chooses by itself; undefined where it does not say. */
async function openBlasCore(python: string): Promise<string | undefined> {
  const environment = { ...process.env, OPENBLAS_VERBOSE: '2' };
  const { stdout, stderr } = await promisify(execFile)(python, ['-c', 'import torch'], {
    env: environment,
  }).catch(() => ({ stdout: '', stderr: '' }));
  return /^Core: (\w+)/m.exec(stdout + stderr)?.[1];
}
