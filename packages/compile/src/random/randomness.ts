/** Which random numbers a run draws: the same seed and step give the same numbers, eager or compiled. */
export interface Draw {
  readonly seed: number;
  readonly step: number;
}

interface Scope {
  readonly draw: Draw;
  nextSite: number;
}

let scope: Scope | undefined;

/**
 * Runs `fn` with randomness switched on: every `dropout` inside draws from the generator keyed by
 * (seed, step, order of the site in the program). With `draw` undefined, randomness is off (evaluation).
 */
export function withRandomness<T>(draw: Draw | undefined, fn: () => T): T {
  const outer = scope;
  scope = draw && { draw, nextSite: 0 };
  try {
    return fn();
  } finally {
    scope = outer;
  }
}

/** The next random site of the running program, or undefined where randomness is off. */
export function nextRandomSite(): { draw: Draw; site: number } | undefined {
  return scope && { draw: scope.draw, site: scope.nextSite++ };
}
