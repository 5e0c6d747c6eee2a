/**
 * Which dotted names are meant: a glob, a regular expression, or several of them, of which one must match.
 *
 * In a glob, `*` stands for any characters but the dot, `?` for one of them, `**` for any characters, dots included, and
 * `{a,b}` for either. `**.` at the start also stands for nothing. A glob covers the whole name; a regular expression may match any part
 * of it.
 */
export type NamePattern = string | RegExp | readonly (string | RegExp)[];

/**
 * A pattern as a function of names.
 *
 * @throws {RangeError} if the braces of a glob do not pair
 * @example
 * const isBias = nameMatcher('**.bias');
 * isBias('blocks.0.attention.query.bias'); // true
 * new AdamW(parameters, { decays: (name) => !isBias(name) });
 */
export function nameMatcher(pattern: NamePattern): (name: string) => boolean {
  const patterns = typeof pattern === 'string' || pattern instanceof RegExp ? [pattern] : pattern;
  const expressions = patterns.map((each) =>
    typeof each === 'string' ? globExpression(each) : stateless(each),
  );
  return (name) => expressions.some((expression) => expression.test(name));
}

/** Like {@link nameMatcher}; a name is also meant where the pattern matches a module that it stands below. */
export function namePathMatcher(pattern: NamePattern): (name: string) => boolean {
  const matches = nameMatcher(pattern);
  return (name) => {
    const parts = name.split('.');
    return parts.some((_, index) => matches(parts.slice(0, index + 1).join('.')));
  };
}

/** A pattern as error messages show it. */
export function describePattern(pattern: NamePattern): string {
  return Array.isArray(pattern) ? `[${pattern.join(', ')}]` : String(pattern);
}

const GLOB_PARTS: Readonly<Record<string, string>> = {
  '**.': '(?:.*\\.)?',
  '**': '.*',
  '*': '[^.]*',
  '?': '[^.]',
  '{': '(?:',
  '}': ')',
};

function globExpression(glob: string): RegExp {
  let open = 0;
  const source = glob.replace(/\*\*\.|\*\*|[^\w]/g, (part, offset: number) => {
    if (part === '{') open++;
    if (part === '}' && --open < 0) throw unpaired(glob);
    if (part === ',') return open > 0 ? '|' : ',';
    // Only after a dot or at the start is `**.` a run of whole parts.
    if (part === '**.' && offset > 0 && !'.{,'.includes(glob[offset - 1]!)) return '.*\\.';
    return GLOB_PARTS[part] ?? `\\${part}`;
  });
  if (open !== 0) throw unpaired(glob);
  return new RegExp(`^${source}$`);
}

function unpaired(glob: string): RangeError {
  return new RangeError(`nameMatcher: pattern must close every brace it opens, got '${glob}'.`);
}

/** Without the flags that make `test` remember where it stopped. */
function stateless({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags.replace(/[gy]/g, ''));
}
