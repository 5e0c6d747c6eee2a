/** Which random numbers a run draws: the same seed and step give the same numbers, eager or compiled. */
export interface Draw {
  readonly seed: number;
  readonly step: number;
}

interface Scope {
  readonly draw: Draw;
  nextSite: number;
  /** Which step of the surrounding scans runs, counted over all of them; 0 outside. */
  repetition: number;
}

/** A place where random numbers are drawn. */
export interface RandomSite {
  readonly draw: Draw;
  readonly site: number;
  /** In a scan, the step: the site's numbers are drawn for all steps in a row, and each takes its own. */
  readonly repetition: number;
}

let scope: Scope | undefined;

/**
 * Runs `fn` with randomness switched on: every `dropout` inside draws from the generator keyed by
 * (seed, step, order of the site in the program). With `draw` undefined, randomness is off (evaluation).
 */
export function withRandomness<T>(draw: Draw | undefined, fn: () => T): T {
  const outer = scope;
  scope = draw && { draw, nextSite: 0, repetition: 0 };
  try {
    return fn();
  } finally {
    scope = outer;
  }
}

/** The next random site of the running program, or undefined where randomness is off. */
export function nextRandomSite(): RandomSite | undefined {
  return scope && { draw: scope.draw, site: scope.nextSite++, repetition: scope.repetition };
}

/** Runs one step of an eager scan; all of its steps have the same random sites. */
export function atScanStep<T>(
  { step, length, last }: { readonly step: number; readonly length: number; readonly last: boolean },
  fn: () => T,
): T {
  if (!scope) return fn();
  const { nextSite, repetition } = scope;
  scope.repetition = repetition * length + step;
  try {
    return fn();
  } finally {
    scope.repetition = repetition;
    if (!last) scope.nextSite = nextSite;
  }
}
