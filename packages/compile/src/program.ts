import { explainGraph } from './explain/explain-graph.ts';
import type { Explanation } from './explain/explanation.ts';
import type { Graph } from './graph/graph.ts';
import { type EncodedModel, encodeModel } from './onnx/encode-model.ts';
import { outputName } from './onnx/model-options.ts';
import { optimize } from './passes/optimize.ts';
import type { Pass } from './passes/rewrite.ts';
import { MaskArray } from './random/mask-array.ts';
import type { Draw } from './random/randomness.ts';
import { requireTensors } from './require-tensors.ts';
import type { Runtime, RuntimeSession } from './runtime/runtime.ts';
import { dimensionNames, type GeneralizedGraph, shapeAt } from './sizes/generalize.ts';
import { type InputSpecs, sizeNames, sizesOf } from './sizes/input-spec.ts';
import type { DimensionRange } from './sizes/sample-sizes.ts';
import type { Sizes } from './sizes/size-polynomial.ts';
import { traceAtSizes } from './sizes/trace-at-sizes.ts';
import { allocate, type DType, type StoredData, type TensorData, type TensorSpec } from './tensor-data.ts';
import type { TensorFunction } from './trace/trace.ts';

/** What to run, for times in an explanation. */
export interface ProfiledRun {
  readonly inputs: Readonly<Record<string, TensorData>>;
  readonly draw: Draw | undefined;
  /** How many runs to average over. */
  readonly runs: number;
}

/** An optimized graph, and the inputs that it was made for. */
export interface ProgramSource {
  readonly general: GeneralizedGraph;
  readonly inputs: InputSpecs;
  readonly ranges: Readonly<Record<string, DimensionRange>>;
}

/**
 * Traces a program and optimizes its graph.
 *
 * @throws as {@link traceAtSizes}
 */
export function programFrom(
  caller: string,
  program: TensorFunction,
  inputs: InputSpecs,
  runtime: Pick<Runtime, 'multipliesPacked' | 'provider'>,
  ranges: ProgramSource['ranges'] = {},
): ProgramSource {
  // How products with stored weights are best computed depends on the number of rows: where that is open, in the way that suits any.
  const multipliesPacked = runtime.multipliesPacked && sizeNames(inputs).length === 0;
  const shape: Pass = (graph) => optimize(graph, { multipliesPacked, provider: runtime.provider });
  return { general: traceAtSizes({ caller, program, inputs, ranges, shape }), inputs, ranges };
}

/** An optimized graph, loaded into a runtime. */
export class Program {
  readonly nodeCount: number;
  readonly #source: ProgramSource;
  readonly #session: RuntimeSession;
  /** Weights that go to the model at every run, by name. */
  readonly #passed: Readonly<Record<string, TensorData | StoredData>>;
  readonly #masks: readonly MaskArray[];
  readonly #runtime: Runtime;
  #last: Promise<unknown> = Promise.resolve();
  #released = false;

  private constructor(
    source: ProgramSource,
    passed: EncodedModel['passed'],
    runtime: Runtime,
    session: RuntimeSession,
  ) {
    this.#source = source;
    this.#runtime = runtime;
    this.nodeCount = source.general.graph.nodes.length;
    this.#session = session;
    this.#passed = Object.fromEntries(passed);
    this.#masks = source.general.graph.randomInputs.map((input) => new MaskArray(input));
  }

  static async load(source: ProgramSource, runtime: Runtime): Promise<Program> {
    const { model, passed } = encode(source);
    return new Program(source, passed, runtime, await runtime.createSession(model));
  }

  /** Types and shapes of all outputs for these inputs. @throws as {@link run} */
  outputSpecs(caller: string, inputs: Readonly<Record<string, TensorSpec>>): Record<string, TensorSpec> {
    const sizes = this.#sizes(caller, inputs);
    const { general } = this.#source;
    const specs = [...general.graph.outputs].map(([name, value]) => {
      return [name, { dtype: value.dtype as DType, shape: shapeAt(general.shapes, value, sizes) }] as const;
    });
    return Object.fromEntries(specs);
  }

  /**
   * Runs once, filling the arrays of `outputs`. An input may be an output's array: it is copied first.
   *
   * @throws {ShapeError} if an input is missing or has another type or shape than was traced
   * @throws {Error} if the program draws random numbers and `draw` is missing, or if it is released
   */
  async run(
    caller: string,
    inputs: Readonly<Record<string, TensorData>>,
    outputs: Readonly<Record<string, TensorData>>,
    draw: Draw | undefined,
  ): Promise<void> {
    const { feeds, drawMasks } = this.#prepare(caller, inputs, outputs, draw);
    const fetches = this.#fetches(outputs);
    await this.#inTurn(caller, () => {
      drawMasks();
      return this.#session.run(feeds, fetches);
    });
  }

  /**
   * What the graph consists of and how it came to be; with a run, and where the runtime can measure it, also where its time goes.
   *
   * @param traced as it was recorded for these sizes
   * @throws as {@link run}
   */
  async explain(caller: string, traced: Graph, run?: ProfiledRun): Promise<Explanation> {
    const explanation = explainGraph(traced, this.#runtime);
    if (!run || !this.#runtime.profile) return explanation;
    const outputs = allocateAll(this.outputSpecs(caller, run.inputs));
    const { feeds, drawMasks } = this.#prepare(caller, run.inputs, outputs, run.draw);
    const times = await this.#inTurn(caller, () => {
      drawMasks();
      return this.#runtime.profile!(encode(this.#source).model, feeds, this.#fetches(outputs), run.runs);
    });
    return { ...explanation, times };
  }

  /** Frees the session, once what runs has ended. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#last;
    await this.#session.release();
  }

  /** One run after the other: they share the arrays of dropout factors, and often those of outputs. */
  #inTurn<T>(caller: string, run: () => Promise<T>): Promise<T> {
    if (this.#released) throw new Error(`${caller}: the program is released.`);
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** All inputs of the session, checked; what is also written to is copied. */
  #prepare(
    caller: string,
    inputs: Readonly<Record<string, TensorData>>,
    outputs: Readonly<Record<string, TensorData>>,
    draw: Draw | undefined,
  ): { feeds: Record<string, TensorData | StoredData>; drawMasks: () => void } {
    const { general, inputs: specs } = this.#source;
    const sizes = this.#sizes(caller, inputs);
    requireTensors(caller, inputs);
    const written = new Set(Object.values(outputs).map(({ data }) => data));
    const feeds: Record<string, TensorData | StoredData> = { ...this.#passed };
    for (const name of Object.keys(specs)) {
      const given = inputs[name]!;
      feeds[name] = written.has(given.data) ? { ...given, data: given.data.slice() } : given;
    }
    if (!draw && this.#masks.length > 0)
      throw new Error(`${caller}: draw must be given, because the program draws random numbers.`);
    const masks = general.graph.randomInputs.map(({ value }, index) => {
      const mask = this.#masks[index]!.at(shapeAt(general.shapes, value, sizes));
      feeds[inputName(value)] = mask;
      return mask;
    });
    const drawMasks = (): void => {
      for (const [index, mask] of masks.entries()) this.#masks[index]!.fill(mask, draw!);
    };
    return { feeds, drawMasks };
  }

  #sizes(caller: string, inputs: Readonly<Record<string, TensorSpec>>): Sizes {
    return sizesOf(caller, this.#source.inputs, this.#source.ranges, inputs);
  }

  #fetches(outputs: Readonly<Record<string, TensorData>>): Record<string, TensorData> {
    const fetches: Record<string, TensorData> = {};
    for (const name of this.#source.general.graph.outputs.keys()) fetches[outputName(name)] = outputs[name]!;
    return fetches;
  }
}

function inputName({ source }: Graph['inputs'][number]): string {
  return (source as { name: string }).name;
}

function encode({ general: { graph, shapes } }: ProgramSource): EncodedModel {
  return encodeModel(graph, { dimensions: dimensionNames(shapes) });
}

/** New arrays. */
export function allocateAll(specs: Readonly<Record<string, TensorSpec>>): Record<string, TensorData> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, allocate(spec)]));
}
