import type { CodePointRanges } from './code-point-ranges.ts';

/** What has to hold between two characters. */
export type Assertion =
  | 'line-start'
  | 'line-end'
  | 'text-start'
  | 'text-end'
  | 'last-line-end'
  | 'word-boundary'
  | 'no-word-boundary';

/** A regular expression, as far as it is supported: without captures, which nothing asks for. */
export type RegexNode =
  | { readonly kind: 'set'; readonly set: CodePointRanges }
  | { readonly kind: 'sequence'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly nodes: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly node: RegexNode;
      readonly min: number;
      /** Infinity where there is no limit. */
      readonly max: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly kind: 'atomic'; readonly node: RegexNode }
  | {
      readonly kind: 'look';
      readonly node: RegexNode;
      readonly isBehind: boolean;
      readonly isNegative: boolean;
    }
  | { readonly kind: 'assertion'; readonly assertion: Assertion };

/** The node that matches nothing at all, everywhere. */
export const emptyNode: RegexNode = { kind: 'sequence', nodes: [] };

/** Whether a node can match without a character. */
export function isNullable(node: RegexNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'sequence':
      return node.nodes.every(isNullable);
    case 'choice':
      return node.nodes.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.node);
    case 'atomic':
      return isNullable(node.node);
    default:
      return true;
  }
}
