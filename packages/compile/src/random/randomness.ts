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

/** Whether randomness is on. */
export function isRandom(): boolean {
  return scope !== undefined;
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

/** Random sites that each branch of a choice may have, choices inside it included. */
const SITES_PER_BRANCH = 2048;

/**
 * The two branches of a choice, each to be run at most once. Each has random sites of its own, and what comes after has the same
 * sites whichever ran: the choice counts as one.
 */
export function inBranches<T>(whenTrue: () => T, whenFalse: () => T): readonly [() => T, () => T] {
  if (!scope) return [whenTrue, whenFalse];
  const current = scope;
  const first = (2 * current.nextSite++ + 2) * SITES_PER_BRANCH;
  const branch = (fn: () => T, start: number) => (): T => {
    const { nextSite } = current;
    current.nextSite = start;
    try {
      return fn();
    } finally {
      current.nextSite = nextSite;
    }
  };
  return [branch(whenTrue, first), branch(whenFalse, first + SITES_PER_BRANCH)];
}
