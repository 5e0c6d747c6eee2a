import { availableParallelism } from 'node:os';
import { type OptionSpecs, type OptionValues, parseOptions } from './options.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What every command understands. */
export const commonOptions = {
  json: {
    kind: 'flag',
    description: 'write events as JSON, one per line, and nothing else, to standard output',
  },
  help: { kind: 'flag', short: 'h', description: 'show this help' },
} as const satisfies OptionSpecs;

/** How a command is started from the repository, as help and hints show it. */
export const LAUNCH = 'npx --yes pnpm@12.21.0 demo';

/** One command of the command line. */
export interface Command {
  readonly name: string;
  /** What follows the name, such as `FILE… --out DIR`. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  /** More, for its own help. */
  readonly details: string;
  readonly options: OptionSpecs;
  /** @returns the exit code, or undefined where the help was asked for */
  run(argumentList: readonly string[]): Promise<number | undefined>;
}

/** What a command is run with. */
export interface Invocation<Specs> {
  readonly values: OptionValues<Specs>;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  /** As they were typed. */
  readonly argumentList: readonly string[];
}

/** A command whose `run` gets its options checked and typed. */
export function defineCommand<const Specs extends OptionSpecs>(
  definition: Omit<Command, 'run' | 'options'> & {
    readonly options: Specs;
    readonly run: (invocation: Invocation<Specs>) => Promise<number>;
  },
): Command {
  const options = { ...definition.options, ...commonOptions };
  return {
    ...definition,
    options,
    async run(argumentList) {
      const { values, positionals } = parseOptions(argumentList, options, definition.name);
      const { help, json = false } = values as OptionValues<typeof commonOptions>;
      if (help) return undefined;
      const terminal = processTerminal({ json });
      return definition.run({ values, positionals, terminal, argumentList } as Invocation<Specs>);
    },
  };
}

/** Small models gain nothing from more threads. */
const MOST_THREADS = 4;

export const threadsOption = {
  kind: 'integer',
  minimum: 1,
  maximum: 256,
  description: `threads to compute with (default: the cores, at most ${MOST_THREADS})`,
} as const;

export function defaultThreads(): number {
  return Math.min(MOST_THREADS, availableParallelism());
}

export const seedOption = {
  kind: 'integer',
  minimum: 0,
  maximum: 2 ** 32 - 1,
  description: 'which random numbers are drawn; the same seed gives the same result (default: 1)',
} as const;

export const DEFAULT_SEED = 1;
