// AssemblyScript: training of text classifiers, from encoded examples to updated tables in one loop: the mean of input rows, scores, loss,
// updates. Built into src/fasttext/text-training-kernel.wasm.ts by assembly/build.js. The host (classifier-memory.ts) lays the memory out, which
// all threads share, and gives every thread a scratch of its own. Rows take `stride` bytes, a multiple of 16, filled up with zeros.

const SOFTMAX: u32 = 0;
const NEGATIVE_SAMPLING: u32 = 1;
const HIERARCHICAL: u32 = 2;
// otherwise one against all

// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const GOLDEN: u64 = 0x9e3779b97f4a7c15;
// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const MIX_1: u64 = 0xbf58476d1ce4e5b9;
// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const MIX_2: u64 = 0x94d049bb133111eb;

// What all threads share.
let inputs: usize = 0;
let outputs: usize = 0;
let stride: usize = 0;
let loss: u32 = 0;
let labelCount: u32 = 0;
let negative: u32 = 0;
/** For each label, a draw out of 2³² and the label that draws from there on mean (Walker's alias method). */
let draws: usize = 0;
/** For each label, where its path begins in `pathNodes`, and at last the end. */
let paths: usize = 0;
/** Inner node << 1 | label. */
let pathNodes: usize = 0;
/** The numbers of examples, in the order of training. */
let order: usize = 0;
/** For each example, where its rows begin in `rows`, and at last the end. */
let rowStarts: usize = 0;
let rows: usize = 0;
/** The same of labels. */
let labelStarts: usize = 0;
let labels: usize = 0;

// What this thread has for itself.
let hidden: usize = 0;
let gradient: usize = 0;
let scores: usize = 0;
let report: usize = 0;

let state: u64 = 0;

/** Takes over what the host has written, field after field, at `shared` for all threads and at `own` for this one. */
export function configure(shared: usize, own: usize): void {
  inputs = load<u32>(shared);
  outputs = load<u32>(shared, 4);
  stride = load<u32>(shared, 8);
  loss = load<u32>(shared, 12);
  labelCount = load<u32>(shared, 16);
  negative = load<u32>(shared, 20);
  draws = load<u32>(shared, 24);
  paths = load<u32>(shared, 28);
  pathNodes = load<u32>(shared, 32);
  order = load<u32>(shared, 36);
  rowStarts = load<u32>(shared, 40);
  rows = load<u32>(shared, 44);
  labelStarts = load<u32>(shared, 48);
  labels = load<u32>(shared, 52);
  hidden = load<u32>(own);
  gradient = load<u32>(own, 4);
  scores = load<u32>(own, 8);
  report = load<u32>(own, 12);
}

/**
 * Trains on the examples at the places from `first` to before `last` of the order. Draws depend on the seed and the block's number alone. The
 * learning rate falls by `slope` an example. The report: the sum of losses in nats (f64), and of how many (u32).
 */
export function train(
  first: u32,
  last: u32,
  seedLow: u32,
  seedHigh: u32,
  block: u32,
  learningRate: f64,
  slope: f64,
): void {
  state = ((seedHigh as u64) << 32) | (seedLow as u64);
  state = next() ^ ((block as u64) * GOLDEN);
  let total: f64 = 0;
  let count: u32 = 0;
  for (let place = first; place < last; place++) {
    const example = (load<u32>(order + ((place as usize) << 2)) as usize) << 2;
    const firstRow = rows + ((load<u32>(rowStarts + example) as usize) << 2);
    const endRow = rows + ((load<u32>(rowStarts + example, 4) as usize) << 2);
    const firstLabel = labels + ((load<u32>(labelStarts + example) as usize) << 2);
    const endLabel = labels + ((load<u32>(labelStarts + example, 4) as usize) << 2);
    if (firstRow === endRow || firstLabel === endLabel) continue;
    const rate = max(0, learningRate - slope * ((place - first) as f64)) as f32;
    const share = (1 / ((endRow - firstRow) >> 2)) as f64 as f32;
    average(firstRow, endRow, share);
    memory.fill(gradient, 0, stride);
    if (loss === SOFTMAX || loss === NEGATIVE_SAMPLING || loss === HIERARCHICAL) {
      const choices = ((endLabel - firstLabel) >> 2) as u32;
      const target = load<u32>(firstLabel + (((choices > 1 ? below(choices) : 0) as usize) << 2));
      if (loss === SOFTMAX) total += softmax(target, rate);
      else if (loss === HIERARCHICAL) total += descend(target, rate);
      else total += sample(target, rate);
    } else total += separate(firstLabel, endLabel, rate);
    count++;
    scale(gradient, share);
    for (let at = firstRow; at < endRow; at += 4) {
      addTo(inputs + (load<u32>(at) as usize) * stride, gradient);
    }
  }
  store<f64>(report, total);
  store<u32>(report, count, 8);
}

/** hidden = the mean of rows. */
function average(first: usize, end: usize, share: f32): void {
  memory.fill(hidden, 0, stride);
  for (let at = first; at < end; at += 4) addTo(hidden, inputs + (load<u32>(at) as usize) * stride);
  scale(hidden, share);
}

function softmax(target: u32, rate: f32): f64 {
  let highest = -f32.MAX_VALUE;
  for (let label: u32 = 0; label < labelCount; label++) {
    const score = dot(outputs + (label as usize) * stride);
    store<f32>(scores + ((label as usize) << 2), score);
    highest = max(highest, score);
  }
  let sum: f32 = 0;
  for (let label: u32 = 0; label < labelCount; label++) {
    const at = scores + ((label as usize) << 2);
    const weight = NativeMathf.exp(load<f32>(at) - highest);
    store<f32>(at, weight);
    sum += weight;
  }
  const inverse: f32 = (1 as f32) / sum;
  for (let label: u32 = 0; label < labelCount; label++) {
    const probability = load<f32>(scores + ((label as usize) << 2)) * inverse;
    const error: f32 = (label === target ? (1 as f32) : (0 as f32)) - probability;
    if (error !== 0) move(outputs + (label as usize) * stride, rate * error);
  }
  return -NativeMath.log(max((load<f32>(scores + ((target as usize) << 2)) * inverse) as f64, 1e-30));
}

function descend(target: u32, rate: f32): f64 {
  let total: f64 = 0;
  const end = pathNodes + ((load<u32>(paths + ((target as usize) << 2), 4) as usize) << 2);
  for (
    let at = pathNodes + ((load<u32>(paths + ((target as usize) << 2)) as usize) << 2);
    at < end;
    at += 4
  ) {
    const step = load<u32>(at);
    total += decide(step >> 1, (step & 1) !== 0, rate);
  }
  return total;
}

function sample(target: u32, rate: f32): f64 {
  let total = decide(target, true, rate);
  for (let drawn: u32 = 0; labelCount > 1 && drawn < negative; ) {
    const column = below(labelCount);
    const entry = draws + ((column as usize) << 3);
    const limit = load<u32>(entry);
    const label = limit === 0xffffffff || ((next() >> 32) as u32) < limit ? column : load<u32>(entry, 4);
    if (label === target) continue;
    total += decide(label, false, rate);
    drawn++;
  }
  return total;
}

function separate(firstLabel: usize, endLabel: usize, rate: f32): f64 {
  let total: f64 = 0;
  for (let label: u32 = 0; label < labelCount; label++) {
    let isOne = false;
    for (let at = firstLabel; at < endLabel; at += 4) if (load<u32>(at) === label) isOne = true;
    total += decide(label, isOne, rate);
  }
  return total;
}

/** A logistic regression of one output row. */
function decide(row: u32, isOne: bool, rate: f32): f64 {
  const address = outputs + (row as usize) * stride;
  const score: f32 = max<f32>(-80, min<f32>(80, dot(address)));
  const probability: f32 = (1 as f32) / ((1 as f32) + NativeMathf.exp(-score));
  move(address, rate * ((isOne ? (1 as f32) : (0 as f32)) - probability));
  const margin = (isOne ? score : -score) as f64;
  return NativeMath.log(1 + NativeMath.exp(-margin));
}

/** The dot product of a row with hidden. */
function dot(row: usize): f32 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < stride; at += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(row + at), v128.load(hidden + at)));
  }
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  );
}

/** gradient += factor · row; row += factor · hidden, each as they were. */
function move(row: usize, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < stride; at += 16) {
    const before = v128.load(row + at);
    v128.store(gradient + at, f32x4.add(v128.load(gradient + at), f32x4.mul(factors, before)));
    v128.store(row + at, f32x4.add(before, f32x4.mul(factors, v128.load(hidden + at))));
  }
}

function addTo(target: usize, source: usize): void {
  for (let at: usize = 0; at < stride; at += 16) {
    v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(source + at)));
  }
}

function scale(vector: usize, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < stride; at += 16) {
    v128.store(vector + at, f32x4.mul(v128.load(vector + at), factors));
  }
}

/** A draw from 0 up to, not including, a limit. */
function below(limit: u32): u32 {
  return (((next() >> 32) * (limit as u64)) >> 32) as u32;
}

/** SplitMix64 (Steele, Lea and Flood 2014). */
function next(): u64 {
  state += GOLDEN;
  let mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * MIX_1;
  mixed = (mixed ^ (mixed >> 27)) * MIX_2;
  return mixed ^ (mixed >> 31);
}
