import { explainGraph } from './explain/explain-graph.ts';
import type { Explanation } from './explain/explanation.ts';
import type { Graph, RandomInput } from './graph/graph.ts';
import { type EncodedModel, encodeModel } from './onnx/encode-model.ts';
import { outputName } from './onnx/model-options.ts';
import { optimize } from './passes/optimize.ts';
import { randomKey } from './random/random-stream.ts';
import type { Draw } from './random/randomness.ts';
import { fillDropoutMask } from './random/threefry.ts';
import type { Runtime, RuntimeSession } from './runtime/runtime.ts';
import {
  allocate,
  describeSpec,
  ShapeError,
  type StoredData,
  type TensorData,
  type TensorSpec,
} from './tensor-data.ts';

/** What to run, for times in an explanation. */
export interface ProfiledRun {
  readonly inputs: Readonly<Record<string, TensorData>>;
  readonly draw: Draw | undefined;
  /** How many runs to average over. */
  readonly runs: number;
}

/** A traced graph, optimized and loaded into a runtime. */
export class Program {
  readonly nodeCount: number;
  readonly #session: RuntimeSession;
  readonly #inputs: ReadonlyMap<string, TensorSpec>;
  readonly #outputs: ReadonlyMap<string, TensorSpec>;
  /** Weights that go to the model at every run, by name. */
  readonly #passed: Readonly<Record<string, TensorData | StoredData>>;
  readonly #randomInputs: readonly { readonly input: RandomInput; readonly mask: TensorData }[];

  readonly #traced: Graph;
  readonly #runtime: Runtime;
  #last: Promise<unknown> = Promise.resolve();
  #released = false;

  private constructor(
    traced: Graph,
    graph: Graph,
    passed: EncodedModel['passed'],
    runtime: Runtime,
    session: RuntimeSession,
  ) {
    this.#traced = traced;
    this.#runtime = runtime;
    this.nodeCount = graph.nodes.length;
    this.#session = session;
    this.#passed = Object.fromEntries(passed);
    this.#inputs = new Map(graph.inputs.map((value) => [inputName(value), value as TensorSpec]));
    this.#outputs = new Map([...graph.outputs].map(([name, value]) => [name, value as TensorSpec]));
    this.#randomInputs = graph.randomInputs.map((input) => ({
      input,
      mask: allocate(input.value as TensorSpec),
    }));
  }

  static async load(graph: Graph, runtime: Runtime): Promise<Program> {
    const optimized = optimize(graph);
    const { model, passed } = encodeModel(optimized);
    return new Program(graph, optimized, passed, runtime, await runtime.createSession(model));
  }

  /** Arrays for all outputs, new ones unless said otherwise. */
  allocateOutputs(arrayFor: (spec: TensorSpec) => TensorData = allocate): Record<string, TensorData> {
    return Object.fromEntries([...this.#outputs].map(([name, spec]) => [name, arrayFor(spec)]));
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
    const feeds = this.#feeds(caller, inputs, outputs, draw);
    await this.#inTurn(caller, () => {
      this.#draw(draw);
      return this.#session.run(feeds, this.#fetches(outputs));
    });
  }

  /**
   * What the graph consists of and how it came to be; with a run, and where the runtime can measure it, also where its time goes.
   *
   * @throws as {@link run}
   */
  async explain(caller: string, run?: ProfiledRun): Promise<Explanation> {
    const explanation = explainGraph(this.#traced, this.#runtime.name);
    if (!run || !this.#runtime.profile) return explanation;
    const outputs = this.allocateOutputs();
    const feeds = this.#feeds(caller, run.inputs, outputs, run.draw);
    const { model } = encodeModel(optimize(this.#traced));
    const times = await this.#inTurn(caller, () => {
      this.#draw(run.draw);
      return this.#runtime.profile!(model, feeds, this.#fetches(outputs), run.runs);
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

  #draw(draw: Draw | undefined): void {
    for (const { input, mask } of this.#randomInputs) {
      const { seed, step } = draw!; // given, or the feeds were refused
      fillDropoutMask(mask.data as Float32Array, input.rate, randomKey(seed, step, input.site));
    }
  }

  /** All inputs of the session, checked; what is also written to is copied. */
  #feeds(
    caller: string,
    inputs: Readonly<Record<string, TensorData>>,
    outputs: Readonly<Record<string, TensorData>>,
    draw: Draw | undefined,
  ): Record<string, TensorData | StoredData> {
    const written = new Set(Object.values(outputs).map(({ data }) => data));
    const feeds: Record<string, TensorData | StoredData> = { ...this.#passed };
    for (const [name, spec] of this.#inputs) {
      const given = inputs[name];
      if (!given || given.dtype !== spec.dtype || !equal(given.shape, spec.shape)) {
        const got = given ? describeSpec(given) : 'nothing';
        throw new ShapeError(`${caller}: input "${name}" must be ${describeSpec(spec)}, got ${got}.`);
      }
      feeds[name] = written.has(given.data) ? { ...given, data: given.data.slice() } : given;
    }
    if (!draw && this.#randomInputs.length > 0)
      throw new Error(`${caller}: draw must be given, because the program draws random numbers (dropout).`);
    for (const { input, mask } of this.#randomInputs) feeds[inputName(input.value)] = mask;
    return feeds;
  }

  #fetches(outputs: Readonly<Record<string, TensorData>>): Record<string, TensorData> {
    const fetches: Record<string, TensorData> = {};
    for (const name of this.#outputs.keys()) fetches[outputName(name)] = outputs[name]!;
    return fetches;
  }
}

function inputName({ source }: Graph['inputs'][number]): string {
  return (source as { name: string }).name;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
