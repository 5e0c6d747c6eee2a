// AssemblyScript: training of word and document vectors, from word ids to updated tables in one loop: subsampling, windows, negative draws or
// Huffman paths, scores, updates, loss. Built into src/word2vec/word-training-kernel.wasm.ts by assembly/build.js. The host
// (training-memory.ts) lays the memory out, which all threads share, and gives every thread a scratch of its own.
//
// A unit is some input rows, whose mean or sum is h, and groups of output rows that are scored against h: of CBOW the neighbors and their center
// word, of skip-gram a neighbor and the center word, as in word2vec.c. Of words that are several rows, skip-gram's unit is the center word and
// all neighbors, as in fastText: h is gathered once for them. All scores of a group are taken before anything moves, so that its update is the
// gradient of its loss. Rows are given by their byte addresses, multiples of 64; an output's lowest bit is its label.
//
// A batch is one unit, or in lock step many: then every thread lists the same units, scores its share of them, waits for the others, and
// applies all updates in order, but only in its own span of the vectors. Each number then comes from the same operations in the same order
// for any number of threads.

/** Outputs scored at once; groups are filled up with rows of zeros. */
const TILE: u32 = 6;
/** Farther scores count as this: a probability of 2e-35, of which 6 fit a product. */
const FARTHEST: f32 = 80;
// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const GOLDEN: u64 = 0x9e3779b97f4a7c15;
// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const MIX_1: u64 = 0xbf58476d1ce4e5b9;
// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const MIX_2: u64 = 0x94d049bb133111eb;

const SKIP_GRAM: u32 = 0;
const BAG: u32 = 1; // CBOW; with documents PV-DM
// otherwise documents alone are inputs: PV-DBOW

// What all threads share.
let inputs: usize = 0;
let outputs: usize = 0;
let documents: usize = 0;
let stride: usize = 0;
let vectorBytes: usize = 0;
/** For each word, the draw out of 2³² below which it is kept. */
let keep: usize = 0;
/** For each word, a draw out of 2³² and the word that draws from there on mean (Walker's alias method). */
let draws: usize = 0;
let wordCount: u64 = 0;
/** For each word, where its path begins in `pathNodes`, and at last the end; 0 for negative sampling. */
let paths: usize = 0;
/** Inner node << 1 | label. */
let pathNodes: usize = 0;
/** For each word, where its input rows begin in `inputRows`, and at last the end; 0 where each word has one row of its own number. */
let rowLists: usize = 0;
let inputRows: usize = 0;
let architecture: u32 = 0;
let windowSize: u32 = 0;
let shrinks: bool = false;
let negative: u32 = 0;
let isMean: bool = false;
let sharesGradient: bool = false;
let movesWords: bool = false;
let movesOutputs: bool = false;
let threads: u32 = 0;
/** Groups in a batch, 0 for one unit at a time. */
let batchGroups: u32 = 0;
let exponentials: usize = 0;
let barrierState: usize = 0;

// What this thread has for itself.
let thread: u32 = 0;
let words: usize = 0;
let units: usize = 0;
let unitRows: usize = 0;
let groups: usize = 0;
let groupOutputs: usize = 0;
let hidden: usize = 0;
let hiddenBefore: usize = 0;
let hiddenMoves: usize = 0;
let zeros: usize = 0;
let report: usize = 0;
let from: usize = 0;
let to: usize = 0;

// Units: first row, rows, first group, groups, learning rate, rows that move.
const UNIT_BYTES: usize = 24;
let unitCount: u32 = 0;
let rowCount: u32 = 0;
let groupCount: u32 = 0;
/** Of the unit that is being listed. */
let firstRow: u32 = 0;
let firstGroup: u32 = 0;
let outputCount: u32 = 0;
let state: u64 = 0;
let product: f64 = 1;
let exponent: f64 = 0;

/** Takes over what the host has written, field after field, at `shared` for all threads and at `own` for this one. */
export function configure(shared: usize, own: usize): void {
  inputs = load<u32>(shared);
  outputs = load<u32>(shared, 4);
  documents = load<u32>(shared, 8);
  stride = load<u32>(shared, 12);
  vectorBytes = load<u32>(shared, 16);
  keep = load<u32>(shared, 20);
  draws = load<u32>(shared, 24);
  wordCount = load<u32>(shared, 28);
  paths = load<u32>(shared, 32);
  pathNodes = load<u32>(shared, 36);
  rowLists = load<u32>(shared, 40);
  inputRows = load<u32>(shared, 44);
  architecture = load<u32>(shared, 48);
  windowSize = load<u32>(shared, 52);
  shrinks = load<u32>(shared, 56) !== 0;
  negative = load<u32>(shared, 60);
  isMean = load<u32>(shared, 64) !== 0;
  sharesGradient = load<u32>(shared, 68) !== 0;
  movesWords = load<u32>(shared, 72) !== 0;
  movesOutputs = load<u32>(shared, 76) !== 0;
  threads = load<u32>(shared, 80);
  batchGroups = load<u32>(shared, 84);
  exponentials = load<u32>(shared, 88);
  barrierState = load<u32>(shared, 92);
  thread = load<u32>(own);
  words = load<u32>(own, 4);
  units = load<u32>(own, 8);
  unitRows = load<u32>(own, 12);
  groups = load<u32>(own, 16);
  groupOutputs = load<u32>(own, 20);
  hidden = load<u32>(own, 24);
  hiddenBefore = load<u32>(own, 28);
  hiddenMoves = load<u32>(own, 32);
  zeros = load<u32>(own, 36);
  report = load<u32>(own, 40);
  if (batchGroups) {
    const lanes = (vectorBytes >> 4) as u32;
    from = (((lanes * thread) / threads) as usize) << 4;
    to = (((lanes * (thread + 1)) / threads) as usize) << 4;
  } else {
    exponentials = load<u32>(own, 44);
    from = 0;
    to = vectorBytes;
  }
}

/**
 * Trains on a block of word ids. A sentence ends with a negative number: ~d for sentences of document d.
 *
 * Draws depend on the seed and the block's number alone. The learning rate falls by `slope` a word from `learningRate` to `least`, sentence by
 * sentence. The report says: product and exponent of the probabilities (f64), predictions, words kept (u32).
 */
export function train(
  ids: usize,
  count: u32,
  seedLow: u32,
  seedHigh: u32,
  block: u32,
  learningRate: f64,
  slope: f64,
  least: f64,
): void {
  state = ((seedHigh as u64) << 32) | (seedLow as u64);
  state = next() ^ ((block as u64) * GOLDEN);
  product = 1;
  exponent = 0;
  let kept: u32 = 0;
  let predictions: u32 = 0;
  clearBatch();
  const end = ids + ((count as usize) << 2);
  let read: f64 = 0;
  for (let at = ids; at < end; ) {
    const start = at;
    let length: u32 = 0;
    let id: i32 = -1;
    for (; at < end; at += 4) {
      id = load<i32>(at);
      if (id < 0) break;
      const threshold = load<u32>(keep + ((id as usize) << 2));
      if (threshold === 0xffffffff || ((next() >> 32) as u32) < threshold) {
        store<u32>(words + ((length as usize) << 2), id);
        length++;
      }
    }
    const rate = max(least, learningRate - slope * read) as f32;
    predictions += trainSentence(length, documents ? documents + (~id as usize) * stride : 0, rate);
    kept += length;
    read += ((at - start) >> 2) as f64;
    at += 4;
  }
  flush();
  store<f64>(report, product);
  store<f64>(report, exponent, 8);
  store<u32>(report, predictions, 16);
  store<u32>(report, kept, 20);
}

/** @returns predictions made */
function trainSentence(length: u32, document: usize, rate: f32): u32 {
  let predictions: u32 = 0;
  for (let position: u32 = 0; position < length; position++) {
    const center = load<u32>(words + ((position as usize) << 2));
    const reach = windowSize - (shrinks ? below(windowSize) : 0);
    const first = position > reach ? position - reach : 0;
    const last = min(length - 1, position + reach);
    if (architecture === SKIP_GRAM && !rowLists) {
      for (let at = first; at <= last; at++) {
        if (at === position) continue;
        beginUnit(rate);
        addInput(load<u32>(words + ((at as usize) << 2)));
        addGroup(center);
        predictions += endUnit(1);
      }
      continue;
    }
    beginUnit(rate);
    if (document) addRow(document);
    if (architecture === SKIP_GRAM) {
      addInput(center);
      for (let at = first; at <= last; at++) {
        if (at !== position) addGroup(load<u32>(words + ((at as usize) << 2)));
      }
    } else {
      if (architecture === BAG) {
        for (let at = first; at <= last; at++) {
          if (at !== position) addInput(load<u32>(words + ((at as usize) << 2)));
        }
      }
      if (rowCount > firstRow) addGroup(center);
    }
    predictions += endUnit(movesWords ? rowCount - firstRow : document ? 1 : 0);
  }
  return predictions;
}

function beginUnit(rate: f32): void {
  const unit = units + (unitCount as usize) * UNIT_BYTES;
  firstRow = rowCount;
  firstGroup = groupCount;
  store<u32>(unit, firstRow);
  store<u32>(unit, firstGroup, 8);
  store<f32>(unit, rate, 16);
}

/** A unit without groups is taken back. @returns predictions in it */
function endUnit(moving: u32): u32 {
  const count = groupCount - firstGroup;
  if (count === 0) {
    rowCount = firstRow;
    return 0;
  }
  const unit = units + (unitCount as usize) * UNIT_BYTES;
  store<u32>(unit, rowCount - firstRow, 4);
  store<u32>(unit, count, 12);
  store<u32>(unit, moving, 20);
  unitCount++;
  if (groupCount >= batchGroups) flush();
  return count;
}

function addRow(row: usize): void {
  store<u32>(unitRows + ((rowCount as usize) << 2), row as u32);
  rowCount++;
}

function addInput(word: u32): void {
  if (!rowLists) {
    addRow(inputs + (word as usize) * stride);
    return;
  }
  const list = rowLists + ((word as usize) << 2);
  const end = load<u32>(list, 4);
  for (let at = load<u32>(list); at < end; at++) {
    addRow(inputs + (load<u32>(inputRows + ((at as usize) << 2)) as usize) * stride);
  }
}

function addGroup(target: u32): void {
  const start = outputCount;
  store<u32>(groups + ((groupCount as usize) << 3), start);
  if (paths) {
    const path = paths + ((target as usize) << 2);
    const end = load<u32>(path, 4);
    for (let at = load<u32>(path); at < end; at++) {
      const node = load<u32>(pathNodes + ((at as usize) << 2));
      addOutput(outputs + ((node >> 1) as usize) * stride, node & 1);
    }
  } else {
    addOutput(outputs + (target as usize) * stride, 1);
    for (let draw: u32 = 0; draw < negative; draw++) {
      const word = drawWord();
      if (word !== target) addOutput(outputs + (word as usize) * stride, 0);
    }
  }
  store<u32>(groups + ((groupCount as usize) << 3), outputCount - start, 4);
  while ((outputCount - start) % TILE) addOutput(zeros, 0);
  groupCount++;
}

function addOutput(row: usize, label: u32): void {
  store<u32>(groupOutputs + ((outputCount as usize) << 2), (row as u32) | label);
  outputCount++;
}

function clearBatch(): void {
  unitCount = 0;
  rowCount = 0;
  groupCount = 0;
  outputCount = 0;
}

/** Scores and applies the units of the batch. */
function flush(): void {
  if (batchGroups) {
    const end = (unitCount * (thread + 1)) / threads;
    for (let unit = (unitCount * thread) / threads; unit < end; unit++) scoreUnit(unit);
    wait();
    for (let unit: u32 = 0; unit < unitCount; unit++) applyUnit(unit);
    wait();
  } else if (unitCount) {
    trainUnit();
  }
  clearBatch();
}

/** The only unit of a batch: h is gathered once, and a single row is its own h. */
function trainUnit(): void {
  const count = load<u32>(units, 4);
  const rate = load<f32>(units, 16);
  const isSingle = count === 1 && load<u32>(units, 20) === 1;
  let h = load<u32>(unitRows) as usize;
  if (!isSingle) {
    gather(unitRows, count, 0, vectorBytes);
    memory.copy(hiddenBefore, hidden, vectorBytes);
    h = hidden;
  }
  for (let group: u32 = 0; group < groupCount; group++) {
    const entry = groups + ((group as usize) << 3);
    score(h, load<u32>(entry), load<u32>(entry, 4));
    apply(h, load<u32>(entry), load<u32>(entry, 4), rate);
  }
  if (!isSingle) scatter(unitRows, count, load<u32>(units, 20));
}

function scoreUnit(index: u32): void {
  const unit = units + (index as usize) * UNIT_BYTES;
  const rows = unitRows + ((load<u32>(unit) as usize) << 2);
  const count = load<u32>(unit, 4);
  let h = load<u32>(rows) as usize;
  if (count > 1) {
    gather(rows, count, 0, vectorBytes);
    h = hidden;
  }
  const first = load<u32>(unit, 8);
  const end = first + load<u32>(unit, 12);
  for (let group = first; group < end; group++) {
    const entry = groups + ((group as usize) << 3);
    score(h, load<u32>(entry), load<u32>(entry, 4));
  }
}

function applyUnit(index: u32): void {
  const unit = units + (index as usize) * UNIT_BYTES;
  const rows = unitRows + ((load<u32>(unit) as usize) << 2);
  const count = load<u32>(unit, 4);
  const moving = load<u32>(unit, 20);
  const isSingle = count === 1 && moving === 1;
  let h = load<u32>(rows) as usize;
  if (!isSingle) {
    gather(rows, count, from, to);
    memory.copy(hiddenBefore + from, hidden + from, to - from);
    h = hidden;
  }
  const rate = load<f32>(unit, 16);
  const first = load<u32>(unit, 8);
  const end = first + load<u32>(unit, 12);
  for (let group = first; group < end; group++) {
    const entry = groups + ((group as usize) << 3);
    apply(h, load<u32>(entry), load<u32>(entry, 4), rate);
  }
  if (!isSingle) scatter(rows, count, moving);
}

/** h: the mean or the sum of rows. */
function gather(rows: usize, count: u32, begin: usize, end: usize): void {
  const share = f32x4.splat(isMean ? <f32>1 / (count as f32) : <f32>1);
  for (let at = begin; at < end; at += 16) {
    let sum = f32x4.splat(0);
    for (let row: u32 = 0; row < count; row++) {
      sum = f32x4.add(sum, v128.load((load<u32>(rows + ((row as usize) << 2)) as usize) + at));
    }
    v128.store(hidden + at, f32x4.mul(sum, share));
  }
}

/** Moves the first `moving` rows as h has moved, each by the whole or by its share. */
function scatter(rows: usize, count: u32, moving: u32): void {
  const share = f32x4.splat(sharesGradient ? <f32>1 / (count as f32) : <f32>1);
  for (let at = from; at < to; at += 16) {
    const moved = f32x4.mul(f32x4.sub(v128.load(hidden + at), v128.load(hiddenBefore + at)), share);
    for (let row: u32 = 0; row < moving; row++) {
      const place = (load<u32>(rows + ((row as usize) << 2)) as usize) + at;
      v128.store(place, f32x4.add(v128.load(place), moved));
    }
  }
}

/** Writes e^(−z) of a group's outputs, where z is the score for those of label 1, and minus the score for the others. */
function score(h: usize, start: u32, count: u32): void {
  const end = start + count;
  const last = vectorBytes;
  for (let tile = start; tile < end; tile += TILE) {
    const list = groupOutputs + ((tile as usize) << 2);
    const r0 = row(list, 0);
    const r1 = row(list, 4);
    const r2 = row(list, 8);
    const r3 = row(list, 12);
    const r4 = row(list, 16);
    const r5 = row(list, 20);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    for (let at: usize = 0; at < last; at += 16) {
      const x = v128.load(h + at);
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(r0 + at)));
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(r1 + at)));
      s2 = f32x4.add(s2, f32x4.mul(x, v128.load(r2 + at)));
      s3 = f32x4.add(s3, f32x4.mul(x, v128.load(r3 + at)));
      s4 = f32x4.add(s4, f32x4.mul(x, v128.load(r4 + at)));
      s5 = f32x4.add(s5, f32x4.mul(x, v128.load(r5 + at)));
    }
    const four = exponential(signed(sums(s0, s1, s2, s3), v128.load(list)));
    const two = exponential(signed(sums(s4, s5, s4, s5), v128.load(list, 16)));
    const place = exponentials + ((tile as usize) << 2);
    v128.store(place, four);
    v128.store64_lane(place, two, 0, 16);
    // What fills a group up is certain: no loss, no update.
    for (let at = end; at < tile + TILE; at++) store<f32>(exponentials + ((at as usize) << 2), 0);
  }
}

/** Moves a group's outputs, and h with them, by what `score` wrote: g = learning rate × (label − probability). */
function apply(h: usize, start: u32, count: u32, rate: f32): void {
  const end = start + count;
  const last = to; // a local is not read again at each turn
  const one = f32x4.splat(1);
  for (let tile = start; tile < end; tile += TILE) {
    const list = groupOutputs + ((tile as usize) << 2);
    const place = exponentials + ((tile as usize) << 2);
    const e03 = v128.load(place);
    const e45 = v128.load64_splat(place, 16);
    // The probability of the label, and of the other one times the rate, with the sign of the label.
    const p03 = f32x4.div(one, f32x4.add(one, e03));
    const p45 = f32x4.div(one, f32x4.add(one, e45));
    const steps = f32x4.splat(-rate);
    const g03 = signed(f32x4.mul(f32x4.mul(e03, p03), steps), v128.load(list));
    const g45 = signed(f32x4.mul(f32x4.mul(e45, p45), steps), v128.load(list, 16));
    count6(p03, p45);
    const r0 = row(list, 0);
    const r1 = row(list, 4);
    const r2 = row(list, 8);
    const r3 = row(list, 12);
    const r4 = row(list, 16);
    const r5 = row(list, 20);
    const g0 = f32x4.splat(f32x4.extract_lane(g03, 0));
    const g1 = f32x4.splat(f32x4.extract_lane(g03, 1));
    const g2 = f32x4.splat(f32x4.extract_lane(g03, 2));
    const g3 = f32x4.splat(f32x4.extract_lane(g03, 3));
    const g4 = f32x4.splat(f32x4.extract_lane(g45, 0));
    const g5 = f32x4.splat(f32x4.extract_lane(g45, 1));
    // All tiles of a group see h as it was, so their moves are gathered before it moves.
    const before = tile === start ? zeros : hiddenMoves;
    const isLast = tile + TILE >= end;
    const base = isLast ? h : zeros;
    const target = isLast ? h : hiddenMoves;
    if (movesOutputs) {
      for (let at = from; at < last; at += 16) {
        const x = v128.load(h + at);
        let moved = v128.load(before + at);
        moved = move(r0 + at, g0, x, moved);
        moved = move(r1 + at, g1, x, moved);
        moved = move(r2 + at, g2, x, moved);
        moved = move(r3 + at, g3, x, moved);
        moved = move(r4 + at, g4, x, moved);
        moved = move(r5 + at, g5, x, moved);
        v128.store(target + at, f32x4.add(v128.load(base + at), moved));
      }
    } else {
      for (let at = from; at < last; at += 16) {
        let moved = f32x4.add(v128.load(before + at), f32x4.mul(g0, v128.load(r0 + at)));
        moved = f32x4.add(moved, f32x4.mul(g1, v128.load(r1 + at)));
        moved = f32x4.add(moved, f32x4.mul(g2, v128.load(r2 + at)));
        moved = f32x4.add(moved, f32x4.mul(g3, v128.load(r3 + at)));
        moved = f32x4.add(moved, f32x4.mul(g4, v128.load(r4 + at)));
        moved = f32x4.add(moved, f32x4.mul(g5, v128.load(r5 + at)));
        v128.store(target + at, f32x4.add(v128.load(base + at), moved));
      }
    }
  }
}

/** Moves an output by g x, and returns `sum` + g w, of w before it moved. */
function move(place: usize, g: v128, x: v128, sum: v128): v128 {
  const w = v128.load(place);
  v128.store(place, f32x4.add(w, f32x4.mul(g, x)));
  return f32x4.add(sum, f32x4.mul(g, w));
}

function row(list: usize, at: usize): usize {
  return (load<u32>(list + at) & ~1) as usize;
}

/** The four sums of four lanes each. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Minus x where the label is 1. */
function signed(x: v128, labels: v128): v128 {
  return v128.xor(x, i32x4.shl(labels, 31));
}

/** e^x, to one or two units in the last place, of x held within ±80. After the Cephes library's expf. */
function exponential(far: v128): v128 {
  const x = f32x4.min(f32x4.max(far, f32x4.splat(-FARTHEST)), f32x4.splat(FARTHEST));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(Math.LOG2E as f32)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let y = f32x4.splat(1.98756915e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(y, power);
}

/** Multiplies six probabilities into the product, whose logarithm is taken when training is over. */
function count6(p03: v128, p45: v128): void {
  const p01 = f64x2.promote_low_f32x4(p03);
  const p23 = f64x2.promote_low_f32x4(v128.shuffle<f32>(p03, p03, 2, 3, 2, 3));
  const all = f64x2.mul(f64x2.mul(p01, p23), f64x2.promote_low_f32x4(p45));
  product *= f64x2.extract_lane(all, 0) * f64x2.extract_lane(all, 1);
  if (product < 1e-90) {
    const bits = reinterpret<u64>(product);
    exponent += ((bits >> 52) as f64) - 1023;
    product = reinterpret<f64>((bits & 0xfffffffffffff) | ((1023 as u64) << 52));
  }
}

/** @see Steele, Lea and Flood 2014, SplitMix64 */
function next(): u64 {
  state += GOLDEN;
  let z = state;
  z = (z ^ (z >> 30)) * MIX_1;
  z = (z ^ (z >> 27)) * MIX_2;
  return z ^ (z >> 31);
}

function below(limit: u32): u32 {
  return (((next() >> 32) * (limit as u64)) >> 32) as u32;
}

function drawWord(): u32 {
  const draw = next();
  const column = ((draw >> 32) * wordCount) >> 32;
  const entry = draws + ((column as usize) << 3);
  return (draw as u32) < load<u32>(entry) ? (column as u32) : load<u32>(entry, 4);
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
