/** Exit codes; 128 + the signal's number is the shell's convention. */
export const exitCodes = { success: 0, failure: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something the user should know about and can act on: shown as one line, without a stack. */
export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failure) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

/** The command was typed wrongly. */
export class UsageFailure extends Failure {
  constructor(message: string) {
    super(message, exitCodes.usage);
    this.name = 'UsageFailure';
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is not a folder',
  EEXIST: 'exists and is not a folder',
  EACCES: 'may not be accessed (permission denied)',
  EPERM: 'may not be changed (permission denied)',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'does not fit: the disk is full',
  EMFILE: 'cannot be opened: too many open files',
};

/** A file system error as a sentence about `path`; other errors unchanged. */
export function describeFileError(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  const reason = typeof code === 'string' ? reasons[code] : undefined;
  return reason ? new Failure(`${path} ${reason}.`) : error;
}
