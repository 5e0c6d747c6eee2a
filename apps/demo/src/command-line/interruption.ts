import { constants } from 'node:os';

/** Launchers pass on a Ctrl-C that the terminal has sent to everyone already: within this many milliseconds it is the same one. */
const SAME_SIGNAL = 1000;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What a user's Ctrl-C, or a request to terminate, becomes while something runs that must end well. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** 128 + the number of the signal that came; undefined if none did. */
  readonly exitCode: number | undefined;
  /** Signals end the process at once again. */
  [Symbol.dispose](): void;
}

/** Turns the first signal into an abort; a second one ends the process at once. */
export function interruption(): Interruption {
  const abort = new AbortController();
  let exitCode: number | undefined;
  let stoppedAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    const code = 128 + constants.signals[name];
    if (exitCode !== undefined) {
      if (performance.now() - stoppedAt > SAME_SIGNAL) process.exit(code);
      return;
    }
    exitCode = code;
    stoppedAt = performance.now();
    abort.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: abort.signal,
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}
