import { type CodePointRanges, unionOf } from './code-point-ranges.ts';
import { isNullable, type RegexNode } from './syntax-tree.ts';

/** The characters that what a node matches may begin with; undefined if it may be empty, or that is not known. */
export function firstSetOf(node: RegexNode): CodePointRanges | undefined {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'choice':
      return union(node.nodes.map(firstSetOf));
    case 'repeat':
      return node.min === 0 ? undefined : firstSetOf(node.node);
    case 'atomic':
      return firstSetOf(node.node);
    case 'sequence':
      return firstOfSequence(node.nodes);
    default:
      return undefined;
  }
}

function firstOfSequence(nodes: readonly RegexNode[]): CodePointRanges | undefined {
  const firsts: (CodePointRanges | undefined)[] = [];
  for (const node of nodes) {
    if (node.kind === 'look' || node.kind === 'assertion') continue; // may only narrow what is next
    if (!isNullable(node)) {
      firsts.push(firstSetOf(node));
      return union(firsts);
    }
    firsts.push(beginningOf(node));
  }
  return undefined;
}

/** What a node that may be empty begins with if it is not. */
function beginningOf(node: RegexNode): CodePointRanges | undefined {
  if (node.kind === 'repeat') return firstSetOf(node.node) ?? beginningOf(node.node);
  if (node.kind === 'choice') return union(node.nodes.map((part) => firstSetOf(part) ?? beginningOf(part)));
  return node.kind === 'atomic' ? beginningOf(node.node) : undefined;
}

function union(sets: readonly (CodePointRanges | undefined)[]): CodePointRanges | undefined {
  const bounds: number[] = [];
  for (const set of sets) {
    if (!set) return undefined;
    bounds.push(...set);
  }
  return unionOf(bounds);
}
