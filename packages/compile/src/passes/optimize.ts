import type { Graph } from '../graph/graph.ts';
import { fuseMatrixMultiply } from './fuse-matrix-multiply.ts';
import { hoistAfterScan } from './hoist-after-scan.ts';
import { hoistBeforeScan } from './hoist-before-scan.ts';
import { lowerBarriers } from './lower-barriers.ts';
import { lowerMatrixMultiply } from './lower-matrix-multiply.ts';
import { orderResults } from './order-results.ts';
import { removeAliases } from './remove-aliases.ts';
import { removeDeadNodes } from './remove-dead-nodes.ts';
import type { Pass } from './rewrite.ts';
import { shareCommonSubexpressions } from './share-common-subexpressions.ts';
import { simplifyUniforms } from './simplify-uniforms.ts';

const PASSES: readonly Pass[] = [
  removeAliases,
  removeDeadNodes,
  simplifyUniforms,
  simplifyUniforms, // what the first round folded may fold with its neighbors
  removeAliases,
  shareCommonSubexpressions,
  removeDeadNodes, // so that a value's uses are real before the fusions count them
  fuseMatrixMultiply,
  hoistBeforeScan,
  removeDeadNodes,
  hoistAfterScan,
  removeDeadNodes,
  removeAliases,
  simplifyUniforms,
  lowerMatrixMultiply,
  lowerBarriers,
  removeDeadNodes,
  orderResults,
];

/** All passes, in order. */
export function optimize(graph: Graph): Graph {
  return PASSES.reduce((current, pass) => pass(current), graph);
}
