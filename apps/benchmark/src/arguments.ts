import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchmarkOptions {
  readonly suites: readonly string[];
  readonly quick: boolean;
  /** Undefined: each case's own number. */
  readonly rounds: number | undefined;
  readonly threads: number;
  /** Undefined: Debian's Python, then the one on the path. */
  readonly python: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command line is wrong; the message says how, in a line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws {UsageError} if an option is unknown, lacks its value or has a wrong one */
export function parseArguments(
  args: readonly string[],
  { known, defaults }: { readonly known: readonly string[]; readonly defaults: readonly string[] },
): BenchmarkOptions {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) throw new UsageError(`there is nothing to do with "${positionals[0]}"`);
  const suites = (values.suite ?? []).flatMap((names) => names.split(','));
  const unknown = suites.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--suite must be one of ${known.join(', ')}, got "${unknown}"`);
  }
  return {
    suites: suites.length > 0 ? [...new Set(suites)] : defaults,
    quick: values.quick ?? false,
    rounds: values.rounds === undefined ? undefined : positiveInteger('rounds', values.rounds),
    threads:
      values.threads === undefined ? availableParallelism() : positiveInteger('threads', values.threads),
    python: values.python,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

const OPTIONS = {
  suite: { type: 'string', multiple: true },
  quick: { type: 'boolean' },
  rounds: { type: 'string' },
  threads: { type: 'string' },
  python: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [firstSentence] = (error as Error).message.split(/[.\n]/, 1);
    throw new UsageError(firstSentence!);
  }
}

function positiveInteger(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`--${name} must be a positive integer, got "${text}"`);
  }
  return value;
}
