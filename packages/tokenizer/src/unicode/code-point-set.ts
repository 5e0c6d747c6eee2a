/** A set of code points, one bit each. */
export class CodePointSet {
  readonly #bits: Uint8Array;

  private constructor(bits: Uint8Array) {
    this.#bits = bits;
  }

  /** @param runs lengths of runs outside the set, in it, outside it, … from U+0000 on, as {@link runLengths} reads them */
  static decode(runs: string): CodePointSet {
    const ranges: number[] = [];
    let start = 0;
    let isInside = false;
    for (const length of runLengths(runs)) {
      if (isInside) ranges.push(start, start + length);
      start += length;
      isInside = !isInside;
    }
    return CodePointSet.ofRanges(ranges);
  }

  /** @param ranges starts and ends (not included), alternating */
  static ofRanges(ranges: readonly number[]): CodePointSet {
    let end = 0;
    for (let index = 1; index < ranges.length; index += 2) end = Math.max(end, ranges[index]!);
    const bits = new Uint8Array((end + 7) >> 3);
    for (let index = 0; index < ranges.length; index += 2) {
      for (let codePoint = ranges[index]!; codePoint < ranges[index + 1]!; codePoint++) {
        if ((codePoint & 7) === 0 && codePoint + 8 <= ranges[index + 1]!) {
          bits[codePoint >> 3] = 0xff;
          codePoint += 7;
        } else {
          bits[codePoint >> 3]! |= 1 << (codePoint & 7);
        }
      }
    }
    return new CodePointSet(bits);
  }

  has(codePoint: number): boolean {
    return (this.#bits[codePoint >> 3]! & (1 << (codePoint & 7))) !== 0;
  }
}

/** Numbers in base 26, one after the other: digits a–z, the last digit of each number A–Z. */
export function runLengths(text: string): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 97) {
      length = length * 26 + code - 97;
    } else {
      lengths.push(length * 26 + code - 65);
      length = 0;
    }
  }
  return lengths;
}

/** A set that is unpacked when it is first asked. */
export function lazySet(runs: string): (codePoint: number) => boolean {
  let set: CodePointSet | undefined;
  return (codePoint) => {
    set ??= CodePointSet.decode(runs);
    return set.has(codePoint);
  };
}
