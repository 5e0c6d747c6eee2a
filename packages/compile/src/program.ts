import type { Graph, RandomInput } from './graph/graph.ts';
import { encodeModel, outputName } from './onnx/encode-model.ts';
import { optimize } from './passes/optimize.ts';
import { randomKey } from './random/random-stream.ts';
import type { Draw } from './random/randomness.ts';
import { fillDropoutMask } from './random/threefry.ts';
import type { Runtime, RuntimeSession } from './runtime/runtime.ts';
import { allocate, describeSpec, ShapeError, type TensorData, type TensorSpec } from './tensor-data.ts';

/** A traced graph, optimized and loaded into a runtime. */
export class Program {
  readonly nodeCount: number;
  readonly #session: RuntimeSession;
  readonly #inputs: ReadonlyMap<string, TensorSpec>;
  readonly #outputs: ReadonlyMap<string, TensorSpec>;
  readonly #randomInputs: readonly { readonly input: RandomInput; readonly mask: TensorData }[];

  private constructor(session: RuntimeSession, graph: Graph) {
    this.nodeCount = graph.nodes.length;
    this.#session = session;
    this.#inputs = new Map(graph.inputs.map((value) => [inputName(value), value as TensorSpec]));
    this.#outputs = new Map([...graph.outputs].map(([name, value]) => [name, value as TensorSpec]));
    this.#randomInputs = graph.randomInputs.map((input) => ({
      input,
      mask: allocate(input.value as TensorSpec),
    }));
  }

  static async load(graph: Graph, runtime: Runtime): Promise<Program> {
    const optimized = optimize(graph);
    return new Program(await runtime.createSession(encodeModel(optimized)), optimized);
  }

  /** Arrays for all outputs, new ones unless said otherwise. */
  allocateOutputs(arrayFor: (spec: TensorSpec) => TensorData = allocate): Record<string, TensorData> {
    return Object.fromEntries([...this.#outputs].map(([name, spec]) => [name, arrayFor(spec)]));
  }

  /**
   * Runs once, filling the arrays of `outputs`. An input may be an output's array: it is copied first.
   *
   * @throws {ShapeError} if an input is missing or has another type or shape than was traced
   * @throws {Error} if the program draws random numbers and `draw` is missing
   */
  async run(
    caller: string,
    inputs: Readonly<Record<string, TensorData>>,
    outputs: Readonly<Record<string, TensorData>>,
    draw: Draw | undefined,
  ): Promise<void> {
    const written = new Set(Object.values(outputs).map(({ data }) => data));
    const feeds: Record<string, TensorData> = {};
    for (const [name, spec] of this.#inputs) {
      const given = inputs[name];
      if (!given || given.dtype !== spec.dtype || !equal(given.shape, spec.shape)) {
        const got = given ? describeSpec(given) : 'nothing';
        throw new ShapeError(`${caller}: input "${name}" must be ${describeSpec(spec)}, got ${got}.`);
      }
      feeds[name] = written.has(given.data) ? { ...given, data: given.data.slice() } : given;
    }
    for (const { input, mask } of this.#randomInputs) {
      if (!draw)
        throw new Error(`${caller}: draw must be given, because the program draws random numbers (dropout).`);
      fillDropoutMask(mask.data as Float32Array, input.rate, randomKey(draw.seed, draw.step, input.site));
      feeds[inputName(input.value)] = mask;
    }
    const fetches: Record<string, TensorData> = {};
    for (const name of this.#outputs.keys()) fetches[outputName(name)] = outputs[name]!;
    await this.#session.run(feeds, fetches);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function inputName({ source }: Graph['inputs'][number]): string {
  return (source as { name: string }).name;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
