import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../../src/random-source.ts';
import { huffmanPaths } from '../../src/vocabulary/huffman-tree.ts';
import {
  aliasTable,
  drawLimits,
  keepProbabilities,
  negativeProbabilities,
} from '../../src/vocabulary/sampling-tables.ts';
import { type KernelPlan, TrainingMemory } from '../../src/word2vec/training-memory.ts';
import { startThreads } from '../../src/word2vec/training-threads.ts';
import { drawUnits, lossOf, type Tables, trainUnits } from './naive-training.ts';

const COUNTS = Array.from({ length: 40 }, (_, row) => Math.ceil(400 / (row + 1)));
const DRAWS = { seed: 2 ** 40 + 7, number: 3, rate: 0.05, slope: 1e-5, least: 0.048 };

function planOf(change: Partial<KernelPlan> = {}): KernelPlan {
  return {
    caller: 'test',
    architecture: 'skip-gram',
    size: 18, // neither whole lanes nor whole cache lines
    inputRows: COUNTS.length,
    outputRows: COUNTS.length,
    documentRows: 0,
    keepLimits: drawLimits(keepProbabilities(COUNTS, 0.02)),
    negativeTable: aliasTable(negativeProbabilities(COUNTS, 0.75)),
    paths: undefined,
    rowLists: undefined,
    window: 4,
    shrinksWindow: true,
    negative: 7,
    isMean: true,
    sharesGradient: false,
    movesWords: true,
    movesOutputs: true,
    threads: 1,
    batchGroups: 0,
    ...change,
  };
}

/** Words by their counts, in sentences of 1 to 30 words, each of one of three documents. */
function drawBlock(): Int32Array {
  const random = createRandomSource(1);
  const table = COUNTS.flatMap((count, row) => Array<number>(count).fill(row));
  const ids: number[] = [];
  for (let sentence = 0; sentence < 30; sentence++) {
    const length = 1 + Math.floor(30 * random());
    for (let word = 0; word < length; word++) ids.push(table[Math.floor(table.length * random())]!);
    ids.push(~(sentence % 3));
  }
  return Int32Array.from(ids);
}

function drawTable(rows: number, size: number, stream: number): Float32Array {
  const random = createRandomSource(stream);
  return Float32Array.from({ length: rows * size }, () => (random() - 0.5) * 0.8);
}

function tablesOf(plan: KernelPlan): { flat: Record<keyof Tables, Float32Array>; tables: Tables } {
  const flat = {
    inputs: drawTable(plan.inputRows, plan.size, 1),
    outputs: drawTable(plan.outputRows, plan.size, 2),
    documents: drawTable(plan.documentRows, plan.size, 3),
  };
  const rows = (table: Float32Array): number[][] =>
    Array.from({ length: table.length / plan.size }, (_, row) =>
      Array.from(table.subarray(row * plan.size, (row + 1) * plan.size)),
    );
  return {
    flat,
    tables: { inputs: rows(flat.inputs), outputs: rows(flat.outputs), documents: rows(flat.documents) },
  };
}

async function runKernel(plan: KernelPlan): Promise<{ loss: number; tables: number[]; predictions: number }> {
  const memory = new TrainingMemory(plan);
  const { flat } = tablesOf(plan);
  const names = ['inputs', 'outputs', 'documents'] as const;
  for (const name of names) memory.write(name, flat[name]);
  const threads = await startThreads(memory, {
    count: plan.threads,
    inLockStep: plan.batchGroups > 0,
    seed: DRAWS.seed,
    caller: 'test',
  });
  let [loss, predictions] = [0, 0];
  const task = {
    ids: drawBlock(),
    number: DRAWS.number,
    learningRate: DRAWS.rate,
    slope: DRAWS.slope,
    minLearningRate: DRAWS.least,
  };
  await threads.train(task, (report) => {
    loss += report.loss;
    predictions += report.predictions;
  });
  await threads.drain();
  threads.close();
  return { loss, predictions, tables: names.flatMap((name) => [...memory.read(name)]) };
}

function runNaive(plan: KernelPlan): { loss: number; tables: number[]; predictions: number } {
  const { tables } = tablesOf(plan);
  const units = drawUnits(plan, tables, drawBlock(), DRAWS);
  const loss = trainUnits(plan, units, plan.batchGroups);
  return {
    loss,
    predictions: units.reduce((sum, { groups }) => sum + groups.length, 0),
    tables: [tables.inputs, tables.outputs, tables.documents].flat(2),
  };
}

const tree = { paths: huffmanPaths(COUNTS), outputRows: COUNTS.length - 1 };
/** Each word's own row, and those of its last digit and of its number halved, as n-grams would be. */
const lists = {
  inputRows: COUNTS.length + 30,
  rowLists: {
    starts: Uint32Array.from({ length: COUNTS.length + 1 }, (_, word) => 3 * word),
    rows: Uint32Array.from({ length: 3 * COUNTS.length }, (_, at) => {
      const word = Math.floor(at / 3);
      return [word, COUNTS.length + (word % 10), COUNTS.length + 10 + (word >> 1)][at % 3]!;
    }),
  },
};
const CASES: Record<string, Partial<KernelPlan>> = {
  'skip-gram, negative sampling': {},
  'skip-gram, Huffman tree': tree,
  'skip-gram of a fixed window without thinning': {
    shrinksWindow: false,
    keepLimits: new Uint32Array(COUNTS.length).fill(0xffff_ffff),
  },
  'CBOW of means, negative sampling': { architecture: 'bag' },
  'CBOW of means, Huffman tree': { architecture: 'bag', ...tree },
  'CBOW of means, by shares': { architecture: 'bag', sharesGradient: true },
  'CBOW of sums': { architecture: 'bag', isMean: false, negative: 2 },
  'skip-gram of several rows a word': lists,
  'CBOW of several rows a word': { architecture: 'bag', ...lists },
  'documents with their words': { architecture: 'bag', documentRows: 3 },
  'documents alone': { architecture: 'document', documentRows: 3, ...tree },
  'new documents of words that stay': {
    architecture: 'bag',
    documentRows: 3,
    movesWords: false,
    movesOutputs: false,
  },
};

describe.each(Object.entries(CASES))('the kernel, %s,', (_, change) => {
  test.each([0, 1, 50])('does what plain code does, batches of %i groups', async (batchGroups) => {
    const plan = planOf({ ...change, batchGroups });
    const [kernel, naive] = [await runKernel(plan), runNaive(plan)];
    expect(kernel.predictions).toBe(naive.predictions);
    expect(kernel.loss / naive.loss).toBeCloseTo(1, 5);
    const farthest = Math.max(...kernel.tables.map((x, at) => Math.abs(x - naive.tables[at]!)));
    expect(farthest).toBeLessThan(3e-5);
    const [before] = [tablesOf(plan).tables];
    const moved = [before.inputs, before.outputs, before.documents]
      .flat(2)
      .map((x, at) => Math.abs(x - naive.tables[at]!));
    expect(Math.max(...moved)).toBeGreaterThan(0.1);
  });

  test('in lock step, gives the same bits for any number of workers', async () => {
    const [one, three] = await Promise.all(
      [1, 3].map((threads) => runKernel(planOf({ ...change, threads, batchGroups: 20 }))),
    );
    expect(three).toEqual(one);
  });
});

describe.each(
  Object.entries({
    'skip-gram, negative sampling': {},
    'skip-gram, Huffman tree': tree,
    'CBOW of means': { architecture: 'bag', sharesGradient: true },
    'CBOW of sums, Huffman tree': { architecture: 'bag', isMean: false, ...tree },
    'documents with their words': { architecture: 'bag', sharesGradient: true, documentRows: 3 },
  } as Record<string, Partial<KernelPlan>>),
)('the update of plain code, %s,', (_, change) => {
  test('is the gradient of the loss', () => {
    const plan = planOf(change);
    const block = drawBlock().subarray(0, 60);
    const [{ tables }, { tables: moved }] = [tablesOf(plan), tablesOf(plan)];
    const rate = 1e-7;
    const draws = { ...DRAWS, rate, slope: 0, least: 0 };
    // With all scores from the start, a small step is the learning rate times the gradient of the block's loss.
    trainUnits(plan, drawUnits(plan, moved, block, draws), Number.POSITIVE_INFINITY);
    const units = drawUnits(plan, tables, block, draws);
    for (const name of ['inputs', 'outputs', 'documents'] as const) {
      for (const [index, row] of tables[name].entries()) {
        const dimension = index % plan.size;
        const value = row[dimension]!;
        const [above, below] = [1e-4, -1e-4].map((step) => {
          row[dimension] = value + step;
          return lossOf(plan, units);
        });
        row[dimension] = value;
        const slope = (above! - below!) / 2e-4;
        expect((value - moved[name][index]![dimension]!) / rate).toBeCloseTo(slope, 4);
      }
    }
  });
});
