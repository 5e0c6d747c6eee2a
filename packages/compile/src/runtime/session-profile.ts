import type { OperatorTime, ValueShape } from '../explain/explanation.ts';
import { productOperations } from '../explain/product-operations.ts';

/** What is used of an event in ONNX Runtime's profile (Chrome's trace format). Times are microseconds. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/**
 * The time of each kind of operator in one run, averaged over the last runs of a profile.
 *
 * @param json   ONNX Runtime's profile
 * @param warmup runs at its beginning that do not count: they touch memory for the first time
 * @returns the longest first
 */
export function readSessionProfile(json: string, warmup: number): OperatorTime[] {
  const events = (JSON.parse(json) as ProfileEvent[]).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const runs = events.filter(({ name }) => name === 'model_run').slice(warmup);
  const start = runs[0]?.ts ?? Number.POSITIVE_INFINITY;
  const kernels = events.filter(
    ({ cat, name, ts }) => cat === 'Node' && name.endsWith('_kernel_time') && ts >= start,
  );
  const own = ownDurations(kernels);

  const groups = new Map<string, OperatorTime>();
  kernels.forEach(({ args = {} }, index) => {
    const shapes = {
      operator: args.op_name ?? 'unknown',
      inputs: (args.input_type_shape ?? []).flatMap(shapesOf),
      outputs: (args.output_type_shape ?? []).flatMap(shapesOf),
    };
    const provider = args.provider ?? 'unknown';
    const key = JSON.stringify([shapes, provider]);
    const known = groups.get(key);
    groups.set(key, {
      ...shapes,
      provider,
      count: (known?.count ?? 0) + 1 / runs.length,
      milliseconds: (known?.milliseconds ?? 0) + own[index]! / 1000 / runs.length,
      floatingPointOperations:
        (known?.floatingPointOperations ?? 0) + productOperations(shapes) / runs.length,
    });
  });
  return [...groups.values()]
    .map((group) => ({ ...group, count: Math.round(group.count) }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Durations without what runs inside: a loop's event spans those of its body. */
function ownDurations(events: readonly ProfileEvent[]): number[] {
  const own = events.map(({ dur }) => dur);
  const open: number[] = [];
  events.forEach(({ ts, dur }, index) => {
    while (open.length > 0 && end(events[open.at(-1)!]!) <= ts) open.pop();
    const around = open.at(-1);
    if (around !== undefined) own[around]! -= dur;
    open.push(index);
  });
  return own;
}

function end({ ts, dur }: ProfileEvent): number {
  return ts + dur;
}

function shapesOf(entry: Readonly<Record<string, readonly number[]>>): ValueShape[] {
  return Object.entries(entry).map(([dtype, shape]) => ({ dtype, shape }));
}
