import type { NormalizationForm } from './normalization-form.ts';

/**
 * `String.prototype.normalize` in time that grows with the length alone.
 *
 * Engines put combining marks in order one by one, each moved past all those before it that come after it: a megabyte of two marks in turn
 * takes them an hour. So long stretches of marks are put in order before.
 */
export function normalizeRun(run: string, form: NormalizationForm): string {
  if (run.length < LONG || !longMarks.test(run)) return run.normalize(form);
  const decomposed = form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD';
  return run.replace(allLongMarks, (marks) => sortMarks(marks, decomposed)).normalize(form);
}

const LONG = 64;
const longMarks = /\p{M}{64}/u;
const allLongMarks = /\p{M}{64,}/gu;

/** Marks in decomposed form, in canonical order: those of one combining class keep theirs. */
function sortMarks(marks: string, form: 'NFD' | 'NFKD'): string {
  let sorted = '';
  let stretch: string[] = [];
  const flush = (): void => {
    if (stretch.length > 0) sorted += inOrder(stretch);
    stretch = [];
  };
  const decompositions = new Map<string, { parts: readonly string[]; isReordered: boolean[] }>();
  for (const mark of marks) {
    let known = decompositions.get(mark);
    if (!known) {
      const parts = [...mark.normalize(form)];
      known = { parts, isReordered: parts.map(isReordered) };
      decompositions.set(mark, known);
    }
    for (const [index, part] of known.parts.entries()) {
      if (known.isReordered[index]) {
        stretch.push(part);
        continue;
      }
      flush();
      sorted += part;
    }
  }
  flush();
  return sorted;
}

function inOrder(marks: readonly string[]): string {
  const distinct = [...new Set(marks)].sort(compareClasses);
  const ranks = new Map<string, number>();
  let rank = 0;
  for (const [index, mark] of distinct.entries()) {
    if (index > 0 && compareClasses(distinct[index - 1]!, mark) !== 0) rank++;
    ranks.set(mark, rank);
  }
  const byRank = Array.from({ length: rank + 1 }, (): string[] => []);
  for (const mark of marks) byRank[ranks.get(mark)!]!.push(mark);
  return byRank.map((group) => group.join('')).join('');
}

/** Whether a mark has a combining class other than 0, so that it changes places with others. */
function isReordered(mark: string): boolean {
  return swaps(mark, '\u0334') || swaps('\u0301', mark); // of the lowest class, and of a high one
}

/** The order of two combining classes, which JavaScript does not tell, but shows. */
function compareClasses(first: string, second: string): number {
  if (swaps(first, second)) return 1;
  return swaps(second, first) ? -1 : 0;
}

function swaps(first: string, second: string): boolean {
  return first !== second && (first + second).normalize('NFD') !== first + second;
}
