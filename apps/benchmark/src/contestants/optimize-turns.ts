import type { Runtime } from '@wordloom/compile';
import {
  Adafactor,
  Adagrad,
  AdamW,
  clipScale,
  globalNorm,
  Lion,
  Muon,
  type Optimizer,
  Parameter,
  RMSProp,
  SGD,
} from '@wordloom/nn-core';
import type { Engine } from './engine.ts';
import type { JobFiles, OptimizeJob, OptimizerName } from './protocol.ts';
import type { Turns } from './train-turns.ts';

type Parameters = ReadonlyMap<string, Parameter>;

/** As in peers/torch_optimizers.py. */
const OPTIMIZERS: Readonly<Record<OptimizerName, (parameters: Parameters, runtime?: Runtime) => Optimizer>> =
  {
    AdamW: (parameters) => new AdamW(parameters, { learningRate: 1e-3, weightDecay: 0.1 }),
    SGD: (parameters) => new SGD(parameters, { learningRate: 1e-2, momentum: 0.9 }),
    Adagrad: (parameters) => new Adagrad(parameters, { learningRate: 1e-3 }),
    RMSProp: (parameters) => new RMSProp(parameters, { learningRate: 1e-3 }),
    Lion: (parameters) => new Lion(parameters, { learningRate: 1e-4, weightDecay: 0.1 }),
    Adafactor: (parameters) => new Adafactor(parameters),
    Muon: (parameters, runtime) =>
      new Muon(parameters, { learningRate: 1e-3, weightDecay: 0.1, ...(runtime && { runtime }) }),
  };

/** Clipping and optimizer steps, as `train()` takes them, on given gradients. */
export function optimizeTurns(
  { optimizer: name, clipNorm }: OptimizeJob,
  { weights, data }: JobFiles,
  { runtime }: Engine,
): Turns {
  const names = [...weights.keys()].sort();
  const parameters = new Map(
    names.map((name) => {
      const { data, shape } = weights.get(name)!;
      return [name, new Parameter(data as Float32Array, shape)];
    }),
  );
  const gradients = [0, 1].map((parity) =>
    Object.fromEntries(names.map((name) => [name, data.get(`${parity}.${name}`)!.data as Float32Array])),
  );
  const optimizer = OPTIMIZERS[name](parameters, runtime);
  return {
    buildMilliseconds: null,
    nodeCount: null,
    async turn(count) {
      const milliseconds: number[] = [];
      for (let index = 0; index < count; index++) {
        const gradient = gradients[optimizer.stepCount % 2]!;
        const start = performance.now();
        const gradientScale = clipScale(globalNorm(gradient), clipNorm);
        await optimizer.step(gradient, { gradientScale });
        milliseconds.push(performance.now() - start);
      }
      return { milliseconds, outcomes: [...parameters.values()].flatMap(({ data }) => samplesOf(data)) };
    },
  };
}

function samplesOf(values: Float32Array): number[] {
  return Array.from({ length: 7 }, (_, k) => values[Math.floor((k * (values.length - 1)) / 6)]!);
}
