import manifest from '../../package.json' with { type: 'json' };

/** Versions of dependencies, which this package's manifest pins. */
export function versionsOf(...names: (keyof typeof manifest.dependencies)[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, manifest.dependencies[name]]));
}
