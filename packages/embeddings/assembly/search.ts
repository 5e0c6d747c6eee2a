// AssemblyScript: the rows of a table that are most similar to queries, by dot product. Rows are float32, float16, int8 or codes of a product
// quantizer, each a fixed number of bytes from the next; the host (src/search/row-store.ts) lays the memory out.

const FLOAT32: i32 = 0;
const FLOAT16: i32 = 1;
const INT8: i32 = 2;

/** Bytes of rows that are taken at once, so that all queries find them in the cache. */
const BLOCK_BYTES: i32 = 1 << 17;
/** Rows at once, at most. */
export const longestBlock: i32 = 1024;

/**
 * Adds rows to the best of each query.
 *
 * @param rows        the first
 * @param firstRow    its number
 * @param scales      of int8 rows, float32, one each
 * @param queries     float32; of float16 rows times 2 ** 112; of int8 rows int16; of codes the table [stride, 256] of what each is worth
 * @param queryScales float32, one for each query
 * @param scores      room for 2 * longestBlock float32
 * @param best        for each query count scores, float32, a heap with the worst first
 * @param bestRows    their numbers, int32
 */
export function search(
  kind: i32,
  rows: usize,
  rowCount: i32,
  stride: i32,
  firstRow: i32,
  scales: usize,
  queries: usize,
  queryCount: i32,
  queryStride: i32,
  queryScales: usize,
  scores: usize,
  best: usize,
  bestRows: usize,
  count: i32,
): void {
  const block = min(longestBlock, max(4, (BLOCK_BYTES / stride) & ~3));
  const heapBytes = (<usize>count) << 2;
  for (let done = 0; done < rowCount; done += block) {
    const length = min(block, rowCount - done);
    const begin = rows + <usize>done * stride;
    for (let query = 0; query < queryCount; query++) {
      const at = queries + <usize>query * queryStride;
      const heap = best + <usize>query * heapBytes;
      const heapRows = bestRows + <usize>query * heapBytes;
      if (kind === FLOAT32 && query + 1 < queryCount) {
        scoreTwo(begin, length, stride, at, at + queryStride, scores, scores + (longestBlock << 2));
        choose(scores, length, firstRow + done, heap, heapRows, count);
        query++;
        choose(
          scores + (longestBlock << 2),
          length,
          firstRow + done,
          heap + heapBytes,
          heapRows + heapBytes,
          count,
        );
        continue;
      }
      score(
        kind,
        begin,
        length,
        stride,
        scales + ((<usize>done) << 2),
        at,
        load<f32>(queryScales + ((<usize>query) << 2)),
        scores,
      );
      choose(scores, length, firstRow + done, heap, heapRows, count);
    }
  }
}

/** The score of every row. */
export function score(
  kind: i32,
  rows: usize,
  rowCount: i32,
  stride: i32,
  scales: usize,
  query: usize,
  queryScale: f32,
  scores: usize,
): void {
  if (kind === FLOAT32) scoreFloats(rows, rowCount, stride, query, scores);
  else if (kind === FLOAT16) scoreHalves(rows, rowCount, stride, query, queryScale, scores);
  else if (kind === INT8) scoreBytes(rows, rowCount, stride, scales, query, queryScale, scores);
  else scoreCodes(rows, rowCount, stride, query, scores);
}

function scoreFloats(row: usize, rowCount: i32, stride: i32, query: usize, scores: usize): void {
  const width = <usize>stride;
  let left = rowCount;
  for (; left >= 4; left -= 4) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      const q = v128.load(query + at);
      a = f32x4.add(a, f32x4.mul(v128.load(row + at), q));
      b = f32x4.add(b, f32x4.mul(v128.load(row + width + at), q));
      c = f32x4.add(c, f32x4.mul(v128.load(row + 2 * width + at), q));
      d = f32x4.add(d, f32x4.mul(v128.load(row + 3 * width + at), q));
    }
    v128.store(scores, sumsOf(a, b, c, d));
    row += 4 * width;
    scores += 16;
  }
  for (; left > 0; left--) {
    let a = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      a = f32x4.add(a, f32x4.mul(v128.load(row + at), v128.load(query + at)));
    }
    store<f32>(scores, f32x4.extract_lane(sumsOf(a, a, a, a), 0));
    row += width;
    scores += 4;
  }
}

/** Of two queries at once: rows are loaded once for both. */
function scoreTwo(
  row: usize,
  rowCount: i32,
  stride: i32,
  query: usize,
  other: usize,
  scores: usize,
  otherScores: usize,
): void {
  const width = <usize>stride;
  let left = rowCount;
  for (; left >= 4; left -= 4) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let e = f32x4.splat(0);
    let f = f32x4.splat(0);
    let g = f32x4.splat(0);
    let h = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      const q = v128.load(query + at);
      const p = v128.load(other + at);
      let r = v128.load(row + at);
      a = f32x4.add(a, f32x4.mul(r, q));
      e = f32x4.add(e, f32x4.mul(r, p));
      r = v128.load(row + width + at);
      b = f32x4.add(b, f32x4.mul(r, q));
      f = f32x4.add(f, f32x4.mul(r, p));
      r = v128.load(row + 2 * width + at);
      c = f32x4.add(c, f32x4.mul(r, q));
      g = f32x4.add(g, f32x4.mul(r, p));
      r = v128.load(row + 3 * width + at);
      d = f32x4.add(d, f32x4.mul(r, q));
      h = f32x4.add(h, f32x4.mul(r, p));
    }
    v128.store(scores, sumsOf(a, b, c, d));
    v128.store(otherScores, sumsOf(e, f, g, h));
    row += 4 * width;
    scores += 16;
    otherScores += 16;
  }
  if (left > 0) {
    scoreFloats(row, left, stride, query, scores);
    scoreFloats(row, left, stride, other, otherScores);
  }
}

/**
 * float16 becomes float32 by two operations on bits, which leaves the exponent 112 too small; the query's is as much too large. Subnormal numbers
 * would be wrong: the host has none.
 */
function scoreHalves(row: usize, rowCount: i32, stride: i32, query: usize, scale: f32, scores: usize): void {
  const mask = i32x4.splat(0x8fffffff);
  const width = <usize>stride;
  for (let index = 0; index < rowCount; index++) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let at: usize = 0;
    for (; at < width; at += 16) {
      const low = v128.load_ext<i16>(row + at);
      const high = v128.load_ext<i16>(row + at + 8);
      a = f32x4.add(a, f32x4.mul(v128.and(i32x4.shl(low, 13), mask), v128.load(query + 2 * at)));
      b = f32x4.add(b, f32x4.mul(v128.and(i32x4.shl(high, 13), mask), v128.load(query + 2 * at, 16)));
    }
    const sum = f32x4.add(a, b);
    store<f32>(scores, scale * f32x4.extract_lane(sumsOf(sum, sum, sum, sum), 0));
    row += width;
    scores += 4;
  }
}

function scoreBytes(
  row: usize,
  rowCount: i32,
  stride: i32,
  scales: usize,
  query: usize,
  scale: f32,
  scores: usize,
): void {
  const width = <usize>stride;
  for (let index = 0; index < rowCount; index++) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + at), v128.load(query + 2 * at)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + at + 8), v128.load(query + 2 * at, 16)));
    }
    a = i32x4.add(a, b);
    const sum =
      i32x4.extract_lane(a, 0) +
      i32x4.extract_lane(a, 1) +
      (i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3));
    store<f32>(scores, <f32>sum * scale * load<f32>(scales));
    row += width;
    scores += 4;
    scales += 4;
  }
}

/**
 * Finds the rows that can be among the best of each query, where int8 rows stand for others: the truth differs from a row's score by no more than
 * its error and the query's.
 *
 * @param errors          of rows, float32
 * @param slacks          of queries, float32
 * @param best            as `search` has it, of the least that scores can truly be
 * @param candidates      for each query room for the numbers of `capacity` rows, int32
 * @param bounds          and for the most that their scores can truly be, float32
 * @param candidateCounts for each query how many there are, int32; -1 if there was not enough room
 */
export function filter(
  rows: usize,
  rowCount: i32,
  stride: i32,
  scales: usize,
  errors: usize,
  queries: usize,
  queryCount: i32,
  queryStride: i32,
  queryScales: usize,
  slacks: usize,
  scores: usize,
  best: usize,
  bestRows: usize,
  count: i32,
  candidates: usize,
  bounds: usize,
  capacity: i32,
  candidateCounts: usize,
): void {
  const block = min(longestBlock, max(4, (BLOCK_BYTES / stride) & ~3));
  for (let done = 0; done < rowCount; done += block) {
    const length = min(block, rowCount - done);
    const begin = rows + <usize>done * stride;
    const skipped = (<usize>done) << 2;
    for (let query = 0; query < queryCount; query++) {
      const at = (<usize>query) << 2;
      const place = queries + <usize>query * queryStride;
      scoreBytes(begin, length, stride, scales + skipped, place, load<f32>(queryScales + at), scores);
      const room = at * capacity;
      const kept = load<i32>(candidateCounts + at);
      if (kept < 0) continue;
      const heap = best + at * count;
      const heapRows = bestRows + at * count;
      const now = keep(
        scores,
        errors + skipped,
        length,
        done,
        load<f32>(slacks + at),
        heap,
        heapRows,
        count,
        candidates + room,
        bounds + room,
        capacity,
        kept,
      );
      store<i32>(candidateCounts + at, now);
    }
  }
}

/** @returns how many candidates there are then, -1 if there is not enough room */
function keep(
  scores: usize,
  errors: usize,
  length: i32,
  firstRow: i32,
  slack: f32,
  heap: usize,
  heapRows: usize,
  count: i32,
  candidates: usize,
  bounds: usize,
  capacity: i32,
  kept: i32,
): i32 {
  const slacks = f32x4.splat(slack);
  // The host leaves room for whole fours in scores and errors; what lies behind the last row is not looked at.
  for (let index = 0; index < length; index += 4) {
    const at = (<usize>index) << 2;
    const error = f32x4.add(v128.load(errors + at), slacks);
    const most = f32x4.add(v128.load(scores + at), error);
    if (!v128.any_true(f32x4.ge(most, v128.load_splat<f32>(heap)))) continue;
    for (let lane = 0; lane < 4 && index + lane < length; lane++) {
      const place = at + ((<usize>lane) << 2);
      const bound = load<f32>(scores + place) + (load<f32>(errors + place) + slack);
      if (bound < load<f32>(heap)) continue;
      if (kept === capacity) {
        kept = compact(candidates, bounds, kept, load<f32>(heap));
        if (kept > capacity / 2) return -1;
      }
      store<i32>(candidates + ((<usize>kept) << 2), firstRow + index + lane);
      store<f32>(bounds + ((<usize>kept) << 2), bound);
      kept++;
      const least = load<f32>(scores + place) - (load<f32>(errors + place) + slack);
      if (least > load<f32>(heap)) sink(least, firstRow + index + lane, heap, heapRows, count);
    }
  }
  return kept;
}

/** Drops candidates that cannot be among the best any more. @returns how many are left */
export function compact(candidates: usize, bounds: usize, count: i32, threshold: f32): i32 {
  let kept = 0;
  for (let index = 0; index < count; index++) {
    const bound = load<f32>(bounds + ((<usize>index) << 2));
    if (bound < threshold) continue;
    store<f32>(bounds + ((<usize>kept) << 2), bound);
    store<i32>(candidates + ((<usize>kept) << 2), load<i32>(candidates + ((<usize>index) << 2)));
    kept++;
  }
  return kept;
}

/** Each code is worth what the table [codes, 256] says. */
function scoreCodes(row: usize, rowCount: i32, codes: i32, table: usize, scores: usize): void {
  const whole = codes & ~3;
  for (let index = 0; index < rowCount; index++) {
    let a: f32 = 0;
    let b: f32 = 0;
    let c: f32 = 0;
    let d: f32 = 0;
    let worth = table;
    let code = 0;
    for (; code < whole; code += 4) {
      const four = load<u32>(row + code);
      a += load<f32>(worth + ((four & 255) << 2));
      b += load<f32>(worth + (((four >> 8) & 255) << 2), 1024);
      c += load<f32>(worth + (((four >> 16) & 255) << 2), 2048);
      d += load<f32>(worth + ((four >> 24) << 2), 3072);
      worth += 4096;
    }
    for (; code < codes; code++) {
      a += load<f32>(worth + ((<usize>load<u8>(row + code)) << 2));
      worth += 1024;
    }
    store<f32>(scores, a + b + (c + d));
    row += codes;
    scores += 4;
  }
}

/** The sum of the lanes of each. */
function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7)); // a b a b
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Puts the rows that are better than the worst of the best in its place. */
function choose(scores: usize, length: i32, firstRow: i32, heap: usize, heapRows: usize, count: i32): void {
  let index = 0;
  for (const whole = length & ~3; index < whole; index += 4) {
    const four = v128.load(scores + ((<usize>index) << 2));
    if (!v128.any_true(f32x4.gt(four, v128.load_splat<f32>(heap)))) continue;
    for (let lane = 0; lane < 4; lane++) {
      const value = load<f32>(scores + ((<usize>(index + lane)) << 2));
      if (value > load<f32>(heap)) sink(value, firstRow + index + lane, heap, heapRows, count);
    }
  }
  for (; index < length; index++) {
    const value = load<f32>(scores + ((<usize>index) << 2));
    if (value > load<f32>(heap)) sink(value, firstRow + index, heap, heapRows, count);
  }
}

/** Takes the place of the first of a heap, in which parents are worse than children: of equal scores the later row is. */
function sink(value: f32, row: i32, heap: usize, heapRows: usize, count: i32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && isWorse(heap, heapRows, child + 1, child)) child++;
    const score = load<f32>(heap + ((<usize>child) << 2));
    if (score > value || (score === value && load<i32>(heapRows + ((<usize>child) << 2)) < row)) break;
    store<f32>(heap + ((<usize>at) << 2), score);
    store<i32>(heapRows + ((<usize>at) << 2), load<i32>(heapRows + ((<usize>child) << 2)));
    at = child;
  }
  store<f32>(heap + ((<usize>at) << 2), value);
  store<i32>(heapRows + ((<usize>at) << 2), row);
}

function isWorse(heap: usize, heapRows: usize, left: i32, right: i32): bool {
  const a = load<f32>(heap + ((<usize>left) << 2));
  const b = load<f32>(heap + ((<usize>right) << 2));
  if (a !== b) return a < b;
  return load<i32>(heapRows + ((<usize>left) << 2)) > load<i32>(heapRows + ((<usize>right) << 2));
}
