import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  /** The widest vectors of an x86 processor, which matrix products live by; null where it is not known. */
  readonly vectors: 'AVX-512' | 'AVX2' | null;
  readonly cores: number;
  readonly memoryGibibytes: number;
  readonly system: string;
  /** Runnable processes over the last minute before the run: well above 0, the machine was not quiet. */
  readonly loadAverage: number;
}

export async function describeMachine(): Promise<Machine> {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    vectors: await vectorExtension(),
    cores: availableParallelism(),
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    loadAverage: loadavg()[0]!,
  };
}

/** Of Linux only. */
export async function vectorExtension(): Promise<Machine['vectors']> {
  const flags = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  if (flags.includes(' avx512f ')) return 'AVX-512';
  return flags.includes(' avx2 ') ? 'AVX2' : null;
}

/** The commit of the sources, with `+changes` if files differ from it; null outside a git checkout. */
export async function describeCommit(): Promise<string | null> {
  const cwd = import.meta.dirname;
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    const changes = await git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      ':/packages',
      ':/apps/benchmark/src',
    );
    return changes ? `${commit}+changes` : commit;
  } catch {
    return null;
  }
}
