/** This package's own files: `src/` or `dist/`. */
const OWN_FILES = new URL('..', import.meta.url).href.replace(/^file:\/\//, '');

/** Places in the program that a trace runs. */
export class CallSites {
  /** Where the trace was asked for. */
  readonly #outside = callSiteOf(new Error());

  /** The line of the program that runs; undefined while tfjs runs the backward pass. */
  current(): string | undefined {
    const place = callSiteOf(new Error());
    return place === this.#outside ? undefined : place;
  }
}

/**
 * The place in the traced program that an error comes from: the first frame of its stack outside tfjs and this package,
 * as `path:line:column`. Undefined where the stack does not say, such as in a bundle.
 */
export function callSiteOf(error: Error): string | undefined {
  for (const line of (error.stack ?? '').split('\n')) {
    const [place] = /(?:file:\/\/|https?:\/\/|\/|[A-Z]:\\)[^\s()]+:\d+:\d+/.exec(line) ?? [];
    if (place === undefined || /tfjs-(core|gradients)/.test(line) || line.includes('node:internal')) continue;
    const path = place.replace(/^file:\/\//, '');
    if (!path.startsWith(OWN_FILES)) return path;
  }
  return undefined;
}
