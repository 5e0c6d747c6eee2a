import type { Graph } from '../graph/graph.ts';
import type { ExecutionProvider } from '../runtime/runtime.ts';
import { composeMatrixMultiply } from './compose-matrix-multiply.ts';
import { fuseMatrixMultiply } from './fuse-matrix-multiply.ts';
import { hoistAfterScan } from './hoist-after-scan.ts';
import { hoistBeforeScan } from './hoist-before-scan.ts';
import { lowerBarriers } from './lower-barriers.ts';
import { lowerMatrixMultiply } from './lower-matrix-multiply.ts';
import { lowerWeights } from './lower-weights.ts';
import { orderResults } from './order-results.ts';
import { removeAliases } from './remove-aliases.ts';
import { removeDeadNodes } from './remove-dead-nodes.ts';
import type { Pass } from './rewrite.ts';
import { selectInsteadOfMultiply } from './select-instead-of-multiply.ts';
import { shareCommonSubexpressions } from './share-common-subexpressions.ts';
import { simplifyUniforms } from './simplify-uniforms.ts';
import { sumRowsByProduct } from './sum-rows-by-product.ts';

/** What passes have to know of where the graph is to run. */
export interface OptimizeOptions {
  /** See `Runtime.multipliesPacked`. */
  readonly multipliesPacked?: boolean | undefined;
  readonly provider?: ExecutionProvider | undefined;
}

type NamedPass = readonly [name: string, pass: Pass];

const ON_WEBGPU: readonly NamedPass[] = [['compose-matrix-multiply', composeMatrixMultiply]];
const ON_PROCESSOR: readonly NamedPass[] = [
  ['sum-rows-by-product', sumRowsByProduct],
  ['remove-aliases', removeAliases],
];

/** By the names of their files, in order. */
const passes = ({ multipliesPacked = false, provider }: OptimizeOptions): NamedPass[] => [
  ['remove-aliases', removeAliases],
  ['remove-dead-nodes', removeDeadNodes],
  ['simplify-uniforms', simplifyUniforms],
  ['simplify-uniforms', simplifyUniforms], // what the first round folded may fold with its neighbors
  ['remove-aliases', removeAliases],
  ['share-common-subexpressions', shareCommonSubexpressions],
  ['remove-dead-nodes', removeDeadNodes], // so that a value's uses are real before the fusions count them
  ['fuse-matrix-multiply', fuseMatrixMultiply],
  ['select-instead-of-multiply', selectInsteadOfMultiply],
  ['hoist-before-scan', hoistBeforeScan],
  ['remove-dead-nodes', removeDeadNodes],
  ['hoist-after-scan', hoistAfterScan],
  ['remove-dead-nodes', removeDeadNodes],
  ['remove-aliases', removeAliases],
  ['simplify-uniforms', simplifyUniforms],
  ['lower-weights', lowerWeights(multipliesPacked)],
  ['lower-matrix-multiply', lowerMatrixMultiply],
  ...(provider === 'webgpu' ? ON_WEBGPU : []),
  ...(provider === 'cpu' || provider === 'wasm' ? ON_PROCESSOR : []),
  ['lower-barriers', lowerBarriers],
  ['remove-dead-nodes', removeDeadNodes],
  ['order-results', orderResults],
];

/**
 * All passes, in order.
 *
 * @param observe is shown what each pass makes of the graph
 */
export function optimize(
  graph: Graph,
  options: OptimizeOptions = {},
  observe?: (name: string, result: Graph) => void,
): Graph {
  return passes(options).reduce((current, [name, pass]) => {
    const result = pass(current);
    observe?.(name, result);
    return result;
  }, graph);
}
