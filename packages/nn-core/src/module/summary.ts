import { Module, visitMembers } from './module.ts';
import { Parameter } from './parameter.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** One parameter or buffer of a layer. */
export interface TensorSummary {
  /** Within the layer. */
  readonly name: string;
  readonly kind: 'parameter' | 'buffer';
  readonly shape: readonly number[];
  readonly count: number;
  readonly bytes: number;
  readonly trainable: boolean;
  /** The dotted name under which a tied tensor was listed and counted before; else undefined. */
  readonly tiedTo: string | undefined;
}

/** One layer: a module that holds parameters or buffers itself, or that holds no other module. */
export interface LayerSummary {
  /** Dotted; empty for the model itself. */
  readonly name: string;
  /** Its class. A minifier may shorten it. */
  readonly kind: string;
  readonly tensors: readonly TensorSummary[];
  /** Weights, tied ones only where they are first. */
  readonly parameterCount: number;
  readonly trainableCount: number;
  /** Of parameters and buffers, tied ones only where they are first. */
  readonly bytes: number;
}

/**
 * Bytes that training keeps from step to step, estimated: float32 weights and buffers, a float32 gradient for each
 * trainable weight, and the optimizer's slots for it. Activations, batches and the runtime's workspace come on top.
 */
export interface TrainingMemory {
  readonly weights: number;
  readonly gradients: number;
  readonly optimizerState: number;
  readonly total: number;
  /** Numbers the optimizer was taken to keep for each trainable weight. */
  readonly optimizerSlots: number;
}

/** A model in figures. */
export interface ModelSummary {
  readonly layers: readonly LayerSummary[];
  readonly parameterCount: number;
  readonly trainableCount: number;
  /** Of parameters and buffers. */
  readonly bytes: number;
  readonly trainingMemory: TrainingMemory;
}

/** Options of {@link summarize}. */
export interface SummarizeOptions {
  /** Float32 numbers that the optimizer keeps for each trainable weight; default 2, as Adam and AdamW. SGD has 0, or 1 with momentum. */
  readonly optimizerSlots?: number;
}

const FLOAT32_BYTES = 4;

/**
 * What a model is made of, layer by layer, and the memory that training it takes.
 *
 * @throws {RangeError} if `optimizerSlots` is negative
 * @example
 * const { parameterCount, trainingMemory } = summarize(model);
 * process.stdout.write(formatSummary(summarize(model)));
 */
export function summarize(model: Module, { optimizerSlots = 2 }: SummarizeOptions = {}): ModelSummary {
  if (!(optimizerSlots >= 0)) {
    throw new RangeError(`summarize: optimizerSlots must not be negative, got ${optimizerSlots}.`);
  }
  const layers = listLayers(model);
  const total = (of: (layer: LayerSummary) => number): number =>
    layers.reduce((sum, layer) => sum + of(layer), 0);
  const trainableCount = total((layer) => layer.trainableCount);
  const bytes = total((layer) => layer.bytes);
  const gradients = trainableCount * FLOAT32_BYTES;
  const optimizerState = gradients * optimizerSlots;
  return {
    layers,
    parameterCount: total((layer) => layer.parameterCount),
    trainableCount,
    bytes,
    trainingMemory: {
      weights: bytes,
      gradients,
      optimizerState,
      total: bytes + gradients + optimizerState,
      optimizerSlots,
    },
  };
}

interface OpenLayer {
  readonly module: Module;
  readonly tensors: TensorSummary[];
  hasModules: boolean;
}

function listLayers(model: Module): LayerSummary[] {
  const open = new Map<string, OpenLayer>([['', { module: model, tensors: [], hasModules: false }]]);
  const names = new Map<StoredTensor, string>();
  visitMembers(model, ({ member, name, first }) => {
    const holder = holderOf(name, open);
    const layer = open.get(holder)!;
    if (member instanceof Module) {
      layer.hasModules = true;
      if (first) open.set(name, { module: member, tensors: [], hasModules: false });
      return;
    }
    layer.tensors.push(
      summarizeTensor(member, holder ? name.slice(holder.length + 1) : name, names.get(member)),
    );
    if (first) names.set(member, name);
  });
  return Array.from(open)
    .filter(([, { tensors, hasModules }]) => tensors.length > 0 || !hasModules)
    .map(([name, { module, tensors }]) => {
      const counted = tensors.filter(({ tiedTo }) => tiedTo === undefined);
      const parameters = counted.filter(({ kind }) => kind === 'parameter');
      return {
        name,
        kind: module.constructor.name,
        tensors,
        parameterCount: sum(parameters.map(({ count }) => count)),
        trainableCount: sum(parameters.map(({ count, trainable }) => (trainable ? count : 0))),
        bytes: sum(counted.map(({ bytes }) => bytes)),
      };
    });
}

/** The name of the innermost module on the way to `name`. */
function holderOf(name: string, modules: ReadonlyMap<string, unknown>): string {
  let holder = name;
  do holder = holder.slice(0, Math.max(0, holder.lastIndexOf('.')));
  while (!modules.has(holder));
  return holder;
}

function summarizeTensor(tensor: StoredTensor, name: string, tiedTo: string | undefined): TensorSummary {
  const { shape, data } = tensor;
  const isParameter = tensor instanceof Parameter;
  return {
    name,
    kind: isParameter ? 'parameter' : 'buffer',
    shape,
    count: data.length,
    bytes: data.byteLength,
    trainable: isParameter && tensor.trainable,
    tiedTo,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
