/**
 * Reads JSON that a stranger may have written: UTF-8, an object, no key twice in one object, nothing nested deeper than
 * `maxDepth`. `JSON.parse` alone takes the last of two equal keys and any depth.
 *
 * @param what   how errors call it, such as "the header"
 * @param refuse makes the error of a problem
 */
export function parseUniqueJson(
  bytes: Uint8Array,
  maxDepth: number,
  what: string,
  refuse: (problem: string) => Error,
): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw refuse(`${what} must begin with {`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse(`${what} must be UTF-8`);
  }
  requireFlatAndUnique(text, maxDepth, what, refuse);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw refuse(`${what} must be JSON: ${(error as Error).message}`);
  }
}

function requireFlatAndUnique(
  text: string,
  maxDepth: number,
  what: string,
  refuse: (problem: string) => Error,
): void {
  const scopes: (Set<string> | undefined)[] = []; // the keys of each open object; undefined for an array
  let expectsKey = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '{' || character === '[') {
      scopes.push(character === '{' ? new Set() : undefined);
      expectsKey = character === '{';
      if (scopes.length > maxDepth) throw refuse(`${what} must be at most ${maxDepth} levels deep`);
    } else if (character === '}' || character === ']') {
      scopes.pop();
    } else if (character === ',') {
      expectsKey = true;
    } else if (character === '"') {
      const start = index++;
      while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
      const keys = scopes.at(-1);
      if (keys && expectsKey) {
        const key = unescaped(text.slice(start, index + 1));
        if (keys.has(key)) throw refuse(`${what} must name everything once, got ${quote(key)} twice`);
        keys.add(key);
      }
      expectsKey = false;
    }
  }
}

/** A malformed literal stays as it is: JSON.parse of the whole will refuse it. */
function unescaped(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal;
  }
}

/** As JSON, shortened: what a hostile file says may be long. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
