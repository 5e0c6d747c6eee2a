import { lowercaseRuns } from './tables/lowercase.ts';

/** Lowercase of a code point; undefined where it is itself. Sigma is `σ` also at the end of a word. */
export function lowercaseOf(codePoint: number): string | undefined {
  if (codePoint < 0x80) {
    return codePoint >= 0x41 && codePoint <= 0x5a ? String.fromCharCode(codePoint + 32) : undefined;
  }
  if (codePoint === 0x130) return 'i\u0307';
  const lower = lowercaseMap().get(codePoint);
  return lower === undefined ? undefined : String.fromCodePoint(lower);
}

/** Each character of a text in lowercase. */
export function lowercase(text: string): string {
  let lowered = '';
  let kept = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80 && (unit < 0x41 || unit > 0x5a)) continue;
    const codePoint = text.codePointAt(index)!;
    const lower = lowercaseOf(codePoint);
    const length = codePoint > 0xffff ? 2 : 1;
    if (lower !== undefined) {
      lowered += text.slice(kept, index) + lower;
      kept = index + length;
    }
    index += length - 1;
  }
  return kept === 0 ? text : lowered + text.slice(kept);
}

let map: Map<number, number> | undefined;

function lowercaseMap(): Map<number, number> {
  if (map) return map;
  map = new Map();
  for (const run of lowercaseRuns.split(' ')) {
    const [first, count, step, difference] = run.split(',').map((number) => Number.parseInt(number, 36));
    for (let index = 0; index < count!; index++) {
      const codePoint = first! + index * step!;
      map.set(codePoint, codePoint + difference!);
    }
  }
  return map;
}
