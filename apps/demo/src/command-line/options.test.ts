import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';
import { suggest } from './suggestion.ts';

const specs = {
  quiet: { kind: 'flag', description: '' },
  out: { kind: 'text', placeholder: 'DIR', description: '' },
  steps: { kind: 'integer', minimum: 1, maximum: 9, description: '' },
  rate: { kind: 'number', above: 0, below: 1, description: '' },
  size: { kind: 'choice', choices: ['small', 'large'], description: '' },
} as const;

it('reads options of every kind, in both spellings, among positionals', () => {
  const line = 'a --quiet --out x b --steps=3 --rate 0.5 --size large -- --c';
  expect(parseOptions(line.split(' '), specs)).toEqual({
    values: { quiet: true, out: 'x', steps: 3, rate: 0.5, size: 'large' },
    positionals: ['a', 'b', '--c'],
  });
});

it.each([
  ['--steps 0', '--steps needs a whole number from 1 to 9, got “0”.'],
  ['--steps 1.5', '--steps needs a whole number from 1 to 9, got “1.5”.'],
  ['--rate 1', '--rate needs a number above 0 and below 1, got “1”.'],
  ['--out', '--out needs a value, got nothing.'],
  ['--out --quiet', '--out needs a value, got “--quiet”.'],
  ['--quiet=yes', '--quiet needs no value, got “yes”.'],
  ['--size lrge', '--size needs one of small, large (did you mean large?), got “lrge”.'],
  ['--toString 1', 'unknown option --toString. --help lists the options.'],
  ['-x', 'unknown option -x. --help lists the options.'],
])('refuses %s', (line, message) => {
  expect(() => parseOptions(line.split(' '), specs)).toThrow(message);
});

it('suggests what is near or the only one that was begun, and nothing else', () => {
  expect(suggest('gnerate', ['generate', 'train'])).toBe('generate');
  expect(suggest('tr', ['generate', 'train'])).toBe('train');
  expect(suggest('xyz', ['generate', 'train'])).toBeUndefined();
});
