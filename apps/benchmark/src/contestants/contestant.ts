import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Job, Ready, Turn, Unavailable } from './protocol.ts';

/** One side of a comparison, ready for turns. */
export interface Contestant {
  readonly name: string;
  readonly ready: Ready;
  turn(count: number): Promise<Turn>;
  stop(): Promise<void>;
}

/** How a contestant's process is started. */
export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A contestant that cannot run here, and why. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/**
 * Starts a contestant in a process of its own, which speaks one JSON object a line.
 *
 * @param signal ends the process
 * @throws {UnavailableError} if the program is not installed or says that it cannot run
 * @throws {Error} with the process's last words, if it fails in any other way
 */
export async function startContestant(launch: Launch, job: Job, signal?: AbortSignal): Promise<Contestant> {
  const lines = new LineProcess(launch, signal);
  const ready = await lines.request<Ready | Unavailable>(job);
  if ('unavailable' in ready) {
    await lines.stop();
    throw new UnavailableError(ready.unavailable);
  }
  return {
    name: launch.name,
    ready,
    turn: (count) => lines.request<Turn>({ count }),
    stop: () => lines.stop(),
  };
}

/** A child process that answers each line with a line. */
class LineProcess {
  readonly #launch: Launch;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #failure: Error | undefined;
  #errorText = '';

  constructor(launch: Launch, signal: AbortSignal | undefined) {
    this.#launch = launch;
    const env = { ...process.env, ...launch.environment };
    this.#child = spawn(launch.command, launch.arguments, { env, ...(signal && { signal }) });
    this.#child.on('error', (error) => {
      this.#failure = error;
    });
    this.#child.stdin.on('error', () => {}); // a broken pipe shows as the missing answer
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errorText = (this.#errorText + text).slice(-4000);
    });
    this.#closed = once(this.#child, 'close').catch(() => {}); // 'error' is kept above
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async request<Answer>(message: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw await this.#end();
    try {
      return JSON.parse(value) as Answer;
    } catch {
      this.#child.kill();
      throw new Error(`${this.#launch.name} printed what is no JSON: ${value}`);
    }
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
  }

  /** Why there was no answer. */
  async #end(): Promise<Error> {
    await this.#closed;
    const { name, command } = this.#launch;
    const code = (this.#failure as NodeJS.ErrnoException | undefined)?.code;
    if (code === 'ENOENT') return new UnavailableError(`there is no ${command}`);
    if (this.#failure) return this.#failure;
    const lastWords = this.#errorText.trim().split('\n').slice(-3).join(' ');
    const { exitCode, signalCode } = this.#child;
    return new Error(`${name} ended with ${signalCode ?? `exit code ${exitCode}`}: ${lastWords}`);
  }
}
