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
      `${count} ${count === 1 ? 'operator' : 'operators'}, ${scaled(operations, 'FLOP')} a run, on ${runtime}`,
      `memory: ${binary(memory.inputs)} in, ${binary(memory.outputs)} out, ${binary(memory.random)} of dropout factors, ${binary(memory.constants)} of constants; intermediate results ${binary(memory.peakIntermediate)} at the peak`,
      ...fallbackLine(operators),
    ],
    table(['pass', 'operators', 'changes'], passes.map(passRow)),
    table(
      ['operator', 'applied to', 'count', 'repeated', 'FLOP'],
      operators
        .slice(0, rows)
        .map((entry) => [
          entry.operator,
          describe(entry),
          `${entry.count}`,
          entry.repetitions > 1 ? `${entry.repetitions}` : '',
          entry.floatingPointOperations > 0 ? scaled(entry.floatingPointOperations) : '',
        ]),
      operators.length - rows,
    ),
    times ? timeTable(times, rows) : ['time: not measured'],
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** What the GPU leaves to the processor, if anything. */
function fallbackLine(operators: Explanation['operators']): string[] {
  const counts = new Map<string, number>();
  for (const { operator, count, repetitions, fallsBack } of operators) {
    if (fallsBack) counts.set(operator, (counts.get(operator) ?? 0) + count * repetitions);
  }
  if (counts.size === 0) return [];
  const described = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`);
  return [`not on the GPU, but on the processor: ${described.join(', ')}`];
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
    const speed = (1000 * floatingPointOperations) / milliseconds;
    return [
      operator,
      describe(entry),
      `${count}`,
      milliseconds.toFixed(3),
      `${((100 * milliseconds) / total).toFixed(1)} %`,
      speed > 0 ? scaled(speed) : '',
    ];
  });
  const header = ['operator', 'applied to', 'count', 'ms', 'share', 'FLOP/s'];
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
  const isNumber = header.map((_, column) => rows.every((row) => /^[\d.]* ?[%kMGTP]?$/.test(row[column]!)));
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

/** With a prefix for powers of 1000. */
function scaled(count: number, unit = ''): string {
  const power = count < 1 ? 0 : Math.min(5, Math.floor(Math.log10(count) / 3));
  return `${Number((count / 1000 ** power).toPrecision(3))} ${['', 'k', 'M', 'G', 'T', 'P'][power]}${unit}`.trimEnd();
}

function binary(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}
