import type { KernelPlan } from '../../src/word2vec/training-memory.ts';

// The updates of word2vec in plain code and float64, with the draws of assembly/word-training.ts and none of its speed.

/** Tables as rows of numbers. */
export interface Tables {
  readonly inputs: number[][];
  readonly outputs: number[][];
  readonly documents: number[][];
}

/** An output row and whether it is the right answer. */
export interface Output {
  readonly row: number[];
  readonly label: number;
}

/** Input rows that are averaged or summed, and groups of outputs. */
export interface Unit {
  readonly inputs: readonly number[][];
  /** How many of the input rows move, from the first one on. */
  readonly moving: number;
  readonly groups: readonly (readonly Output[])[];
  readonly rate: number;
}

/** Where draws start, and the learning rate. */
export interface BlockDraws {
  readonly seed: number;
  readonly number: number;
  readonly rate: number;
  readonly slope: number;
  readonly least: number;
}

/** Everything that is drawn for a block. */
export function drawUnits(plan: KernelPlan, tables: Tables, ids: Int32Array, draws: BlockDraws): Unit[] {
  const random = new SplitMix64(draws.seed, draws.number);
  const rowsOf = (word: number): number[][] =>
    plan.rowLists
      ? Array.from(
          plan.rowLists.rows.subarray(plan.rowLists.starts[word]!, plan.rowLists.starts[word + 1]!),
          (row) => tables.inputs[row]!,
        )
      : [tables.inputs[word]!];
  const groupOf = (target: number): Output[] => {
    if (plan.paths) {
      const { starts, nodes } = plan.paths;
      return Array.from(nodes.subarray(starts[target]!, starts[target + 1]!), (node) => ({
        row: tables.outputs[node >> 1]!,
        label: node & 1,
      }));
    }
    const group = [{ row: tables.outputs[target]!, label: 1 }];
    for (let draw = 0; draw < plan.negative; draw++) {
      const word = random.fromTable(plan.negativeTable);
      if (word !== target) group.push({ row: tables.outputs[word]!, label: 0 });
    }
    return group;
  };
  const units: Unit[] = [];
  let read = 0;
  for (const { words, document } of sentencesOf(ids)) {
    const rate = Math.max(draws.least, draws.rate - draws.slope * read);
    read += words.length;
    const kept = words.filter((word) => {
      const limit = plan.keepLimits[word]!;
      return limit === 0xffff_ffff || random.high() < limit;
    });
    for (const [position, center] of kept.entries()) {
      const reach = plan.window - (plan.shrinksWindow ? random.below(plan.window) : 0);
      const neighbors = kept.filter((_, at) => at !== position && Math.abs(at - position) <= reach);
      const pushUnit = (inputs: number[][], moving: number, targets: readonly number[]): void => {
        if (targets.length > 0) units.push({ inputs, moving, groups: targets.map(groupOf), rate });
      };
      if (plan.architecture === 'skip-gram') {
        // word2vec.c's pairs; fastText's where a word is several rows.
        if (plan.rowLists) pushUnit(rowsOf(center), rowsOf(center).length, neighbors);
        else for (const neighbor of neighbors) pushUnit(rowsOf(neighbor), 1, [center]);
        continue;
      }
      const own = plan.documentRows > 0 ? [tables.documents[document]!] : [];
      const inputs = [...own, ...(plan.architecture === 'bag' ? neighbors.flatMap(rowsOf) : [])];
      pushUnit(inputs, plan.movesWords ? inputs.length : own.length, inputs.length > 0 ? [center] : []);
    }
  }
  return units;
}

/** −ln of the probabilities of all labels, in nats. */
export function lossOf(plan: KernelPlan, units: readonly Unit[]): number {
  let loss = 0;
  for (const { inputs, groups } of units) {
    const h = hiddenOf(plan, inputs);
    for (const { row, label } of groups.flat()) {
      loss += Math.log1p(Math.exp(label ? -dot(h, row) : dot(h, row)));
    }
  }
  return loss;
}

/**
 * Trains on units, in order.
 *
 * @param batchGroups groups, rounded up to whole units, that are scored before any moves; 0 for one group at a time
 * @returns the loss of all, each before its own update
 */
export function trainUnits(plan: KernelPlan, units: readonly Unit[], batchGroups: number): number {
  let loss = 0;
  for (let first = 0; first < units.length; ) {
    let end = first;
    for (let groups = 0; end < units.length && groups < Math.max(1, batchGroups); end++) {
      groups += units[end]!.groups.length;
    }
    const batch = units.slice(first, end);
    const score = (h: number[], group: readonly Output[]): number[] => group.map(({ row }) => dot(h, row));
    const frozen = batch.map(({ inputs, groups }) =>
      groups.map((group) => score(hiddenOf(plan, inputs), group)),
    );
    for (const [index, { inputs, moving, groups, rate }] of batch.entries()) {
      const isRow = inputs.length === 1 && moving === 1;
      const h = isRow ? inputs[0]! : hiddenOf(plan, inputs);
      const before = [...h];
      for (const [place, group] of groups.entries()) {
        const scores = batchGroups > 0 ? frozen[index]![place]! : score(h, group);
        const moved = h.map(() => 0);
        for (const [at, { row, label }] of group.entries()) {
          loss += Math.log1p(Math.exp(label ? -scores[at]! : scores[at]!));
          const g = rate * (label - 1 / (1 + Math.exp(-scores[at]!)));
          for (let d = 0; d < h.length; d++) {
            moved[d]! += g * row[d]!;
            if (plan.movesOutputs) row[d]! += g * h[d]!;
          }
        }
        for (let d = 0; d < h.length; d++) h[d]! += moved[d]!;
      }
      if (isRow) continue;
      const share = plan.sharesGradient ? 1 / inputs.length : 1;
      for (const row of inputs.slice(0, moving)) {
        for (let d = 0; d < h.length; d++) row[d]! += (h[d]! - before[d]!) * share;
      }
    }
    first = end;
  }
  return loss;
}

function hiddenOf(plan: KernelPlan, inputs: readonly number[][]): number[] {
  const share = plan.isMean ? 1 / inputs.length : 1;
  return inputs[0]!.map((_, d) => share * inputs.reduce((sum, row) => sum + row[d]!, 0));
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, x, d) => sum + x * right[d]!, 0);
}

function sentencesOf(ids: Int32Array): { words: number[]; document: number }[] {
  const sentences: { words: number[]; document: number }[] = [];
  let words: number[] = [];
  for (const id of ids) {
    if (id >= 0) words.push(id);
    else {
      sentences.push({ words, document: ~id });
      words = [];
    }
  }
  return sentences;
}

/** @see Steele, Lea and Flood 2014 */
class SplitMix64 {
  #state: bigint;

  constructor(seed: number, block: number) {
    this.#state = BigInt(seed);
    this.#state = this.#next() ^ wrap(BigInt(block) * GOLDEN);
  }

  high(): number {
    return Number(this.#next() >> 32n);
  }

  below(limit: number): number {
    return Number(((this.#next() >> 32n) * BigInt(limit)) >> 32n);
  }

  fromTable(table: Uint32Array): number {
    const draw = this.#next();
    const column = Number(((draw >> 32n) * BigInt(table.length / 2)) >> 32n);
    return Number(draw & 0xffff_ffffn) < table[2 * column]! ? column : table[2 * column + 1]!;
  }

  #next(): bigint {
    this.#state = wrap(this.#state + GOLDEN);
    let z = this.#state;
    z = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }
}

const GOLDEN = 0x9e3779b97f4a7c15n;

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
