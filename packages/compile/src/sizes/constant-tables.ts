import type { Graph, Value } from '../graph/graph.ts';
import type { Tuple } from './size-agreement.ts';

/**
 * Finds what a constant is at the largest sizes.
 *
 * Constants are counted in the order in which the traced programs use them. The program at the largest sizes may lack operators, since what cuts
 * nothing off is left out there, but it has the same constants: all but shapes and places, which are not counted.
 */
export class ConstantTables {
  readonly #places: readonly ReadonlyMap<Value, number>[];
  readonly #largest: readonly Value[];

  /**
   * @param graphs  as traced, one for each sample
   * @param largest as traced at the largest sizes, if there are any
   */
  constructor(graphs: readonly Graph[], largest: Graph | undefined) {
    const lists = graphs.map(constantsOf);
    this.#largest = largest ? constantsOf(largest) : [];
    const isSame = lists.every(
      (list) =>
        list.length === this.#largest.length &&
        list.every((value, place) => isAlike(value, this.#largest[place]!)),
    );
    this.#places = lists.map((list) => new Map(isSame ? list.map((value, place) => [value, place]) : []));
  }

  /** Undefined where it is not known. */
  find(tuple: Tuple): Value | undefined {
    const [place, ...others] = tuple.map((value, index) => this.#places[index]!.get(value));
    return place !== undefined && others.every((other) => other === place) ? this.#largest[place] : undefined;
  }
}

function constantsOf(graph: Graph): Value[] {
  const found = new Set<Value>();
  const add = (value: Value | undefined): void => {
    const kind = value?.source.kind;
    if (value && value.dtype !== 'int64' && (kind === 'constant' || kind === 'uniform')) found.add(value);
  };
  const visit = ({ nodes, outputs }: Graph): void => {
    for (const { inputs, control } of nodes) {
      inputs.forEach(add);
      Object.values(control?.bodies ?? {}).forEach(visit);
    }
    [...outputs.values()].forEach(add);
  };
  visit(graph);
  return [...found];
}

function isAlike(a: Value, b: Value): boolean {
  return a.dtype === b.dtype && a.shape.length === b.shape.length;
}
