/** This package's own files: `src/` or `dist/`. */
const OWN_FILES = new URL('..', import.meta.url).href.replace(/^file:\/\//, '');

/**
 * The place in the traced program that an error comes from: the first frame of its stack outside tfjs and this package,
 * as `path:line:column`. Undefined where the stack does not say, such as in a bundle.
 */
export function callSiteOf(error: Error): string | undefined {
  for (const line of (error.stack ?? '').split('\n')) {
    const [place] = /(?:file:\/\/|https?:\/\/|\/|[A-Z]:\\)[^\s()]+:\d+:\d+/.exec(line) ?? [];
    if (place === undefined || line.includes('tfjs-core') || line.includes('node:internal')) continue;
    const path = place.replace(/^file:\/\//, '');
    if (!path.startsWith(OWN_FILES)) return path;
  }
  return undefined;
}
