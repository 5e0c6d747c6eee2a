import type { Explanation } from './explain/explanation.ts';
import { Program, programFrom } from './program.ts';
import { type Draw, withRandomness } from './random/randomness.ts';
import { requireTensors } from './require-tensors.ts';
import { type Runtime, requireRuntime } from './runtime/runtime.ts';
import { describeInput, type InputSpecs, requireRanges } from './sizes/input-spec.ts';
import type { DimensionRange } from './sizes/sample-sizes.ts';
import { allocate, describeSpec, type TensorData, type TensorSpec } from './tensor-data.ts';
import { type TensorFunction, trace } from './trace/trace.ts';

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Where it runs: `nodeRuntime()` or `webRuntime()`. */
  readonly runtime: Runtime;
  /**
   * Inputs some of whose sizes have names, such as `{ ids: { dtype: 'int32', shape: ['batch', 'length'] } }`. One graph then serves all
   * their sizes. Inputs that are not listed, and sizes that are numbers, are part of the signature as ever.
   */
  readonly inputs?: InputSpecs;
  /** The ranges of named sizes. */
  readonly dimensions?: Readonly<Record<string, DimensionRange>>;
  /** How many input signatures are kept compiled; the least recently used goes first, and its session is released. */
  readonly maxSignatures?: number;
  /**
   * Inputs whose arrays the function may write later outputs into: after the call they are its own. A state that goes round and round,
   * such as a cache, then lives in two arrays instead of a new one for each call.
   */
  readonly donate?: readonly string[];
}

/** A compiled tfjs program. */
export interface CompiledFunction {
  /**
   * @param inputs the program's inputs by name
   * @param draw   which random numbers dropout uses; without it, dropout is off
   * @returns new arrays with the program's outputs, by name
   */
  (inputs: Readonly<Record<string, TensorData>>, draw?: Draw): Promise<Record<string, TensorData>>;
  /**
   * What the graph for these inputs consists of, what was fused, and what it needs; where the runtime can measure it, also the time of each operator.
   * `formatExplanation` makes it text.
   *
   * @param runs how many runs to average over; default 5
   */
  explain(inputs: Readonly<Record<string, TensorData>>, draw?: Draw, runs?: number): Promise<Explanation>;
  /** Frees the sessions. The function must not be called afterwards. */
  release(): Promise<void>;
}

/**
 * Compiles a tfjs program: it is traced for each signature of input types and shapes, and the graph runs on
 * ONNX Runtime. The program may take gradients.
 *
 * With named sizes (`inputs`) there is one graph for all of them. It is made from traces at several sizes, which must agree: a program that does
 * something else at another size is refused, with the line in which it does. What cannot be seen is a program that
 * branches at a size it was not traced at.
 *
 * @param program pure: what it does may depend on shapes, not on values
 * @returns an asynchronous function of the same inputs and outputs
 * @example
 * const runtime = await nodeRuntime();
 * const square = compile(({ x }) => ({ y: tf.square(x) }), { runtime });
 * const { y } = await square({ x: tensorData(Float32Array.of(1, 2, 3), [3]) });
 */
export function compile(
  program: TensorFunction,
  { runtime, inputs: named = {}, dimensions = {}, maxSignatures = 32, donate = [] }: CompileOptions,
): CompiledFunction {
  if (typeof program !== 'function')
    throw new TypeError(`compile: program must be a function, got ${program}.`);
  requireRuntime('compile', runtime);
  requireRanges('compile', named, dimensions);
  if (!Number.isInteger(maxSignatures) || maxSignatures < 1)
    throw new RangeError(`compile: maxSignatures must be a positive integer, got ${maxSignatures}.`);
  const programs = new Map<string, Promise<Program>>();
  let isReleased = false;

  const traced = (random: boolean): TensorFunction => {
    const draw = random ? { seed: 0, step: 0 } : undefined;
    return (tensors) => withRandomness(draw, () => program(tensors));
  };
  const programFor = (inputs: Readonly<Record<string, TensorData>>, random: boolean): Promise<Program> => {
    if (isReleased) throw new Error('compile: the function is released.');
    requireTensors('compile', inputs);
    const specs = Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, shape }]) => [name, named[name] ?? { dtype, shape }]),
    );
    const signature = signatureOf(specs, random);
    const known = programs.get(signature);
    if (known) {
      programs.delete(signature); // moved to the end: the order of the map is the order of last use
      programs.set(signature, known);
      return known;
    }
    const loaded = Program.load(programFrom('compile', traced(random), specs, runtime, dimensions), runtime);
    programs.set(signature, loaded);
    loaded.catch(() => programs.delete(signature));
    if (programs.size > maxSignatures) {
      const [oldest, evicted] = programs.entries().next().value!;
      programs.delete(oldest);
      void evicted.then((program) => program.release());
    }
    return loaded;
  };

  const spare = new SpareArrays();
  const compiled = async (
    inputs: Readonly<Record<string, TensorData>>,
    draw?: Draw,
  ): Promise<Record<string, TensorData>> => {
    const loaded = await programFor(inputs, draw !== undefined);
    const outputs: Record<string, TensorData> = {};
    for (const [name, spec] of Object.entries(loaded.outputSpecs('compile', inputs)))
      outputs[name] = spare.take(spec);
    await loaded.run('compile', inputs, outputs, draw);
    for (const name of donate) if (inputs[name]) spare.add(inputs[name]);
    return outputs;
  };
  const explain: CompiledFunction['explain'] = async (inputs, draw, runs = 5) => {
    const loaded = await programFor(inputs, draw !== undefined);
    return loaded.explain('compile', trace(traced(draw !== undefined), inputs), { inputs, draw, runs });
  };
  const release = async (): Promise<void> => {
    isReleased = true;
    const loaded = await Promise.all(programs.values());
    programs.clear();
    await Promise.all(loaded.map((program) => program.release()));
  };
  return Object.assign(compiled, { explain, release });
}

/** Arrays that were given away, to be used again for outputs of the same type and shape. */
class SpareArrays {
  readonly #bySpec = new Map<string, Set<TensorData['data']>>();

  add(tensor: TensorData): void {
    const spec = describeSpec(tensor);
    const arrays = this.#bySpec.get(spec) ?? new Set();
    this.#bySpec.set(spec, arrays.add(tensor.data));
  }

  take(spec: TensorSpec): TensorData {
    const arrays = this.#bySpec.get(describeSpec(spec));
    const [data] = arrays ?? [];
    if (!data) return allocate(spec);
    arrays!.delete(data);
    return { ...spec, data };
  }
}

function signatureOf(inputs: InputSpecs, random: boolean): string {
  const specs = Object.entries(inputs).map(([name, spec]) => `${name}:${describeInput(spec)}`);
  return `${random}|${specs.join('|')}`;
}
