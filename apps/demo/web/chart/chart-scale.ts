/** Maps values of one axis to pixels. */
export interface Scale {
  /** Round values to label, ascending. */
  readonly ticks: readonly number[];
  position(value: number): number;
}

/**
 * A linear axis with about `tickCount` round ticks.
 *
 * @param domain lowest and highest value shown
 * @param range  their pixels
 */
export function linearScale(
  [low, high]: readonly [number, number],
  [start, end]: readonly [number, number],
  tickCount: number,
): Scale {
  const extent = high - low || 1;
  const step = roundStep(extent / tickCount);
  const ticks: number[] = [];
  // Counted, not accumulated: 0.1 + 0.2 is no label.
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return { ticks, position: (value) => start + ((value - low) / extent) * (end - start) };
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5].find((factor) => factor * power >= step * (1 - 1e-9)) ?? 10);
}

/** One point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** At most `limit` points: neighbors are replaced by their mean, which also calms a noisy curve. */
export function thinned(points: readonly Point[], limit: number): Point[] {
  const size = Math.ceil(points.length / limit);
  if (size <= 1) return [...points];
  const means: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const group = points.slice(start, start + size);
    const mean = (axis: keyof Point): number =>
      group.reduce((sum, point) => sum + point[axis], 0) / group.length;
    means.push({ x: mean('x'), y: mean('y') });
  }
  return means;
}
