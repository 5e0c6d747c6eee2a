import { fileURLToPath } from 'node:url';
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
  // OpenBLAS does not know every processor with AVX-512 and then falls back to an old kernel.
  const coreType = (await vectorExtension()) === 'AVX-512' && !process.env.OPENBLAS_CORETYPE;
  return {
    name: 'PyTorch',
    command: python,
    arguments: [SCRIPT],
    environment: {
      OMP_NUM_THREADS: `${threads}`,
      ...(coreType && { OPENBLAS_CORETYPE: 'SkylakeX' }),
    },
  };
}
