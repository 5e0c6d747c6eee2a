import type { Graph } from '../graph/graph.ts';
import { optimize } from '../passes/optimize.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Explanation, PassReport } from './explanation.ts';
import { memoryOf } from './memory-of.ts';
import { operatorsOf, visitNodes } from './operators-of.ts';

/** Optimizes a traced graph once more, and reports on every pass and on what comes out. */
export function explainGraph(
  traced: Graph,
  runtime: Pick<Runtime, 'name' | 'multipliesPacked' | 'provider'>,
): Explanation {
  let before = countOperators(traced);
  const passes: PassReport[] = [{ name: 'trace', ...passReport(new Map(), before) }];
  const graph = optimize(traced, runtime, (name, result) => {
    const after = countOperators(result);
    const report = { name, ...passReport(before, after) };
    if (Object.keys(report.changes).length > 0) passes.push(report);
    before = after;
  });
  return {
    runtime: runtime.name,
    passes,
    operators: operatorsOf(graph, runtime.provider),
    memory: memoryOf(graph),
  };
}

type Counts = ReadonlyMap<string, number>;

function countOperators(graph: Graph): Counts {
  const counts = new Map<string, number>();
  visitNodes(graph, ({ operator }) => counts.set(operator, (counts.get(operator) ?? 0) + 1));
  return counts;
}

function passReport(before: Counts, after: Counts): Omit<PassReport, 'name'> {
  const operators = new Set([...before.keys(), ...after.keys()]);
  const changes = [...operators].map((operator) => {
    return [operator, (after.get(operator) ?? 0) - (before.get(operator) ?? 0)] as const;
  });
  return {
    operatorCount: [...after.values()].reduce((sum, count) => sum + count, 0),
    changes: Object.fromEntries(changes.filter(([, change]) => change !== 0)),
  };
}
