import type { SpecialToken } from './post-processor.ts';
import { type TemplatePart, TemplatePostProcessor } from './template.ts';

/** Tokens before and after a text, and before and after each text of a pair; undefined where there are none. */
export function surroundingTemplate(
  before: readonly SpecialToken[],
  after: readonly SpecialToken[],
): TemplatePostProcessor | undefined {
  if (before.length === 0 && after.length === 0) return undefined;
  const around = (sequence: 'A' | 'B', typeId: number): TemplatePart[] => [
    ...before.map(([special]) => ({ special, typeId })),
    { sequence, typeId },
    ...after.map(([special]) => ({ special, typeId })),
  ];
  return new TemplatePostProcessor({
    single: around('A', 0),
    pair: [...around('A', 0), ...around('B', 1)],
    specialTokens: new Map([...before, ...after].map((token) => [token[0], [token]])),
  });
}
