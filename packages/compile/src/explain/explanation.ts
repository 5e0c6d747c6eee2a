import type { GraphDType } from '../graph/graph.ts';

/** What a compiled program consists of, what became of it while it was compiled, and what a run of it costs. */
export interface Explanation {
  /** The runtime's name. */
  readonly runtime: string;
  /** What each pass changed, in order; passes that changed nothing are left out. */
  readonly passes: readonly PassReport[];
  /** The graph that runs. */
  readonly operators: readonly OperatorReport[];
  readonly memory: MemoryReport;
  /** Milliseconds of each operator in one run; only where they were measured. */
  readonly times?: readonly OperatorTime[];
}

/** What one pass did to the graph. */
export interface PassReport {
  /** Named as its source file; the first, `trace`, is the program as it was recorded. */
  readonly name: string;
  /** Operators after the pass, those in loop bodies and branches included. */
  readonly operatorCount: number;
  /** By how much the number of each operator changed. */
  readonly changes: Readonly<Record<string, number>>;
}

/** Operators of the graph that are alike. */
export interface OperatorReport extends OperatorShapes {
  /** How many there are. */
  readonly count: number;
  /** How often each runs: the length of the loop it stands in, otherwise 1. */
  readonly repetitions: number;
  /** Multiplications and additions of matrix products and convolutions, of all of them in one run; other operators count 0. */
  readonly floatingPointOperations: number;
  /** Whether ONNX Runtime is known to have no such operator on the runtime's GPU: it runs on the processor, and its operands are copied there. */
  readonly fallsBack: boolean;
}

/** Where a run's time goes: operators that are alike, as ONNX Runtime runs them after fusions of its own. */
export interface OperatorTime extends OperatorShapes {
  /** How many of them one run executes. */
  readonly count: number;
  /** Of all of them in one run, without what runs inside them (loop bodies). */
  readonly milliseconds: number;
  /** ONNX Runtime's name of where it ran, such as `CPUExecutionProvider`. */
  readonly provider: string;
  readonly floatingPointOperations: number;
}

/** An operator and what it is applied to. */
export interface OperatorShapes {
  readonly operator: string;
  readonly inputs: readonly ValueShape[];
  readonly outputs: readonly ValueShape[];
}

/** Type and shape of a value. */
export interface ValueShape {
  readonly dtype: GraphDType | string;
  readonly shape: readonly number[];
}

/** Bytes. */
export interface MemoryReport {
  /** Arrays that are handed in: parameters, batch, caches. */
  readonly inputs: number;
  /** Arrays that are handed out: results, gradients. */
  readonly outputs: number;
  /** Dropout factors, drawn on the host. */
  readonly random: number;
  /** Tensors that the program holds as constants. */
  readonly constants: number;
  /**
   * The most that intermediate results hold at one time, by their lifetimes in the order of the graph. The runtime's allocator adds some, its in-place
   * operators save some.
   */
  readonly peakIntermediate: number;
}
