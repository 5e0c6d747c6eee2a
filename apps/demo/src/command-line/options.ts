import { parseArgs } from 'node:util';
import { UsageFailure } from './failure.ts';
import { suggest } from './suggestion.ts';

interface OptionBase {
  readonly description: string;
  readonly short?: string;
}

/** One option of a command; its kind decides how its value is read. */
export type OptionSpec = OptionBase &
  (
    | { readonly kind: 'flag' }
    | { readonly kind: 'text'; readonly placeholder: string }
    | { readonly kind: 'integer'; readonly minimum: number; readonly maximum?: number }
    | {
        readonly kind: 'number';
        readonly above?: number;
        readonly minimum?: number;
        readonly below?: number;
        readonly maximum?: number;
      }
    | { readonly kind: 'choice'; readonly choices: readonly string[] }
  );

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<Spec> = Spec extends { readonly kind: 'flag' }
  ? boolean
  : Spec extends { readonly kind: 'integer' | 'number' }
    ? number
    : Spec extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice
      : string;

/** The options that were given, by name. */
export type OptionValues<Specs> = { readonly [Name in keyof Specs]?: ValueOf<Specs[Name]> };

/**
 * Reads a command's arguments.
 *
 * @param caller what errors start with, such as `train`
 * @throws {UsageFailure} at the first argument that does not fit, with a suggestion where one is near
 */
export function parseOptions<const Specs extends OptionSpecs>(
  argumentList: readonly string[],
  specs: Specs,
  caller?: string,
): { values: OptionValues<Specs>; positionals: string[] } {
  const prefix = caller === undefined ? '' : `${caller}: `;
  const names = Object.keys(specs);
  const { tokens } = parseArgs({
    args: [...argumentList],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { kind, short }]) => [
        name,
        { type: kind === 'flag' ? 'boolean' : 'string', ...(short && { short }) },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const values: Record<string, boolean | number | string> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (!spec) {
      const near = token.rawName.startsWith('--') ? suggest(token.name, names) : undefined;
      const hint = near ? `Did you mean --${near}?` : '--help lists the options.';
      throw new UsageFailure(`${prefix}unknown option ${token.rawName}. ${hint}`);
    }
    values[token.name] = readValue(spec, token, prefix);
  }
  return { values: values as OptionValues<Specs>, positionals };
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function readValue(spec: OptionSpec, token: OptionToken, prefix: string): boolean | number | string {
  const fail = (expectation: string): never => {
    const got = token.value === undefined ? 'nothing' : `“${token.value}”`;
    throw new UsageFailure(`${prefix}${token.rawName} needs ${expectation}, got ${got}.`);
  };
  const { value } = token;
  switch (spec.kind) {
    case 'flag':
      return value === undefined ? true : fail('no value');
    case 'text':
      // `--out --force`: the value was forgotten.
      return value === undefined || value === '' || (!token.inlineValue && value.startsWith('--'))
        ? fail('a value')
        : value;
    case 'choice': {
      if (value !== undefined && spec.choices.includes(value)) return value;
      const near = value === undefined ? undefined : suggest(value, spec.choices);
      return fail(`one of ${spec.choices.join(', ')}${near ? ` (did you mean ${near}?)` : ''}`);
    }
    case 'integer': {
      const { minimum, maximum = Number.MAX_SAFE_INTEGER } = spec;
      const number = /^-?\d+$/.test(value ?? '') ? Number(value) : Number.NaN;
      if (number >= minimum && number <= maximum) return number;
      const upTo = spec.maximum === undefined ? ` of at least ${minimum}` : ` from ${minimum} to ${maximum}`;
      return fail(`a whole number${upTo}`);
    }
    case 'number': {
      const { above = Number.NEGATIVE_INFINITY, minimum = Number.NEGATIVE_INFINITY } = spec;
      const { below = Number.POSITIVE_INFINITY, maximum = Number.MAX_VALUE } = spec;
      const number = value?.trim() ? Number(value) : Number.NaN;
      if (number > above && number >= minimum && number < below && number <= maximum) return number;
      const bounds = [
        spec.above === undefined ? '' : ` above ${above}`,
        spec.minimum === undefined ? '' : ` of at least ${minimum}`,
        spec.below === undefined ? '' : ` below ${below}`,
        spec.maximum === undefined ? '' : ` up to ${maximum}`,
      ];
      return fail(`a number${bounds.filter(Boolean).join(' and')}`);
    }
  }
}
