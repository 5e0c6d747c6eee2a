import { type Command, LAUNCH } from './command.ts';
import type { OptionSpec, OptionSpecs } from './options.ts';

/** What `--help` says without a command. */
export function formatHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name, usage }) => `${name} ${usage}`.length));
  return [
    'Train language models on your own text, and let them write.',
    '',
    `Usage: ${LAUNCH} [COMMAND] [OPTIONS]`,
    '',
    'Commands:',
    ...commands.map(({ name, usage, summary }) => `  ${`${name} ${usage}`.padEnd(width)}  ${summary}`),
    '',
    'Without a command, demo runs. Every command has --help and --json; --version shows the version.',
    'NO_COLOR=1 turns color off. Exit codes: 0 done, 1 failed, 2 typed wrongly, 130 interrupted.',
  ].join('\n');
}

/** What `--help` says for one command. */
export function formatCommandHelp({ name, usage, summary, details, options }: Command): string {
  return [
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    '',
    `Usage: ${[LAUNCH, name, usage].filter(Boolean).join(' ')} [OPTIONS]`,
    '',
    details,
    '',
    'Options:',
    ...formatOptions(options),
  ].join('\n');
}

function formatOptions(options: OptionSpecs): string[] {
  const named = Object.entries(options).map(([name, spec]) => ({ name: formatName(name, spec), spec }));
  const width = Math.max(...named.map(({ name }) => name.length));
  return named.flatMap(({ name, spec }) => {
    const line = `  ${name.padEnd(width)}  ${spec.description}`;
    return spec.kind === 'choice'
      ? [line, `  ${''.padEnd(width)}  one of ${spec.choices.join(', ')}`]
      : [line];
  });
}

function formatName(name: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  return `${short}--${name}${formatValue(spec)}`;
}

function formatValue(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'flag':
      return '';
    case 'text':
      return ` ${spec.placeholder}`;
    case 'choice':
      return ' NAME';
    case 'integer':
    case 'number':
      return ' N';
  }
}
