import * as tf from '@tensorflow/tfjs-core';
import { compile, RandomStream, type Runtime, toTensors } from '../../src/index.ts';
import { asFunction, listing, type RandomProgram, reaching } from './random-program.ts';

interface Difference {
  readonly name: string;
  readonly text: string;
}

type Values = Record<string, { dtype: string; shape: number[]; data: Float64Array }>;

function eagerly(
  program: RandomProgram,
  wanted: readonly number[],
  disturb?: (x: tf.Tensor) => tf.Tensor,
): Values {
  let values: Values = {};
  tf.tidy(() => {
    const inputs = toTensors(
      Object.fromEntries([...program.inputs].map(([place, data]) => [`t${place}`, data])),
    );
    const results = asFunction(program, wanted, { gradients: true, ...(disturb && { disturb }) })(inputs);
    values = Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [
        name,
        { dtype: tensor.dtype, shape: tensor.shape, data: Float64Array.from(tensor.dataSync()) },
      ]),
    );
  });
  return values;
}

/** Factors near 1, which show how far rounding can carry. */
function noise(seed: number): (x: tf.Tensor) => tf.Tensor {
  const random = new RandomStream(seed, 99);
  return (x) => {
    const factors = Float32Array.from({ length: x.size }, () => 1 + 2e-6 * (random.uniform() - 0.5));
    return tf.mul(x, tf.tensor(factors, x.shape));
  };
}

/** What differs between eager and compiled by more than rounding explains. */
export async function differences(
  runtime: Runtime,
  program: RandomProgram,
  wanted: readonly number[],
): Promise<Difference[]> {
  let expected: Values;
  let disturbed: Values[];
  try {
    expected = eagerly(program, wanted);
    disturbed = [1, 2, 3].map((seed) => eagerly(program, wanted, noise(seed)));
  } catch (error) {
    return [{ name: '', text: `eager: ${(error as Error).stack}` }];
  }
  const compiled = compile(asFunction(program, wanted, { gradients: true }), { runtime });
  const found: Difference[] = [];
  try {
    const inputs = Object.fromEntries([...program.inputs].map(([place, data]) => [`t${place}`, data]));
    const actual = await compiled(inputs);
    for (const [name, { dtype, shape, data }] of Object.entries(expected)) {
      const own = actual[name]!;
      if (own.dtype !== dtype || `${own.shape}` !== `${shape}`) {
        found.push({ name, text: `${name} is ${own.dtype}[${own.shape}], eager ${dtype}[${shape}]` });
        continue;
      }
      const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const spread = disturbed.reduce(
        (most, other) =>
          data.reduce(
            (most, value, index) => Math.max(most, Math.abs(value - other[name]!.data[index]!)),
            most,
          ),
        0,
      );
      const tolerance = 1e-5 + 2e-5 * scale + 30 * spread;
      if (!(spread < 1e-3 * Math.max(scale, 0.1))) continue; // rounding decides
      const worst = data.findIndex((value, index) => !(Math.abs(own.data[index]! - value) <= tolerance));
      if (worst >= 0)
        found.push({
          name,
          text: `${name}[${worst}] of ${dtype}[${shape}] is ${own.data[worst]}, eager ${data[worst]}, tolerance ${tolerance}`,
        });
    }
  } catch (error) {
    found.push({ name: '', text: `${(error as Error).stack}` });
  } finally {
    await compiled.release();
  }
  return found;
}

/** The smallest part of a program that still differs. */
export async function reduced(runtime: Runtime, program: RandomProgram): Promise<string> {
  for (const place of program.steps.keys()) {
    if (!('apply' in program.steps[place]!)) continue;
    const part = reaching(program, [place]);
    const found = await differences(runtime, part, [part.steps.length - 1]);
    if (found.length > 0) return `${listing(part)}\n${found.map(({ text }) => text).join('\n')}`;
  }
  return listing(program);
}
