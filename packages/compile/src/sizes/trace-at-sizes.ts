import type { Graph } from '../graph/graph.ts';
import type { Pass } from '../passes/rewrite.ts';
import { type TensorFunction, trace } from '../trace/trace.ts';
import { ConstantTables } from './constant-tables.ts';
import { type GeneralizedGraph, generalize, shapeAt } from './generalize.ts';
import { type InputSpecs, sizeNames, sizeSources, specsAt } from './input-spec.ts';
import { type DimensionRange, type SampleSizes, sampleSizes } from './sample-sizes.ts';
import type { Sizes } from './size-polynomial.ts';

/** A program whose inputs may have named sizes. */
export interface SizedProgram {
  /** For messages. */
  readonly caller: string;
  readonly program: TensorFunction;
  readonly inputs: InputSpecs;
  /** Of the named sizes. */
  readonly ranges: Readonly<Record<string, DimensionRange>>;
  /** What is done with each trace before they are compared. */
  readonly shape: Pass;
}

/**
 * One graph for all sizes of a program's inputs.
 *
 * A trace is static, so with named sizes the program is traced at several: see {@link generalize}.
 *
 * @throws {Error} if the program cannot be traced, or does something else at other sizes, saying what and in which line
 * @throws {RangeError} if a range is too small
 */
export function traceAtSizes(sized: SizedProgram): GeneralizedGraph {
  const { caller, program, inputs, ranges, shape } = sized;
  const names = sizeNames(inputs);
  if (names.length === 0) return { graph: shape(trace(program, specsAt(inputs, {}))), shapes: new Map() };
  const samples = sampleSizes(caller, names, ranges);
  const ends = samples.ends.map((sizes) => ({ sizes, graph: traceAt(sized, sizes, false) }));
  const largest = ends.find(({ sizes }) => sizes === samples.largest)?.graph;
  const combine = (recordSites: boolean): GeneralizedGraph =>
    generalizeAt(sized, samples, largest, recordSites);
  let general: GeneralizedGraph;
  try {
    general = combine(false);
  } catch {
    general = combine(true); // fails again, and can say where
  }
  for (const { sizes, graph } of ends) requireShapes(caller, general, sizes, graph);
  return general;
}

function generalizeAt(
  sized: SizedProgram,
  samples: SampleSizes,
  largest: Graph | undefined,
  recordSites: boolean,
): GeneralizedGraph {
  const traced = samples.samples.map((sizes) => traceAt(sized, sizes, recordSites));
  const tables = new ConstantTables(traced, largest);
  return generalize(sized.caller, traced.map(sized.shape), samples, sizeSources(sized.inputs), tables);
}

function traceAt({ caller, program, inputs }: SizedProgram, sizes: Sizes, recordSites: boolean): Graph {
  try {
    return trace(program, specsAt(inputs, sizes), { recordSites, openSizes: true });
  } catch (error) {
    if (error instanceof Error)
      error.message = `${caller}: the program must work at all sizes, but not at ${JSON.stringify(sizes)}: ${error.message}\n  Other sizes can be kept from it: ${sizeNames(
        inputs,
      )
        .map((name) => `dimensions.${name}`)
        .join(', ')}.`;
    throw error;
  }
}

/** @throws {Error} if the results at an end of the sizes' ranges have other shapes than the general graph gives them */
function requireShapes(
  caller: string,
  { graph, shapes }: GeneralizedGraph,
  sizes: Sizes,
  atEnd: Graph,
): void {
  for (const [name, value] of atEnd.outputs) {
    const general = graph.outputs.get(name);
    const expected = general && shapeAt(shapes, general, sizes);
    if (`${expected}` === `${value.shape}`) continue;
    const small = Object.entries(sizes).find(([, size]) => size < 2);
    const advice = small
      ? `Give dimensions.${small[0]}.min: 2, or name the axes of a squeeze.`
      : 'Use fixed sizes, or other ranges of the dimensions.';
    throw new Error(
      `${caller}: the program must do the same at all sizes, but at ${JSON.stringify(sizes)} the output ${name} has the shape [${value.shape}], not [${expected}]. ${advice}`,
    );
  }
}
