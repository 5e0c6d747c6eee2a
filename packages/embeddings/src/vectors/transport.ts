/**
 * The least cost of moving supplies to demands: exact, by shortest augmenting paths with potentials (Jonker and Volgenant 1987 for sums
 * that are not all one; Ahuja, Magnanti and Orlin 1993, §9.7).
 *
 * @param supplies positive integers
 * @param demands  positive integers of the same sum
 * @param costs    `[supplies][demands]`, not negative
 */
export function transportCost(
  supplies: readonly number[],
  demands: readonly number[],
  costs: readonly Float64Array[],
): number {
  const [rows, columns] = [supplies.length, demands.length];
  const flow = supplies.map(() => new Float64Array(columns));
  const left = Float64Array.from(supplies);
  const open = Float64Array.from(demands);
  const rowPotential = new Float64Array(rows);
  const columnPotential = new Float64Array(columns);
  for (let source = 0; source < rows; source++) {
    while (left[source]! > 0) {
      // Dijkstra from the source over reduced costs, to the nearest column that is open.
      const rowDistance = new Float64Array(rows).fill(Infinity);
      const columnDistance = new Float64Array(columns).fill(Infinity);
      const columnFrom = new Int32Array(columns).fill(-1);
      const rowFrom = new Int32Array(rows).fill(-1);
      const done = new Uint8Array(columns);
      rowDistance[source] = 0;
      let reach: number[] = [source];
      let target = -1;
      for (;;) {
        for (const row of reach) {
          for (let column = 0; column < columns; column++) {
            if (done[column]) continue;
            const reduced = costs[row]![column]! - rowPotential[row]! - columnPotential[column]!;
            const distance = rowDistance[row]! + Math.max(0, reduced);
            if (distance < columnDistance[column]!) {
              columnDistance[column] = distance;
              columnFrom[column] = row;
            }
          }
        }
        let nearest = -1;
        for (let column = 0; column < columns; column++) {
          if (!done[column] && (nearest < 0 || columnDistance[column]! < columnDistance[nearest]!))
            nearest = column;
        }
        done[nearest] = 1;
        if (open[nearest]! > 0) {
          target = nearest;
          break;
        }
        reach = [];
        for (let row = 0; row < rows; row++) {
          // What flows can flow back, at no reduced cost.
          if (flow[row]![nearest]! > 0 && columnDistance[nearest]! < rowDistance[row]!) {
            rowDistance[row] = columnDistance[nearest]!;
            rowFrom[row] = nearest;
            reach.push(row);
          }
        }
      }
      const length = columnDistance[target]!;
      for (let row = 0; row < rows; row++) {
        if (rowDistance[row]! < length) rowPotential[row]! += length - rowDistance[row]!;
      }
      for (let column = 0; column < columns; column++) {
        if (columnDistance[column]! < length) columnPotential[column]! -= length - columnDistance[column]!;
      }
      let amount = Math.min(left[source]!, open[target]!);
      for (let column = target, row = columnFrom[column]!; row !== source; row = columnFrom[column]!) {
        column = rowFrom[row]!;
        amount = Math.min(amount, flow[row]![column]!);
      }
      for (let column = target; ; ) {
        const row = columnFrom[column]!;
        flow[row]![column]! += amount;
        if (row === source) break;
        column = rowFrom[row]!;
        flow[row]![column]! -= amount;
      }
      left[source]! -= amount;
      open[target]! -= amount;
    }
  }
  let cost = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) cost += flow[row]![column]! * costs[row]![column]!;
  }
  return cost;
}
