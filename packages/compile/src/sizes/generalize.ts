import type { Control, Graph, Node, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import type { ConstantTables } from './constant-tables.ts';
import { GeneralConstants } from './general-constants.ts';
import type { SampleSizes } from './sample-sizes.ts';
import { SizeAgreement, type Tuple } from './size-agreement.ts';
import { describePolynomial, evaluate, isFixed, type SizePolynomial, type Sizes } from './size-polynomial.ts';
import { type SizeSources, SizeValues } from './size-values.ts';

/** A graph for any sizes. */
export interface GeneralizedGraph {
  readonly graph: Graph;
  /** The shapes of inputs, outputs and dropout factors that are not fixed. */
  readonly shapes: ReadonlyMap<Value, readonly SizePolynomial[]>;
}

/** The shape of an input, output or random input at one choice of sizes. */
export function shapeAt(shapes: GeneralizedGraph['shapes'], value: Value, sizes: Sizes): readonly number[] {
  return shapes.get(value)?.map((size) => evaluate(size, sizes)) ?? value.shape;
}

/** What the sizes of values are called in a model: `batch`, `2*length+1`. */
export function dimensionNames(
  shapes: GeneralizedGraph['shapes'],
): ReadonlyMap<Value, readonly (number | string)[]> {
  const named = [...shapes].map(([value, shape]) => {
    return [value, shape.map((size) => (isFixed(size) ? size.get('')! : describePolynomial(size)))] as const;
  });
  return new Map(named);
}

/**
 * Makes one graph out of those of one program at several sizes.
 *
 * They must consist of the same operators, in the same order. Where shapes and integers differ, they must be sums of products of the
 * named sizes, which is checked at a size that they were not taken from; the graph then computes them from the shapes of its inputs. Float
 * constants may be such sums or their reciprocals. Arrays of constants that grow must be the beginnings of the one at the largest size, which is stored.
 *
 * @param caller for messages
 * @param graphs one for each sample
 * @throws {Error} if the program does something else at other sizes, saying what
 */
export function generalize(
  caller: string,
  graphs: readonly Graph[],
  samples: SampleSizes,
  sources: SizeSources,
  tables: ConstantTables,
): GeneralizedGraph {
  return new Generalizer(caller, graphs, samples, sources, tables).run();
}

class Generalizer {
  readonly #graphs: readonly Graph[];
  readonly #agreement: SizeAgreement;
  readonly #constants: GeneralConstants;
  readonly #builder = new GraphBuilder();
  /** From the values of the first graph to those of the new one. */
  readonly #results = new Map<Value, Value>();
  /** From the values of each graph to those of the first. */
  readonly #firsts: readonly Map<Value, Value>[];
  readonly #shapes = new Map<Value, readonly SizePolynomial[]>();

  constructor(
    caller: string,
    graphs: readonly Graph[],
    samples: SampleSizes,
    sources: SizeSources,
    tables: ConstantTables,
  ) {
    this.#graphs = graphs;
    this.#firsts = graphs.map(() => new Map());
    this.#agreement = new SizeAgreement(caller, samples);
    const inputs = this.#declare(graphs.map(({ inputs }) => inputs));
    this.#builder.adoptInputs({ inputs, randomInputs: this.#declareRandom() });
    const sizes = new SizeValues(this.#builder, inputs, sources);
    this.#constants = new GeneralConstants(this.#builder, sizes, this.#agreement, samples.bounded, tables);
  }

  run(): GeneralizedGraph {
    this.#rebuild(
      this.#graphs.map(({ nodes }) => nodes),
      this.#builder,
    );
    const [first] = this.#graphs as [Graph];
    const outputs = [...first.outputs.keys()].map((name) => {
      const tuple = this.#graphs.map(({ outputs }) => outputs.get(name)!);
      const value = this.#value(tuple, `the output ${name}`);
      this.#name(value, tuple);
      return [name, value] as const;
    });
    return { graph: this.#builder.build(new Map(outputs)), shapes: this.#shapes };
  }

  /** Inputs stay those of the first graph. */
  #declare(inputs: readonly (readonly Value[])[]): readonly Value[] {
    inputs[0]!.forEach((input, index) => {
      const tuple = inputs.map((list) => list[index]!);
      this.#identify(tuple, input);
      this.#name(input, tuple);
    });
    return inputs[0]!;
  }

  /** Random inputs stay those of the first graph, too. */
  #declareRandom(): Graph['randomInputs'] {
    const lists = this.#graphs.map(({ randomInputs }) => randomInputs);
    const draws = lists.map((list) => JSON.stringify(list.map(({ rate, site }) => [rate, site])));
    if (draws.some((drawn) => drawn !== draws[0])) this.#agreement.refuse('it draws other random numbers');
    this.#declare(lists.map((list) => list.map(({ value }) => value)));
    return lists[0]!;
  }

  #rebuild(lists: readonly (readonly Node[])[], builder: GraphBuilder): void {
    const [first] = lists as [readonly Node[]];
    first.forEach((node, index) => {
      const nodes = lists.map((list) => list[index]);
      try {
        if (nodes.some((other) => other?.operator !== node.operator)) this.#differ(nodes);
        this.#node(nodes as readonly Node[], builder);
      } catch (error) {
        throw located(error, node);
      }
    });
    if (lists.some((list) => list.length !== first.length))
      this.#differ(lists.map((list) => list[first.length]));
  }

  #node(nodes: readonly Node[], builder: GraphBuilder): void {
    const [first] = nodes as [Node];
    const { operator, attributes } = first;
    const described = JSON.stringify(attributes);
    if (nodes.some((node) => JSON.stringify(node.attributes) !== described)) this.#differ(nodes);
    const inputs = first.inputs.map((input, index) => {
      if (!input) return undefined;
      const tuple = nodes.map((node) => node.inputs[index]!);
      return (
        (operator === 'Reshape' && index === 1 && this.#constants.inferredShape(tuple)) ||
        this.#value(tuple, operator)
      );
    });
    const control = first.control && this.#control(nodes.map((node) => node.control!));
    const outputs = builder.nodes(operator, inputs, attributes, first.outputs, control);
    first.outputs.forEach((_, index) => {
      this.#identify(
        nodes.map((node) => node.outputs[index]!),
        outputs[index]!,
      );
    });
  }

  #control(controls: readonly Control[]): Control {
    const [first] = controls as [Control];
    const bodies = Object.keys(first.bodies).map((name) => {
      const graphs = controls.map(({ bodies }) => bodies[name]!);
      const builder = new GraphBuilder();
      const inputs = this.#declare(graphs.map(({ inputs }) => inputs));
      builder.adoptInputs({ inputs, randomInputs: [] });
      this.#rebuild(
        graphs.map(({ nodes }) => nodes),
        builder,
      );
      const outputs = [...graphs[0]!.outputs.keys()].map((output) => {
        const tuple = graphs.map(({ outputs }) => outputs.get(output)!);
        const value = this.#value(tuple, `a result of ${name}`);
        this.#name(value, tuple);
        return [output, value] as const;
      });
      return [name, builder.build(new Map(outputs))] as const;
    });
    return { bodies: Object.fromEntries(bodies), captureCount: first.captureCount };
  }

  /** @param place for messages */
  #value(tuple: Tuple, place: string): Value {
    const [first] = tuple as [Value];
    const { kind } = first.source;
    if (kind === 'node' || kind === 'input') {
      if (tuple.some((value, index) => this.#firsts[index]!.get(value) !== first))
        this.#agreement.differAt(place);
      return this.#results.get(first)!;
    }
    if (tuple.some(({ source }) => source.kind !== kind)) this.#agreement.differAt(`constants of ${place}`);
    if (kind === 'uniform') return this.#constants.uniform(tuple, place);
    return this.#constants.constant(tuple, place);
  }

  #identify(tuple: Tuple, result: Value): void {
    tuple.forEach((value, index) => {
      this.#firsts[index]!.set(value, tuple[0]!);
    });
    this.#results.set(tuple[0]!, result);
  }

  /** Notes the shape of a value that the model declares. */
  #name(value: Value, tuple: Tuple): void {
    const shape = this.#agreement.shape(tuple, 'an input or output');
    if (!shape.every(isFixed)) this.#shapes.set(value, shape);
  }

  #differ(nodes: readonly (Node | undefined)[]): never {
    const described = nodes.map((node) =>
      node
        ? `${node.operator}(${node.inputs.map((value) => `[${value?.shape ?? ''}]`).join(', ')})`
        : 'nothing',
    );
    const other = described.findIndex((text) => text !== described[0]);
    const place =
      other < 0 ? `${described[0]} has other attributes` : `${described[0]} is ${described[other]}`;
    return this.#agreement.refuse(place);
  }
}

const LOCATED = '\n  by the kernel ';

/** The error, saying in its message which line of the program the node comes from, if that is known. */
function located(error: unknown, { site }: Node): unknown {
  if (!site || !(error instanceof Error) || error.message.includes(LOCATED)) return error;
  const place = site.place === undefined ? 'in the backward pass' : `in the traced program at ${site.place}`;
  error.message += `${LOCATED}${site.kernel}, ${place}`;
  return error;
}
