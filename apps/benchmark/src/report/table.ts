import type { BenchmarkRecord, Quality, Unit } from './record.ts';

const HEADINGS = ['case', 'metric', 'Wordloom', 'peer', 'its figure', 'ratio', 'rounds', 'quality'];
const RIGHT_ALIGNED = new Set(['Wordloom', 'its figure', 'ratio']);

/** The records of one suite as aligned text; a case's name stands once. */
export function renderTable(records: readonly BenchmarkRecord[]): string {
  const rows = records.map((record, index) => {
    const first = records[index - 1]?.case !== record.case;
    return [
      first ? record.case : '',
      record.metric,
      formatFigure(record.value, record.unit),
      record.peer ?? '',
      record.peerValue === null ? '' : formatFigure(record.peerValue, record.unit),
      record.ratio === null ? '' : formatRatio(record.ratio),
      record.spread.ratio ? record.spread.ratio.map(formatRatio).join('–') : '',
      record.quality ? formatQuality(record.quality) : '',
    ];
  });
  const lines = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const shown = HEADINGS.map((_, column) => column).filter((column) =>
    rows.some((row) => row[column] !== ''),
  );
  return lines
    .map((line) =>
      shown
        .map((column) =>
          RIGHT_ALIGNED.has(HEADINGS[column]!)
            ? line[column]!.padStart(widths[column]!)
            : line[column]!.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `42.5 ms`, `1 083 ms`, `214 MiB`: three digits or all before the point. */
export function formatFigure(value: number, unit: Unit): string {
  return `${formatNumber(value, unit === 'nodes' || value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
}

function formatNumber(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(/\B(?=(\d{3})+$)/g, ' ');
}

function formatRatio(ratio: number): string {
  return ratio.toFixed(ratio >= 10 ? 1 : 2);
}

function formatQuality({ name, value, peerValue }: Quality): string {
  return peerValue === null
    ? `${name} ${value.toPrecision(5)}`
    : `${name} ${value.toPrecision(5)} | ${peerValue.toPrecision(5)}`;
}
