import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { linearScale, type Point, thinned } from '../chart/chart-scale.ts';
import type { PanelProps } from './page.tsx';

const HEIGHT = 260; // pixels
const MARGIN = { top: 12, right: 12, bottom: 24, left: 36 };
/** Points of the training curve: more could not be told apart. */
const CURVE_POINTS = 160;

/** The losses by step, and what counting achieves. */
export function LossChart({ playground }: PanelProps): JSX.Element {
  const strings = playground.strings.value;
  const { losses, evaluations, progress } = playground.trainer;
  const baselines = playground.reader.baselines.value;
  const [frame, width] = useWidth();
  const curve = thinned(losses.value, CURVE_POINTS);
  const held = evaluations.value;
  const steps = progress.value?.steps ?? playground.settings.value.steps;
  const all = [...curve, ...held].map(({ y }) => y);
  const values = [...all, ...baselines.map(({ loss }) => loss)];
  const highest = values.length > 0 ? Math.max(...values) : 4;
  const lowest = values.length > 0 ? Math.min(...values) : 1;
  const pad = 0.06 * (highest - lowest || 1);
  const x = linearScale([0, steps], [MARGIN.left, width - MARGIN.right], Math.max(2, width / 110));
  const y = linearScale([lowest - pad, highest + pad], [HEIGHT - MARGIN.bottom, MARGIN.top], 5);
  const line = (points: readonly Point[]): string =>
    points.map((point) => `${x.position(point.x).toFixed(1)},${y.position(point.y).toFixed(1)}`).join(' ');
  const last = curve.at(-1);
  const summary = [
    last
      ? strings.chartSummary(`${last.x}`, last.y.toFixed(2), held.at(-1)?.y.toFixed(2))
      : strings.chartEmpty,
    ...baselines.map(({ order, loss }) => strings.countsSummary(`${order}`, loss.toFixed(2))),
  ].join(' ');
  return (
    <figure class="chart" ref={frame}>
      <figcaption>
        {`${strings.chartTitle} (${strings.nats})`}
        <span class="legend">
          <span class="curve-key">{strings.trainingLoss}</span>
          <span class="held-out-key">{strings.heldOutLoss}</span>
        </span>
      </figcaption>
      <svg width={width} height={HEIGHT} role="img" aria-label={summary}>
        {y.ticks.map((tick) => (
          <g key={tick} class="tick">
            <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y.position(tick)} y2={y.position(tick)} />
            <text x={MARGIN.left - 6} y={y.position(tick)} text-anchor="end" dominant-baseline="central">
              {tick}
            </text>
          </g>
        ))}
        {x.ticks.map((tick) => (
          <text key={tick} class="tick" x={x.position(tick)} y={HEIGHT - 6} text-anchor={anchor(tick, steps)}>
            {tick.toLocaleString(strings.tag)}
          </text>
        ))}
        {baselines.map(({ order, loss }, index) => (
          <g key={order} class="baseline">
            <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y.position(loss)} y2={y.position(loss)} />
            <text x={width - MARGIN.right} y={y.position(loss) + (index === 0 ? -5 : 14)} text-anchor="end">
              {strings.counts(`${order}`)} {loss.toFixed(2)}
            </text>
          </g>
        ))}
        {curve.length > 0 && <polyline class="curve" points={line(curve)} />}
        {held.length > 0 && <polyline class="held-out" points={line(held)} />}
        {held.map((point) => (
          <circle key={point.x} class="held-out" cx={x.position(point.x)} cy={y.position(point.y)} r={3} />
        ))}
        {curve.length === 0 && (
          <text class="empty" x={width / 2} y={HEIGHT / 2} text-anchor="middle">
            {width > 520 ? strings.chartEmpty : ''}
          </text>
        )}
      </svg>
    </figure>
  );
}

/** Labels at the ends stay inside. */
function anchor(tick: number, steps: number): 'middle' | 'end' {
  return tick > 0.95 * steps ? 'end' : 'middle';
}

/** The width of an element, in pixels, as it is laid out. */
function useWidth(): [{ readonly current: HTMLElement | null }, number] {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
