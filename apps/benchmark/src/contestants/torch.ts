import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
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
 * OpenBLAS with OpenMP shares PyTorch's threads. The variant with threads of its own, which Debian prefers where both are installed, has its threads and PyTorch's
 * wait for each other, spinning: steps of a small model take up to three times as long, and differ from process to process.
 *
 * OMP_WAIT_POLICY stays unset: GNU OpenMP then spins for about 10 ms after a parallel region and sleeps afterwards.
 * `PASSIVE` never spins, but makes PyTorch's training step one and a half times as slow; `ACTIVE` is no faster and takes a
 * whole core while it waits.
 */
export async function torchLaunch(python: string, threads: number): Promise<Launch> {
  const library = await openMpOpenBlas();
  const libraryPath =
    library === undefined
      ? {}
      : { LD_LIBRARY_PATH: [library, process.env.LD_LIBRARY_PATH ?? []].flat().join(':') };
  // OpenBLAS does not know every processor with AVX-512 and then falls back to an old kernel; where it knows it, its choice is the best.
  const isSlow =
    (await vectorExtension()) === 'AVX-512' &&
    !process.env.OPENBLAS_CORETYPE &&
    !AVX512_CORES.has(await openBlasCore(python, libraryPath));
  return {
    name: 'PyTorch',
    command: python,
    arguments: [SCRIPT],
    environment: {
      OMP_NUM_THREADS: `${threads}`,
      ...libraryPath,
      ...(isSlow && { OPENBLAS_CORETYPE: 'SkylakeX' }),
    },
  };
}

/** OpenBLAS's kernels that use AVX-512. */
const AVX512_CORES: ReadonlySet<string | undefined> = new Set(['SkylakeX', 'Cooperlake', 'Sapphirerapids']);

/** The folder of Debian's OpenBLAS with OpenMP; undefined where it is not installed. */
async function openMpOpenBlas(): Promise<string | undefined> {
  const systems = await readdir('/usr/lib').catch(() => []);
  return systems
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => `/usr/lib/${name}/openblas-openmp`)
    .find((folder) => existsSync(folder));
}

/** The kernels that OpenBLAS chooses by itself; undefined where it does not say. */
async function openBlasCore(
  python: string,
  libraryPath: Record<string, string>,
): Promise<string | undefined> {
  const environment = { ...process.env, ...libraryPath, OPENBLAS_VERBOSE: '2' };
  const { stdout, stderr } = await promisify(execFile)(python, ['-c', 'import torch'], {
    env: environment,
  }).catch(() => ({ stdout: '', stderr: '' }));
  return /^Core: (\w+)/m.exec(stdout + stderr)?.[1];
}
