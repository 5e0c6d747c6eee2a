import type { LayerSummary, ModelSummary, TensorSummary } from './summary.ts';

const HEADER = ['layer', 'kind', 'tensors', 'parameters', 'trainable'];
const NUMERIC_COLUMNS = new Set([3, 4]);

/**
 * A summary as a table in plain text, with the totals and the estimated training memory below it.
 *
 * @returns lines of equal columns, ending in a line break
 */
export function formatSummary(summary: ModelSummary): string {
  const rows = summary.layers.map((layer) => [
    layer.name || '(model)',
    layer.kind,
    layer.tensors.map(describeTensor).join(', '),
    formatCount(layer.parameterCount),
    trainableCell(layer),
  ]);
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        NUMERIC_COLUMNS.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[line(HEADER), rule, ...rows.map(line), rule, ...totals(summary)].join('\n')}\n`;
}

function totals({ parameterCount, trainableCount, bytes, trainingMemory }: ModelSummary): string[] {
  const { weights, gradients, optimizerState, total, optimizerSlots } = trainingMemory;
  const frozen = parameterCount - trainableCount;
  return [
    `${formatCount(parameterCount)} parameters, ${formatCount(trainableCount)} trainable, ${formatCount(frozen)} frozen; ${formatBytes(bytes)}`,
    `training: ${formatBytes(weights)} weights + ${formatBytes(gradients)} gradients + ${formatBytes(optimizerState)} optimizer state (${optimizerSlots} numbers a weight) = ${formatBytes(total)}, without activations`,
  ];
}

function describeTensor({ name, kind, shape, tiedTo }: TensorSummary): string {
  const remarks = [...(kind === 'buffer' ? ['buffer'] : []), ...(tiedTo ? [`tied to ${tiedTo}`] : [])];
  return `${name} [${shape.join(', ')}]${remarks.length > 0 ? ` (${remarks.join(', ')})` : ''}`;
}

function trainableCell({ parameterCount, trainableCount }: LayerSummary): string {
  if (parameterCount === 0) return '';
  if (trainableCount === 0) return 'no';
  return trainableCount === parameterCount ? 'yes' : formatCount(trainableCount);
}

/** 1234567 is `1,234,567`. */
function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Three digits and a decimal unit: 1 kB is 1000 bytes. */
function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toPrecision(Math.max(3, String(Math.trunc(value)).length))} ${UNITS[power]}`;
}
