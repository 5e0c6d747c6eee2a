import demoPackage from '../../package.json' with { type: 'json' };
import type { Command } from './command.ts';
import { classifyCommand } from './commands/classify.ts';
import { demoCommand } from './commands/demo.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { generateCommand } from './commands/generate.ts';
import { ngramCommands } from './commands/ngram/index.ts';
import { recipesCommand } from './commands/recipes.ts';
import { trainCommand } from './commands/train.ts';
import { exitCodes, Failure, UsageFailure } from './failure.ts';
import { formatCommandHelp, formatHelp } from './help.ts';
import { suggest } from './suggestion.ts';

const commands: readonly Command[] = [
  demoCommand,
  trainCommand,
  generateCommand,
  evaluateCommand,
  classifyCommand,
  recipesCommand,
  ...ngramCommands,
];

async function run(argumentList: readonly string[]): Promise<number> {
  const [first, ...rest] = argumentList;
  if (first === '--help' || first === '-h' || first === 'help') return print(formatHelp(commands));
  if (first === '--version') return print(demoPackage.version);
  if (first === undefined || first.startsWith('-')) return runCommand(demoCommand, argumentList);
  // `ngram train` is one command.
  const [second = '', ...others] = rest;
  const pair = commands.find(({ name }) => name === `${first} ${second}`);
  if (pair) return runCommand(pair, others);
  if (commands.some(({ name }) => name.startsWith(`${first} `))) {
    if (['', '-h', '--help'].includes(second)) {
      return print(formatHelp(commands.filter(({ name }) => name.startsWith(`${first} `))));
    }
    return runCommand(commandNamed(`${first} ${second}`), others);
  }
  return runCommand(commandNamed(first), rest);
}

async function runCommand(command: Command, argumentList: readonly string[]): Promise<number> {
  return (await command.run(argumentList)) ?? print(formatCommandHelp(command));
}

function commandNamed(name: string): Command {
  const command = commands.find((command) => command.name === name);
  if (command) return command;
  const near = suggest(
    name,
    commands.map((command) => command.name),
  );
  throw new UsageFailure(
    `unknown command ${name}. ${near ? `Did you mean ${near}?` : '--help lists the commands.'}`,
  );
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return exitCodes.success;
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.success);
});

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`wordloom: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
