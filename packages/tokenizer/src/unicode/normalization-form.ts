import { Edits, type NormalizedText } from '../normalized-text.ts';
import { lazySet } from './code-point-set.ts';
import { normalizeRun } from './normalize-run.ts';
import { canonicalSet, compatibleSet, composingSet, reorderedSet } from './tables/normalization.ts';

/** Unicode's normalization forms. */
export type NormalizationForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/**
 * A text in one of Unicode's normalization forms, those of the reference's version of Unicode.
 *
 * `String.prototype.normalize` does the work on runs of characters that take part in that version: what it makes of them is the
 * same in all later versions (Unicode's stability policy). All other characters stay, and keep their neighbors apart.
 */
export function normalizeForm(text: NormalizedText, form: NormalizationForm): NormalizedText {
  const runs = activeRuns(text.text, form);
  if (runs.length === 0) return text;
  return text.isTracked
    ? text.transform(trackedEdits(text.text, form, runs))
    : text.withText(plain(text.text, form, runs));
}

const isReordered = lazySet(reorderedSet);
const isCanonical = lazySet(canonicalSet);
const isCompatible = lazySet(compatibleSet);
const isComposing = lazySet(composingSet);

const isActive: Readonly<Record<NormalizationForm, (codePoint: number) => boolean>> = {
  NFD: (codePoint) => isCanonical(codePoint) || isReordered(codePoint),
  NFKD: (codePoint) => isCanonical(codePoint) || isCompatible(codePoint) || isReordered(codePoint),
  NFC: isComposing,
  NFKC: (codePoint) => isComposing(codePoint) || isCompatible(codePoint),
};

/** A text without characters from this one on is in the form already. */
const firstChanged: Readonly<Record<NormalizationForm, number>> = {
  NFD: 0xc0,
  NFC: 0x300,
  NFKD: 0xa0,
  NFKC: 0xa0,
};

/** Starts and ends, alternating, of the runs of characters that take part in the form; none if nothing will change. */
function activeRuns(text: string, form: NormalizationForm): number[] {
  const limit = firstChanged[form];
  const active = isActive[form];
  let first = 0;
  while (first < text.length && text.charCodeAt(first) < limit) first++;
  if (first === text.length) return [];
  const runs: number[] = [];
  let start = -1;
  // The character before may compose with the first one that can change anything.
  for (let index = Math.max(0, first - 1); index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    if (active(codePoint)) {
      if (start < 0) start = index;
    } else if (start >= 0) {
      runs.push(start, index);
      start = -1;
    }
    index += codePoint > 0xffff ? 2 : 1;
  }
  if (start >= 0) runs.push(start, text.length);
  return runs;
}

function plain(text: string, form: NormalizationForm, runs: readonly number[]): string {
  let normalized = '';
  let kept = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const [start, end] = [runs[index]!, runs[index + 1]!];
    normalized += text.slice(kept, start) + normalizeRun(text.slice(start, end), form);
    kept = end;
  }
  return normalized + text.slice(kept);
}

function trackedEdits(text: string, form: NormalizationForm, runs: readonly number[]): Edits {
  const edits = new Edits();
  let kept = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const [start, end] = [runs[index]!, runs[index + 1]!];
    edits.keep(text.slice(kept, start));
    if (form === 'NFD' || form === 'NFKD') {
      const { texts, changes } = decompose(text.slice(start, end), form);
      for (const [at, character] of texts.entries()) edits.push(character, changes[at]!);
    } else {
      compose(text.slice(start, end), form, edits);
    }
    kept = end;
  }
  edits.keep(text.slice(kept));
  return edits;
}

/** A run decomposed, with the change that each character is: 0 for the first that one becomes, 1 for others. */
function decompose(run: string, form: 'NFD' | 'NFKD'): Edits {
  // Sorting by combining class is stable, so of equal characters the first stays the first.
  const changes = new Map<string, number[]>();
  for (const character of run) {
    let change = 0;
    for (const part of character.normalize(form)) {
      const queue = changes.get(part);
      if (queue) queue.push(change);
      else changes.set(part, [change]);
      change = 1;
    }
  }
  for (const queue of changes.values()) queue.reverse();
  const edits = new Edits();
  for (const part of normalizeRun(run, form)) edits.push(part, changes.get(part)!.pop()!);
  return edits;
}

/** Appends a run in composed form. A character composed of n others replaces the first and removes n − 1. */
function compose(run: string, form: 'NFC' | 'NFKC', edits: Edits): void {
  const { texts: characters, changes } = decompose(run, form === 'NFC' ? 'NFD' : 'NFKD');
  const isUsed = new Uint8Array(characters.length);
  let first = 0;
  for (const composed of normalizeRun(run, form)) {
    while (isUsed[first]) first++;
    let change = changes[first]!;
    isUsed[first] = 1;
    let at = first;
    const parts = [...composed.normalize('NFD')];
    for (let index = 1; index < parts.length; index++) {
      do at++;
      while (isUsed[at] || characters[at] !== parts[index]);
      isUsed[at] = 1;
      change += changes[at]! - 1;
    }
    edits.push(composed, change);
  }
}
