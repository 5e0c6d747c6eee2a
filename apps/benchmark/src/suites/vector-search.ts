import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  ExactIndex,
  InvertedIndex,
  type Neighbors,
  ProductIndex,
  unitTable,
  type VectorIndex,
  WordVectors,
} from '@wordloom/embeddings';
import { readWordVectorsFile } from '@wordloom/embeddings/node';
import {
  type BenchmarkRecord,
  type PeerRounds,
  recordOf,
  recordOfRounds,
  type Subject,
} from '../report/record.ts';
import type { Suite, SuiteContext } from './suite.ts';

const NAME = 'vector-search';
const ROWS = 300_000;
const SIZE = 100;
const COUNT = 10;
const QUERIES = 64;
const MEBIBYTE = 2 ** 20;

/** The ten nearest of 300 000 vectors, on one thread. */
export const vectorSearch: Suite = {
  name: NAME,
  summary: `the ${COUNT} nearest of ${ROWS} vectors of ${SIZE} numbers by cosine, and recall, beside NumPy and usearch's exact search`,
  async run(context) {
    const notes: string[] = [];
    const records: BenchmarkRecord[] = [];
    const failures: string[] = [];
    const versions: Record<string, string> = {};
    for (const [name, vectors] of await readCases(context.quick, notes)) {
      const result = await measureCase(name, vectors, context, notes);
      records.push(...result.records);
      failures.push(...result.failures);
      Object.assign(versions, result.versions);
    }
    return { records, versions, notes: [...new Set(notes)], failures };
  },
};

/** Drawn vectors, and those of the file that `WORDLOOM_VECTORS` names. */
async function readCases(quick: boolean, notes: string[]): Promise<[string, WordVectors][]> {
  const cases: [string, WordVectors][] = [['drawn', drawVectors(quick ? ROWS / 10 : ROWS)]];
  const path = process.env.WORDLOOM_VECTORS;
  if (path) cases.push([basename(path).split('.')[0]!, await readWordVectorsFile(path, { limit: ROWS })]);
  else notes.push('Vectors of words skipped: WORDLOOM_VECTORS must name a file of them.');
  return cases;
}

/** Vectors about 2 000 centers, as those of words lie about topics. */
function drawVectors(rows: number): WordVectors {
  let state = 1;
  const draw = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return (state >>> 0) / 2 ** 32;
  };
  const nearlyNormal = (): number => draw() + draw() + draw() + draw() - 2;
  const centers = Float32Array.from({ length: 2000 * SIZE }, nearlyNormal);
  const table = new Float32Array(rows * SIZE);
  for (let row = 0; row < rows; row++) {
    const center = Math.floor(draw() * 2000) * SIZE;
    for (let at = 0; at < SIZE; at++) table[row * SIZE + at] = centers[center + at]! + nearlyNormal();
  }
  return new WordVectors(
    Array.from({ length: rows }, (_, row) => `w${row}`),
    table,
    SIZE,
  );
}

/** Searches one by one and all at once, in milliseconds for a query. */
interface Times {
  readonly single: number[][];
  readonly batch: number[][];
}

async function measureCase(
  name: string,
  vectors: WordVectors,
  { quick, rounds = quick ? 2 : 5, python, signal, progress }: SuiteContext,
  notes: string[],
): Promise<{ records: BenchmarkRecord[]; versions: Record<string, string>; failures: string[] }> {
  const { size, words } = vectors;
  const unit = unitTable(vectors);
  const queries = Array.from({ length: QUERIES }, (_, at) => {
    const row = (at * 4201 + 50) % words.length;
    return unit.slice(row * size, (row + 1) * size);
  });
  const builders: Record<string, () => VectorIndex | Promise<VectorIndex>> = {
    'exact, float32': () => new ExactIndex(vectors),
    int8: () => new ExactIndex(vectors, { precision: 'int8' }),
    float16: () => new ExactIndex(vectors, { precision: 'float16' }),
    'product codes, 20 candidates': () => ProductIndex.build(vectors),
    'inverted lists': () => InvertedIndex.build(vectors),
  };
  const indexes: { name: string; index: VectorIndex; seconds: number; times: Times; found: Neighbors[] }[] =
    [];
  for (const [kind, build] of Object.entries(builders)) {
    progress(`${name}: building ${kind}`);
    const start = performance.now();
    const index = await build();
    const seconds = (performance.now() - start) / 1000;
    for (const query of queries) index.search(query, COUNT);
    indexes.push({
      name: kind,
      index,
      seconds,
      times: { single: [], batch: [] },
      found: index.searchAll(queries, COUNT),
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
  const peers: Record<'NumPy' | 'usearch, exact', Times> = {
    NumPy: { single: [], batch: [] },
    'usearch, exact': { single: [], batch: [] },
  };
  const versions: Record<string, string> = {};
  const truth = indexes[0]!.found.map(({ rows }) => Array.from(rows));
  const failures: string[] = [];
  try {
    const [tablePath, queryPath] = [join(folder, 'table.f32'), join(folder, 'queries.f32')];
    await writeFile(tablePath, unit);
    await writeFile(queryPath, Float32Array.from(queries.flatMap((query) => Array.from(query))));
    const usearch = await loadUsearch(notes);
    for (let round = 0; round < rounds; round++) {
      progress(`${name}: round ${round + 1} of ${rounds}`);
      for (const { index, times } of indexes) {
        times.single.push(queries.map((query) => milliseconds(() => index.search(query, COUNT))));
        times.batch.push([milliseconds(() => index.searchAll(queries, COUNT)) / QUERIES]);
      }
      const report = await runNumpy(python, [tablePath, queryPath, size, COUNT, QUERIES], signal);
      if ('unavailable' in report) notes.push(`NumPy skipped: ${report.unavailable}.`);
      else {
        peers.NumPy.single.push(report.single);
        peers.NumPy.batch.push([report.batch]);
        versions.NumPy = report.version;
        if (round === 0 && recallOf(report.rows, truth) < 0.999) {
          failures.push(`${name}: the nearest rows are not those of NumPy.`);
        }
      }
      if (!usearch) continue;
      const few = queries.slice(0, 8);
      peers['usearch, exact'].single.push(
        few.map((query) =>
          milliseconds(() => usearch.exactSearch(unit, query, size, COUNT, usearch.MetricKind.Cos, 1)),
        ),
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const records = indexes.flatMap(({ name: kind, index, seconds, times, found }) => {
    const recall = recallOf(
      found.map(({ rows }) => Array.from(rows)),
      truth,
    );
    const subject = (metric: string, unitName: Subject['unit']): Subject => ({
      suite: NAME,
      case: `${name}, ${kind}`,
      metric,
      unit: unitName,
      quality: { name: `recall@${COUNT}`, value: recall, peerValue: 1 },
    });
    const peerOf = (peer: keyof typeof peers, how: keyof Times): PeerRounds | undefined =>
      peers[peer][how].length > 0 ? { name: peer, rounds: peers[peer][how] } : undefined;
    return [
      recordOfRounds(subject('one query', 'ms'), times.single, peerOf('NumPy', 'single')),
      recordOfRounds(subject('one query', 'ms'), times.single, peerOf('usearch, exact', 'single')),
      recordOfRounds(subject(`a query of ${QUERIES} at once`, 'ms'), times.batch, peerOf('NumPy', 'batch')),
      recordOf(subject('building', 's'), seconds),
      recordOf(subject('memory', 'MiB'), byteLengthOf(index) / MEBIBYTE, {
        name: 'the vectors',
        value: vectors.table.byteLength / MEBIBYTE,
      }),
    ];
  });
  return { records, versions, failures };
}

function byteLengthOf(index: VectorIndex): number {
  return (index as VectorIndex & { byteLength: number }).byteLength;
}

function recallOf(found: readonly (readonly number[])[], truth: readonly (readonly number[])[]): number {
  const hits = truth.map(
    (rows, query) => rows.filter((row) => found[query]!.includes(row)).length / rows.length,
  );
  return hits.reduce((sum, share) => sum + share, 0) / truth.length;
}

type NumpyReport =
  | { readonly single: number[]; readonly batch: number; readonly rows: number[][]; readonly version: string }
  | { readonly unavailable: string };

const PEER = fileURLToPath(new URL('../../peers/numpy_search.py', import.meta.url));

async function runNumpy(
  python: string,
  operands: readonly (string | number)[],
  signal: AbortSignal,
): Promise<NumpyReport> {
  const { stdout } = await promisify(execFile)(python, [PEER, ...operands.map(String)], {
    signal,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as NumpyReport;
}

async function loadUsearch(notes: string[]): Promise<typeof import('usearch') | undefined> {
  try {
    return await import('usearch');
  } catch (error) {
    notes.push(`usearch skipped: ${(error as Error).message.split('\n')[0]}.`);
    return undefined;
  }
}

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
