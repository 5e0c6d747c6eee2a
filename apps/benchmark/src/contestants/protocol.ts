import type { TensorData } from '@wordloom/compile';
import type { GptSpec, ModelSpec } from '../models/model-spec.ts';

/** AdamW and clipping as both sides of a training comparison use them. */
export interface OptimizerSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Of matrices; biases and norms do not decay. */
  readonly weightDecay: number;
  readonly clipNorm: number;
}

interface JobBase {
  readonly model: ModelSpec;
  readonly threads: number;
  /** A safetensors file with the weights every contestant starts from, by Wordloom's names. In a page it is a URL. */
  readonly weightsPath: string;
  /** A safetensors file with what the task works on. In a page it is a URL. */
  readonly dataPath: string;
}

/** Training: a turn of `count` takes that many steps. Data: `inputs` and `targets`, int32 `[steps, ...]`, as the model takes them. */
export interface TrainJob extends JobBase {
  readonly task: 'train';
  readonly optimizer: OptimizerSettings;
}

/**
 * Generation: a turn of `count` continues the prompt that many times by the likeliest token. Data: `prompt`, int32
 * `[1, length]`.
 */
export interface GenerateJob extends JobBase {
  readonly task: 'generate';
  readonly model: GptSpec;
  readonly tokenCount: number;
}

/** Optimizers that are compared; their settings are in the contestants. */
export type OptimizerName = 'AdamW' | 'SGD' | 'Adagrad' | 'RMSProp' | 'Lion' | 'Adafactor' | 'Muon';

/**
 * Clipping of the gradients' norm and one optimizer step: a turn of `count` takes that many. Data: two gradients of each
 * parameter, taken in turns, as `0.NAME` and `1.NAME`.
 */
export interface OptimizeJob extends JobBase {
  readonly task: 'optimize';
  readonly optimizer: OptimizerName;
  readonly clipNorm: number;
}

/** The first line a contestant reads. */
export type Job = TrainJob | GenerateJob | OptimizeJob;

/** What the files of a job hold, by name. */
export interface JobFiles {
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly data: ReadonlyMap<string, TensorData>;
}

/** Its first line back. */
export interface Ready {
  readonly versions: Readonly<Record<string, string>>;
  /** Tracing and session building; null where nothing is built. */
  readonly buildMilliseconds: number | null;
  /** Of the graph that is run; null or missing where there is none, or several. */
  readonly nodeCount?: number | null;
}

/** Its first line back where it cannot run at all. */
export interface Unavailable {
  readonly unavailable: string;
}

/** Every further line a contestant reads. */
export interface TurnRequest {
  readonly count: number;
}

/** What one turn did. */
export interface Outcome {
  /** Training and optimizing: of each step. Generation: per token, the mean of each continuation, its first token not counted. */
  readonly milliseconds: readonly number[];
  /**
   * Training: the loss of each step. Generation: the tokens of the last continuation. Optimizing: seven weights of each
   * parameter, evenly spread, after the last step, in the order of the sorted names.
   */
  readonly outcomes: readonly number[];
}

/** Its line back. What only a process of its own or only a page can tell is missing from the other. */
export interface Turn extends Outcome {
  /** Processor time used since the previous turn: what a waiting contestant takes from the others. */
  readonly idleProcessorMilliseconds?: number;
  readonly peakMemoryMebibytes?: number;
  /** The longest time in this turn between two ticks of a timer on the page's own thread, while the work went on in a worker. */
  readonly longestGapMilliseconds?: number;
}
