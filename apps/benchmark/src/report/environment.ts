import { execFile } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGibibytes: number;
  readonly system: string;
  /** Runnable processes over the last minute before the run: well above 0, the machine was not quiet. */
  readonly loadAverage: number;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    loadAverage: loadavg()[0]!,
  };
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
