import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from './arguments.ts';

const parse = (...args: string[]) =>
  parseArguments(args, {
    known: ['train-gpt', 'generate-gpt', 'slow'],
    defaults: ['train-gpt', 'generate-gpt'],
  });

describe('parseArguments', () => {
  it('runs the default suites at full length unless told otherwise', () => {
    expect(parse()).toMatchObject({
      suites: ['train-gpt', 'generate-gpt'],
      quick: false,
      rounds: undefined,
      json: false,
      help: false,
    });
  });

  it('takes suites one by one or separated by commas, each once', () => {
    const { suites } = parse('--suite', 'slow,train-gpt', '--suite=slow');
    expect(suites).toEqual(['slow', 'train-gpt']);
  });

  it('reads the other options', () => {
    const args = ['--quick', '--json', '-h', '--rounds', '3', '--threads=4', '--python', '/opt/python3'];
    expect(parse(...args)).toMatchObject({
      quick: true,
      json: true,
      help: true,
      rounds: 3,
      threads: 4,
      python: '/opt/python3',
    });
  });

  it.each([
    [['--suite', 'lstm'], '--suite must be one of train-gpt, generate-gpt, slow, got "lstm"'],
    [['--rounds', '0'], '--rounds must be a positive integer, got "0"'],
    [['--rounds', '1.5'], '--rounds must be a positive integer, got "1.5"'],
    [['--threads', ''], '--threads must be a positive integer, got ""'],
    [['--fast'], "Unknown option '--fast'"],
    [['--rounds'], "Option '--rounds <value>' argument missing"],
    [['train-gpt'], 'there is nothing to do with "train-gpt"'],
  ])('refuses %j in one line', (args, message) => {
    expect(() => parse(...args)).toThrow(new UsageError(message));
  });
});
