import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BenchmarkOptions, parseArguments, UsageError } from './arguments.ts';
import { describeCommit, describeMachine } from './report/environment.ts';
import { type ResultsDocument, writeResults } from './report/results-file.ts';
import { renderTable } from './report/table.ts';
import type { Suite } from './suites/suite.ts';
import { SUITES } from './suites/suites.ts';

/** The command `pnpm benchmark`. Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted. */
async function main(): Promise<number> {
  let options: BenchmarkOptions;
  try {
    options = parseArguments(process.argv.slice(2), {
      known: SUITES.map(({ name }) => name),
      defaults: SUITES.filter(({ onRequest }) => !onRequest).map(({ name }) => name),
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`benchmark: ${error.message}. See pnpm benchmark --help.\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(helpText());
    return 0;
  }
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  try {
    let failed = false;
    const documents: Record<string, ResultsDocument> = {};
    for (const name of options.suites) {
      const suite = SUITES.find((candidate) => candidate.name === name)!;
      const { document, failures } = await runSuite(suite, options, interrupt.signal);
      documents[name] = document;
      failed ||= failures.length > 0;
      if (!options.json) process.stdout.write(`${renderSuite(suite, document)}\n\n`);
      for (const failure of failures) process.stderr.write(`benchmark: ${failure}\n`);
      if (!options.quick && failures.length === 0) await writeResults(resultsPath(name), document);
    }
    if (options.json) process.stdout.write(`${JSON.stringify(documents, null, 2)}\n`);
    return failed ? 1 : 0;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    process.stderr.write(`benchmark: ${(error as Error).message}\n`);
    return 1;
  }
}

async function runSuite(
  suite: Suite,
  { quick, rounds, threads, python }: BenchmarkOptions,
  signal: AbortSignal,
): Promise<{ document: ResultsDocument; failures: readonly string[] }> {
  const machine = await describeMachine();
  const { records, versions, notes, failures } = await suite.run({
    quick,
    rounds,
    threads,
    python: python ?? (await defaultPython()),
    signal,
    progress: (text) => showProgress(`${suite.name}, ${text}`),
  });
  showProgress('');
  const document = {
    machine,
    versions: { Node: process.versions.node, ...versions },
    commit: await describeCommit(),
    date: new Date().toISOString(),
    notes: [...notes, ...(threads === machine.cores ? [] : [`${threads} threads`])],
    records,
  };
  return { document, failures };
}

function renderSuite({ name, summary }: Suite, { machine, records, notes }: ResultsDocument): string {
  const title = `${name}: ${summary}`;
  const { processor, vectors, cores, loadAverage } = machine;
  const place = `${[processor, vectors, `${cores} cores`].filter(Boolean).join(', ')}, load ${loadAverage.toFixed(1)} at the start`;
  return [title, place, '', renderTable(records), ...notes.map((note) => `note: ${note}`)].join('\n');
}

/** Debian's own Python has Debian's PyTorch; another that stands first on the path has not. */
async function defaultPython(): Promise<string> {
  const debian = '/usr/bin/python3';
  return (await stat(debian).catch(() => undefined)) ? debian : 'python3';
}

/** One line that overwrites itself, on terminals only. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function resultsPath(suite: string): string {
  return fileURLToPath(new URL(`../results/${suite}.json`, import.meta.url));
}

function helpText(): string {
  const suites = SUITES.map(
    ({ name, summary, onRequest }) =>
      `  ${name.padEnd(22)}${summary}${onRequest ? ' (only when named)' : ''}\n`,
  );
  return `Measures Wordloom beside its peers, in turns, and writes apps/benchmark/results/<suite>.json.

Usage: pnpm benchmark [options]

  --suite NAME[,NAME]  the suites to run; default all but those that run only when named
  --quick              two rounds to see that everything works; writes no results
  --rounds N           rounds of turns; default each case's own
  --threads N          threads of every contestant; default the processor's cores
  --python PATH        the Python that has PyTorch; default /usr/bin/python3, else python3
  --json               prints the results as JSON instead of a table
  --help               this text

Suites
${suites.join('')}`;
}

process.exitCode = await main();
