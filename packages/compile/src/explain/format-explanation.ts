import type { Explanation, OperatorShapes, PassReport } from './explanation.ts';

/** Options of {@link formatExplanation}. */
export interface FormatExplanationOptions {
  /** Lines of a table, the costliest first; default 20. */
  readonly rows?: number;
}

/** An explanation as text for a terminal: the passes, the graph, its memory, and where the time goes if it was measured. */
export function formatExplanation(
  explanation: Explanation,
  { rows = 20 }: FormatExplanationOptions = {},
): string {
  const { passes, operators, memory, times, runtime } = explanation;
  const operations = operators.reduce((sum, operator) => sum + operator.floatingPointOperations, 0);
  const count = passes.at(-1)!.operatorCount;
  const sections = [
    [
      `${count} operators, ${giga(operations)} billion floating point operations a run, on ${runtime}`,
      `memory: ${mebibytes(memory.inputs)} in, ${mebibytes(memory.outputs)} out, ${mebibytes(memory.random)} of dropout factors, ${mebibytes(memory.constants)} of constants; intermediate results ${mebibytes(memory.peakIntermediate)} at the peak`,
    ],
    table(['pass', 'operators', 'changes'], passes.map(passRow)),
    table(
      ['operator', 'applied to', 'count', 'repeated', '10⁹ operations'],
      operators
        .slice(0, rows)
        .map((entry) => [
          entry.operator,
          describe(entry),
          `${entry.count}`,
          entry.repetitions > 1 ? `${entry.repetitions}` : '',
          entry.floatingPointOperations > 0 ? giga(entry.floatingPointOperations) : '',
        ]),
      operators.length - rows,
    ),
    times ? timeTable(times, rows) : ['time: not measured'],
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

function passRow({ name, operatorCount, changes }: PassReport): string[] {
  const described = Object.entries(changes)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([operator, change]) =>
      name === 'trace' ? `${operator} ${change}` : `${operator} ${signed(change)}`,
    );
  const shown = described.slice(0, 6).join(', ');
  return [name, `${operatorCount}`, described.length > 6 ? `${shown}, …` : shown];
}

function timeTable(times: NonNullable<Explanation['times']>, rows: number): string[] {
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const lines = times.slice(0, rows).map((entry) => {
    const { operator, count, milliseconds, floatingPointOperations } = entry;
    const speed = floatingPointOperations / milliseconds / 1e6;
    return [
      operator,
      describe(entry),
      `${count}`,
      milliseconds.toFixed(3),
      `${((100 * milliseconds) / total).toFixed(1)} %`,
      speed > 0 ? speed.toFixed(1) : '',
    ];
  });
  const header = ['operator', 'applied to', 'count', 'ms', 'share', '10⁹ operations/s'];
  return [`time: ${total.toFixed(2)} ms in operators`, ...table(header, lines, times.length - rows)];
}

function describe({ inputs, outputs }: OperatorShapes): string {
  const shapes = (values: OperatorShapes['inputs']): string =>
    values.length > 4
      ? `${shapes(values.slice(0, 3))} and ${values.length - 3} more`
      : values.map(({ shape }) => `[${shape.join(',')}]`).join(' ');
  return `${shapes(inputs)} → ${shapes(outputs)}`;
}

/** Columns of equal width; the first two left-aligned, the others right-aligned unless they are text. */
function table(header: readonly string[], rows: readonly (readonly string[])[], left = 0): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const isNumber = header.map((_, column) => rows.every((row) => /^[\d.]* ?%?$/.test(row[column]!)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  const more = left > 0 ? [`… and ${left} more`] : [];
  return [line(header), ...rows.map(line), ...more];
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : `−${-change}`;
}

function giga(operations: number): string {
  return (operations / 1e9).toPrecision(3);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
