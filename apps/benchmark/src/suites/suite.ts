import type { BenchmarkRecord } from '../report/record.ts';

/** What a suite is run with. */
export interface SuiteContext {
  /** A few rounds only, to see that everything works. */
  readonly quick: boolean;
  /** Overrides each case's number of rounds. */
  readonly rounds: number | undefined;
  /** Threads of every contestant. */
  readonly threads: number;
  /** The Python that has PyTorch. */
  readonly python: string;
  readonly signal: AbortSignal;
  /** Says what is going on, in a few words. */
  readonly progress: (text: string) => void;
}

export interface SuiteResult {
  readonly records: readonly BenchmarkRecord[];
  readonly versions: Readonly<Record<string, string>>;
  /** What was left out and why, and what makes figures doubtful. */
  readonly notes: readonly string[];
  /** What must not be: work that differs from the peer's, a promise not kept. */
  readonly failures: readonly string[];
}

export interface Suite {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Whether it runs only when named. */
  readonly onRequest?: boolean;
  run(context: SuiteContext): Promise<SuiteResult>;
}
