import { checkCount, describeValue } from '../describe-value.ts';
import { createRandomSource } from '../random-source.ts';
import { RowStore } from '../search/row-store.ts';

/** Options of {@link kMeans}. */
export interface KMeansOptions {
  readonly clusters: number;
  /** Default 0. */
  readonly seed?: number;
  /** At most; ends before where no row changes its cluster. Default 25. */
  readonly iterations?: number;
  /** Rows that centers are learned from at most, drawn at random. Default all. */
  readonly sample?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each iteration with the mean squared distance of rows from their centers. */
  readonly onIteration?: (iteration: number, meanSquaredDistance: number) => void;
}

/** Rows in clusters. */
export interface KMeansResult {
  /** `[clusters, size]` */
  readonly centers: Float32Array<ArrayBuffer>;
  /** For each row its cluster. */
  readonly clusters: Int32Array<ArrayBuffer>;
  /** Of rows from their centers. */
  readonly meanSquaredDistance: number;
}

/** Rows that are compared with the centers at once. */
const BATCH = 1024;

/**
 * Clusters the rows of a table by Euclidean distance. To cluster words by cosine, scale their vectors to length one before.
 *
 * Up to 300 centers begin at rows drawn by their squared distance from those drawn before (Arthur and Vassilvitskii 2007, k-means++, over a part of the
 * rows), more at rows drawn evenly; a cluster that loses its rows begins again at the row that is farthest from its center.
 *
 * @param table `[rows, size]`
 * @throws {RangeError} if there are fewer rows than clusters
 * @see Lloyd 1982, "Least squares quantization in PCM"
 */
export async function kMeans(
  table: Float32Array,
  size: number,
  options: KMeansOptions,
): Promise<KMeansResult> {
  const { clusters, seed = 0, iterations = 25, sample = Infinity, signal, onIteration } = options;
  const rows = table.length / size;
  checkCount('kMeans', 'size', size);
  checkCount('kMeans', 'the number of rows', rows, 0);
  checkCount('kMeans', 'iterations', iterations);
  if (!Number.isSafeInteger(clusters) || clusters < 1 || clusters > rows) {
    throw new RangeError(
      `kMeans: clusters must be from 1 to the ${rows} rows, got ${describeValue(clusters)}.`,
    );
  }
  const random = createRandomSource(seed);
  const training = rows <= sample ? table : drawRows(table, size, Math.max(sample, clusters), random);
  const count = training.length / size;
  const centers = beginCenters(training, size, clusters, random);
  let nearest = new Int32Array(count).fill(-1);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    signal?.throwIfAborted();
    const assigned = assign(training, size, centers);
    const isSame = assigned.clusters.every((cluster, row) => cluster === nearest[row]);
    nearest = assigned.clusters;
    onIteration?.(iteration, assigned.meanSquaredDistance);
    if (isSame) break;
    moveCenters(training, size, centers, assigned);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const { clusters: all, meanSquaredDistance } = assign(table, size, centers);
  return { centers, clusters: all, meanSquaredDistance };
}

interface Assigned {
  readonly clusters: Int32Array<ArrayBuffer>;
  /** Squared. */
  readonly distances: Float32Array<ArrayBuffer>;
  readonly meanSquaredDistance: number;
}

/** The nearest center of each row: that of the largest x·c − |c|²/2, which the kernel finds with one number more in each row. */
export function assign(table: Float32Array, size: number, centers: Float32Array): Assigned {
  const count = centers.length / size;
  const store = new RowStore('float32', count, size + 1);
  const extended = new Float32Array(count * (size + 1));
  for (let center = 0; center < count; center++) {
    let squares = 0;
    for (let at = 0; at < size; at++) {
      const value = centers[center * size + at]!;
      extended[center * (size + 1) + at] = value;
      squares += value * value;
    }
    extended[center * (size + 1) + size] = -squares / 2;
  }
  store.write(extended, 0);
  const rows = table.length / size;
  const clusters = new Int32Array(rows);
  const distances = new Float32Array(rows);
  let sum = 0;
  const queries = new Float32Array(Math.min(BATCH, rows) * (size + 1)).fill(1);
  for (let first = 0; first < rows; first += BATCH) {
    const last = Math.min(rows, first + BATCH);
    for (let row = first; row < last; row++) {
      queries.set(table.subarray(row * size, (row + 1) * size), (row - first) * (size + 1));
    }
    const found = store.nearest(queries.subarray(0, (last - first) * (size + 1)));
    clusters.set(found.rows, first);
    for (let row = first; row < last; row++) {
      let squares = 0;
      for (let at = 0; at < size; at++) squares += table[row * size + at]! ** 2;
      distances[row] = Math.max(0, squares - 2 * found.scores[row - first]!);
      sum += distances[row]!;
    }
  }
  return { clusters, distances, meanSquaredDistance: rows > 0 ? sum / rows : 0 };
}

function moveCenters(
  table: Float32Array,
  size: number,
  centers: Float32Array,
  { clusters, distances }: Assigned,
): void {
  const count = centers.length / size;
  const sums = new Float64Array(centers.length);
  const members = new Int32Array(count);
  for (const [row, cluster] of clusters.entries()) {
    members[cluster]!++;
    for (let at = 0; at < size; at++) sums[cluster * size + at]! += table[row * size + at]!;
  }
  for (let cluster = 0; cluster < count; cluster++) {
    if (members[cluster]! > 0) {
      for (let at = 0; at < size; at++)
        centers[cluster * size + at] = sums[cluster * size + at]! / members[cluster]!;
      continue;
    }
    let farthest = 0;
    for (let row = 1; row < distances.length; row++)
      if (distances[row]! > distances[farthest]!) farthest = row;
    distances[farthest] = 0;
    centers.set(table.subarray(farthest * size, (farthest + 1) * size), cluster * size);
  }
}

/** Rows for each center that are looked at when centers are drawn. */
const CANDIDATES = 8;
/** More centers than this are drawn evenly, as drawing by distance takes the square of their number. */
const MOST_DRAWN_BY_DISTANCE = 300;

function beginCenters(table: Float32Array, size: number, clusters: number, random: () => number) {
  if (clusters > MOST_DRAWN_BY_DISTANCE) return drawRows(table, size, clusters, random);
  const pool = drawRows(table, size, Math.min(table.length / size, clusters * CANDIDATES), random);
  const count = pool.length / size;
  const centers = new Float32Array(clusters * size);
  const distances = new Float64Array(count).fill(Infinity);
  let chosen = Math.floor(random() * count);
  for (let center = 0; ; ) {
    centers.set(pool.subarray(chosen * size, (chosen + 1) * size), center * size);
    if (++center === clusters) return centers;
    let sum = 0;
    for (let row = 0; row < count; row++) {
      let squares = 0;
      for (let at = 0; at < size; at++) squares += (pool[row * size + at]! - pool[chosen * size + at]!) ** 2;
      distances[row] = Math.min(distances[row]!, squares);
      sum += distances[row]!;
    }
    let draw = random() * sum;
    chosen = 0;
    for (let row = 0; row < count && draw >= 0; row++) {
      draw -= distances[row]!;
      if (distances[row]! > 0) chosen = row;
    }
  }
}

/** Different rows, in random order. */
function drawRows(
  table: Float32Array,
  size: number,
  count: number,
  random: () => number,
): Float32Array<ArrayBuffer> {
  const order = Int32Array.from({ length: table.length / size }, (_, row) => row);
  const drawn = new Float32Array(count * size);
  for (let at = 0; at < count; at++) {
    const other = at + Math.floor(random() * (order.length - at));
    [order[at], order[other]] = [order[other]!, order[at]!];
    drawn.set(table.subarray(order[at]! * size, (order[at]! + 1) * size), at * size);
  }
  return drawn;
}
