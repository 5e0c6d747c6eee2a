import * as tf from '@tensorflow/tfjs-core';
import { ShapeError, scan } from '@wordloom/compile';
import { oneHot } from './one-hot.ts';
import { type Reduced, type Reduction, type ReductionOptions, requireReduction } from './reduction.ts';

/** Options of {@link ctcLoss}. */
export interface CtcOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** int32 `[batch]`: how many time steps of each row count, at most time; default all. */
  readonly inputLengths?: tf.Tensor;
  /** int32 `[batch]`: how many labels of each row count; default all. */
  readonly targetLengths?: tf.Tensor;
  /** The class that stands for no label; default 0. */
  readonly blank?: number;
  /** Whether targets that no path can spell, because the input is too short, count 0 instead of infinity; default false. */
  readonly zeroInfinity?: boolean;
}

/** Log of nothing, and finite, so that differences of it are no NaN. */
const NEVER = -1e30;

/**
 * Connectionist temporal classification: the negative log of the summed probability of all alignments of a label sequence with
 * the time steps, in nats. An alignment repeats labels and puts blanks between them.
 *
 * @param logits  `[batch, time, classes]`, before the softmax or log-probabilities (which a softmax leaves as they are); batch
 * first, unlike in PyTorch
 * @param targets int32 `[batch, labels]` without blanks; what stands after a row's length is not read
 * @returns a scalar: the sum, or the mean over rows of the loss divided by the number of labels, as in PyTorch; with `none` `[batch]`
 * @throws {ShapeError} if shapes do not fit @throws {TypeError} if targets are not int32 @throws {RangeError} if blank is no class
 * @see Graves et al. 2006, "Connectionist temporal classification", §4.1
 */
export function ctcLoss<R extends Reduction = 'mean'>(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: CtcOptions<R> = {},
): Reduced<R> {
  const { blank = 0, zeroInfinity = false } = options;
  const reduction = options.reduction ?? 'mean';
  requireFit(logits, targets, options);
  requireReduction('ctcLoss', reduction);
  const [batch, time, classes] = logits.shape as [number, number, number];
  const labelCount = targets.shape[1]!;
  return tf.tidy(() => {
    const inputLengths = options.inputLengths ?? tf.fill([batch], time, 'int32');
    const targetLengths = options.targetLengths ?? tf.fill([batch], labelCount, 'int32');
    const symbols = withBlanks(targets, targetLengths, blank); // [B, L], L = 2 labels + 1
    const emissions = emissionScores(logits, symbols, classes); // [T, B, L]
    const last = forwardScores(emissions, symbols, { blank, inputLengths }); // [B, L]
    const losses = tf.neg(finalScores(last, targetLengths)); // [B]
    const possible = tf.step(tf.sub(-NEVER / 2, losses)); // a comparison would have no gradient
    const known = tf.mul(losses, possible);
    const found = zeroInfinity ? known : tf.sub(known, tf.log(possible)); // −log 0 = ∞
    if (reduction === 'none') return found;
    if (reduction === 'sum') return tf.sum(found);
    return tf.mean(tf.div(found, tf.cast(tf.maximum(targetLengths, 1), 'float32')));
  }) as Reduced<R>;
}

/** `a b` → `_ a _ b _`; blanks after the end of a row. */
function withBlanks(targets: tf.Tensor, lengths: tf.Tensor, blank: number): tf.Tensor {
  const [batch, count] = targets.shape as [number, number];
  const real = tf.cast(tf.less(tf.range(0, count, 1, 'int32'), tf.expandDims(lengths, 1)), 'int32');
  const labels = tf.add(tf.mul(targets, real), tf.mul(blank, tf.sub(1, real)));
  const blanks = tf.fill([batch, count], blank, 'int32');
  const pairs = tf.reshape(tf.stack([blanks, tf.cast(labels, 'int32')], 2), [batch, 2 * count]);
  return tf.concat([pairs, tf.fill([batch, 1], blank, 'int32')], 1);
}

/** The log-probability of each symbol at each time step: `[time, batch, symbols]`. */
function emissionScores(logits: tf.Tensor, symbols: tf.Tensor, classes: number): tf.Tensor {
  const logProbabilities = tf.maximum(tf.logSoftmax(logits), NEVER); // [B, T, C]; −∞ times 0 would be NaN
  const choice = oneHot(symbols, classes); // [B, L, C]
  return tf.transpose(tf.matMul(logProbabilities, choice, false, true), [1, 0, 2]);
}

/** Log of the summed probability of all beginnings that end at each symbol when a row's input ends. */
function forwardScores(
  emissions: tf.Tensor,
  symbols: tf.Tensor,
  { blank, inputLengths }: { blank: number; inputLengths: tf.Tensor },
): tf.Tensor {
  const [time, batch, length] = emissions.shape as [number, number, number];
  const start = tf.concat([tf.zeros([Math.min(2, length)]), tf.fill([Math.max(0, length - 2)], NEVER)]);
  const first = tf.add(
    tf.reshape(tf.slice(emissions, [0, 0, 0], [1, batch, length]), [batch, length]),
    start,
  );
  if (time === 1) return first;
  const skip = skipScores(symbols, blank); // [B, L]
  const later = (x: tf.Tensor, by: number): tf.Tensor =>
    length <= by
      ? tf.fill([batch, length], NEVER)
      : tf.concat([tf.fill([batch, by], NEVER), tf.slice(x, [0, 0], [batch, length - by])], 1);
  const steps = tf.reshape(tf.range(1, time, 1, 'int32'), [time - 1, 1]);
  const active = tf.expandDims(tf.cast(tf.less(steps, tf.expandDims(inputLengths, 0)), 'float32'), 2); // [T − 1, B, 1]
  const { carry } = scan(
    ({ scores }, { emission, isActive }) => {
      const ways = [scores, later(scores, 1), tf.add(later(scores, 2), skip)] as const; // stay, go on, skip a blank
      const next = tf.add(logSum(ways), emission);
      const kept = tf.add(tf.mul(isActive, next), tf.mul(tf.sub(1, isActive), scores));
      return { carry: { scores: kept }, outputs: {} };
    },
    {
      carry: { scores: first },
      inputs: {
        emission: tf.slice(emissions, [1, 0, 0], [time - 1, batch, length]),
        isActive: active,
      },
    },
  );
  return carry.scores;
}

/** 0 where a path may come from two symbols before: to a label, over a blank, from another label. */
function skipScores(symbols: tf.Tensor, blank: number): tf.Tensor {
  const [batch, length] = symbols.shape as [number, number];
  if (length <= 2) return tf.fill([batch, length], NEVER);
  const [here, before] = [2, 0].map((begin) => tf.slice(symbols, [0, begin], [batch, length - 2]));
  const allowed = tf.logicalAnd(tf.notEqual(here!, blank), tf.notEqual(here!, before!));
  const scores = tf.mul(NEVER, tf.sub(1, tf.cast(allowed, 'float32')));
  return tf.concat([tf.fill([batch, 2], NEVER), scores], 1);
}

/** A path ends at the last label or at the blank after it. */
function finalScores(scores: tf.Tensor, targetLengths: tf.Tensor): tf.Tensor {
  const [, length] = scores.shape as [number, number];
  const end = tf.mul(2, targetLengths);
  const at = (place: tf.Tensor): tf.Tensor => tf.sum(tf.mul(oneHot(place, length), scores), -1);
  const noLabel = tf.cast(tf.equal(targetLengths, 0), 'float32');
  const lastLabel = tf.add(at(tf.maximum(tf.sub(end, 1), 0)), tf.mul(NEVER, noLabel));
  return logSum([at(end), lastLabel]);
}

/** log Σ exp, element by element. */
function logSum(terms: readonly tf.Tensor[]): tf.Tensor {
  const largest = terms.reduce((a, b) => tf.maximum(a, b));
  return tf.add(largest, tf.log(tf.addN(terms.map((term) => tf.exp(tf.sub(term, largest))))));
}

function requireFit(
  logits: tf.Tensor,
  targets: tf.Tensor,
  { inputLengths, targetLengths, blank = 0 }: CtcOptions,
): void {
  const [batch, time, classes] = logits.shape;
  if (logits.rank !== 3 || targets.rank !== 2 || targets.shape[0] !== batch || time === 0) {
    throw new ShapeError(
      `ctcLoss: logits and targets must be [batch, time, classes] and [batch, labels], got [${logits.shape}] and [${targets.shape}].`,
    );
  }
  if (targets.dtype !== 'int32') throw new TypeError(`ctcLoss: targets must be int32, got ${targets.dtype}.`);
  for (const [name, lengths] of Object.entries({ inputLengths, targetLengths })) {
    if (lengths && (`${lengths.shape}` !== `${batch}` || lengths.dtype !== 'int32')) {
      throw new ShapeError(
        `ctcLoss: ${name} must be int32 [${batch}], got ${lengths.dtype} [${lengths.shape}].`,
      );
    }
  }
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes!) {
    throw new RangeError(`ctcLoss: blank must be a class in [0, ${classes}), got ${blank}.`);
  }
}
