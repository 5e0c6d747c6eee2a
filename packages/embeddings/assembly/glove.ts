// AssemblyScript: training of GloVe's vectors, from cooccurrence counts to updated rows: logarithms, weights, errors, AdaGrad, loss. Built into
// src/glove/glove-kernel.wasm.ts by assembly/build.js. The host (glove-memory.ts) lays the memory out, which all threads share.
//
// A row is: a vector, the sums of its squared gradients, the bias, and its sum; rows of words first, then those of contexts. A block of counts is
// arranged in SHARDS × SHARDS cells by the rows of its words and contexts. Cells on one diagonal have no row in common, so threads may train on
// them at once; each number comes from the same operations in the same order for any number of threads.

/** Also in glove-memory.ts. */
const SHARDS: u32 = 16;

// What all threads share.
let rows: usize = 0;
let stride: usize = 0;
let vectorBytes: usize = 0;
/** Where rows of contexts begin. */
let contexts: usize = 0;
let threads: u32 = 0;
let barrierState: usize = 0;
/** Keys of the permutation of pairs, see pair-order.ts. */
let keys: usize = 0;
/** Whether counts are of a pair in both orders. */
let isSymmetric: bool = false;
/** What a count is divided by. */
let scale: f64 = 1;
let logLimit: f64 = 0;
let alpha: f64 = 0;
let learningRate: f32 = 0;
let biasRate: f32 = 0;
let clip: f32 = 0;

// What this thread has for itself.
let thread: u32 = 0;

/** Takes over what the host has written, field after field, at `shared` for all threads and at `own` for this one. */
export function configure(shared: usize, own: usize): void {
  scale = load<f64>(shared);
  logLimit = load<f64>(shared, 8);
  alpha = load<f64>(shared, 16);
  learningRate = load<f64>(shared, 24) as f32;
  biasRate = load<f64>(shared, 32) as f32;
  clip = load<f64>(shared, 40) as f32;
  rows = load<u32>(shared, 48);
  stride = load<u32>(shared, 52);
  vectorBytes = load<u32>(shared, 56);
  contexts = load<u32>(shared, 60);
  threads = load<u32>(shared, 64);
  barrierState = load<u32>(shared, 68);
  isSymmetric = load<u32>(shared, 72) !== 0;
  keys = shared + 76;
  thread = load<u32>(own);
}

/**
 * Arranges a block of records for `train`: by cells, in their order.
 *
 * @param records  pairs in the order of pair-order.ts (u64) and their counts (f64)
 * @param arranged takes rows of words and contexts (u32), logarithms of counts and weights (f32)
 * @param starts   takes where each cell begins, and at last the end (u32)
 */
export function arrange(records: usize, count: u32, arranged: usize, starts: usize): void {
  const cells: u32 = SHARDS * SHARDS;
  memory.fill(starts, 0, ((cells + 1) as usize) << 2);
  const end = records + ((count as usize) << 4);
  for (let record = records; record < end; record += 16) {
    const pair = pairOf(load<u64>(record));
    store<u64>(record, pair);
    const word = (pair >> 32) as u32;
    const context = pair as u32;
    addOne(starts, cellOf(word, context) + 1);
    if (isSymmetric && word !== context) addOne(starts, cellOf(context, word) + 1);
  }
  // From counts to starts; while records are placed, each start moves on to its end, which is the next cell's start.
  let sum: u32 = 0;
  for (let cell: u32 = 0; cell <= cells; cell++) {
    const place = starts + ((cell as usize) << 2);
    const size = load<u32>(place);
    store<u32>(place, sum);
    sum += size;
  }
  for (let record = records; record < end; record += 16) {
    const pair = load<u64>(record);
    const word = (pair >> 32) as u32;
    const context = pair as u32;
    const logarithm = Math.log(load<f64>(record, 8) / scale);
    const weight = logarithm < logLimit ? Math.exp(alpha * (logarithm - logLimit)) : 1;
    place(arranged, starts, word, context, logarithm as f32, weight as f32);
    if (isSymmetric && word !== context) {
      place(arranged, starts, context, word, logarithm as f32, weight as f32);
    }
  }
}

function place(arranged: usize, starts: usize, word: u32, context: u32, logarithm: f32, weight: f32): void {
  const next = starts + (((cellOf(word, context) + 1) as usize) << 2);
  const at = load<u32>(next);
  store<u32>(next, at + 1);
  const record = arranged + ((at as usize) << 4);
  store<u32>(record, word);
  store<u32>(record, context, 4);
  store<f32>(record, logarithm, 8);
  store<f32>(record, weight, 12);
}

function addOne(starts: usize, cell: u32): void {
  const place = starts + ((cell as usize) << 2);
  store<u32>(place, load<u32>(place) + 1);
}

/** Cells of one diagonal lie side by side. */
function cellOf(word: u32, context: u32): u32 {
  const shard = word % SHARDS;
  return ((context + SHARDS - shard) % SHARDS) * SHARDS + shard;
}

/** A word (high) and a context (low) from their place in the order: a Feistel network backwards. */
function pairOf(place: u64): u64 {
  let left = (place >> 32) as u32;
  let right = place as u32;
  for (let round = 3; round >= 0; round--) {
    const before = right ^ mixed(left + load<u32>(keys + ((round as usize) << 2)));
    right = left;
    left = before;
  }
  return ((left as u64) << 32) | (right as u64);
}

function mixed(value: u32): u32 {
  let x = value;
  x = (x ^ (x >> 16)) * 0x21f0aaad;
  x = (x ^ (x >> 15)) * 0x735a2d97;
  return x ^ (x >> 15);
}

/**
 * Trains on an arranged block, together with the other threads.
 *
 * @param losses takes for each cell the sum of ½ f(x) (w·c + b + b' − ln x)² (f64)
 */
export function train(arranged: usize, starts: usize, losses: usize): void {
  for (let diagonal: u32 = 0; diagonal < SHARDS; diagonal++) {
    for (let shard = thread; shard < SHARDS; shard += threads) {
      const cell = (diagonal * SHARDS + shard) as usize;
      const from = arranged + ((load<u32>(starts + (cell << 2)) as usize) << 4);
      const to = arranged + ((load<u32>(starts + (cell << 2), 4) as usize) << 4);
      store<f64>(losses + (cell << 3), trainCell(from, to));
    }
    wait();
  }
}

function trainCell(from: usize, to: usize): f64 {
  let loss: f64 = 0;
  for (let record = from; record < to; record += 16) {
    const word = rows + (load<u32>(record) as usize) * stride;
    const context = contexts + (load<u32>(record, 4) as usize) * stride;
    loss += trainPair(word, context, load<f32>(record, 8), load<f32>(record, 12));
  }
  return loss;
}

/** @returns its loss before the update */
function trainPair(word: usize, context: usize, logarithm: f32, weight: f32): f64 {
  const bytes = vectorBytes; // a local is not read again at each turn
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let at: usize = 0;
  for (; at + 16 < bytes; at += 32) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(word + at), v128.load(context + at)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(word + at, 16), v128.load(context + at, 16)));
  }
  if (at < bytes) s0 = f32x4.add(s0, f32x4.mul(v128.load(word + at), v128.load(context + at)));
  const s = f32x4.add(s0, s1);
  const half = f32x4.add(s, v128.shuffle<f32>(s, s, 2, 3, 0, 1));
  const dot = f32x4.extract_lane(half, 0) + f32x4.extract_lane(half, 1);
  const wordEnd = word + 2 * bytes;
  const contextEnd = context + 2 * bytes;
  const error = dot + load<f32>(wordEnd) + load<f32>(contextEnd) - logarithm;
  const weighted = weight * error;

  const one = f32x4.splat(1);
  const most = f32x4.splat(clip);
  const least = f32x4.splat(-clip);
  const rate = f32x4.splat(learningRate);
  const e = f32x4.splat(weighted);
  for (at = 0; at < bytes; at += 16) {
    const w = v128.load(word + at);
    const c = v128.load(context + at);
    const wordSquares = v128.load(word + bytes + at);
    const contextSquares = v128.load(context + bytes + at);
    const wordStep = f32x4.mul(f32x4.min(f32x4.max(f32x4.mul(e, c), least), most), rate);
    const contextStep = f32x4.mul(f32x4.min(f32x4.max(f32x4.mul(e, w), least), most), rate);
    v128.store(word + at, f32x4.sub(w, f32x4.div(wordStep, f32x4.sqrt(f32x4.add(one, wordSquares)))));
    v128.store(
      context + at,
      f32x4.sub(c, f32x4.div(contextStep, f32x4.sqrt(f32x4.add(one, contextSquares)))),
    );
    v128.store(word + bytes + at, f32x4.add(wordSquares, f32x4.mul(wordStep, wordStep)));
    v128.store(context + bytes + at, f32x4.add(contextSquares, f32x4.mul(contextStep, contextStep)));
  }
  const biasStep = weighted * biasRate;
  moveBias(wordEnd, biasStep);
  moveBias(contextEnd, biasStep);
  return 0.5 * (weighted as f64) * (error as f64);
}

/** The sums of squares begin at 1, which is left out of them: a small square would not count beside it. */
function moveBias(place: usize, step: f32): void {
  const squares = load<f32>(place, 4);
  store<f32>(place, load<f32>(place) - step / sqrt<f32>(1 + squares));
  store<f32>(place, squares + step * step, 4);
}

/** Waits until all threads are here. The state is: arrivals, rounds, and whether the host wants the threads to stop. */
function wait(): void {
  if (threads === 1) return;
  const round = atomic.load<i32>(barrierState, 4);
  if ((atomic.add<i32>(barrierState, 1) as u32) === threads - 1) {
    atomic.store<i32>(barrierState, 0);
    atomic.store<i32>(barrierState, round + 1, 4);
    atomic.notify(barrierState + 4, -1);
    return;
  }
  for (let turn = 0; turn < SPINS; turn++) {
    if (atomic.load<i32>(barrierState, 4) !== round) return;
  }
  while (atomic.load<i32>(barrierState, 4) === round) {
    if (atomic.load<i32>(barrierState, 8)) unreachable();
    atomic.wait<i32>(barrierState + 4, round, 100_000_000);
  }
}

/** Some ten microseconds: longer waits give the processor to others. */
const SPINS: i32 = 4000;
