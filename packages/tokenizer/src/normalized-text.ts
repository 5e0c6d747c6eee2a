/**
 * A stretch of text on its way through normalizers and pre-tokenizers, which remembers, if asked to, where in the original
 * text each of its code units comes from. Immutable.
 *
 * Without tracking it is little more than a string, and that is how it is used when only ids are asked for.
 *
 * Where changed text comes from follows Hugging Face's `NormalizedString`: what replaces a character has its place, what is
 * put in has the place of the character before it.
 */
export class NormalizedText {
  readonly text: string;
  /** Start and end in the original of each code unit, for `text` from index `#shift` on; undefined when not tracked. */
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;
  readonly #shift: number;
  /** Where the stretch begins in the original; without tracking only 0 (at its beginning) or 1 (later). */
  readonly #origin: number;

  private constructor(
    text: string,
    origin: number,
    starts?: Int32Array | undefined,
    ends?: Int32Array | undefined,
    shift = 0,
  ) {
    this.text = text;
    this.#origin = origin;
    this.#starts = starts;
    this.#ends = ends;
    this.#shift = shift;
  }

  /** @param text well-formed Unicode */
  static of(text: string, isTracked: boolean): NormalizedText {
    if (!isTracked) return new NormalizedText(text, 0);
    const starts = new Int32Array(text.length);
    const ends = new Int32Array(text.length);
    for (let index = 0; index < text.length; ) {
      const end = index + characterLength(text, index);
      for (let unit = index; unit < end; unit++) {
        starts[unit] = index;
        ends[unit] = end;
      }
      index = end;
    }
    return new NormalizedText(text, 0, starts, ends);
  }

  get length(): number {
    return this.text.length;
  }

  get isTracked(): boolean {
    return this.#starts !== undefined;
  }

  /** Whether the stretch begins where the original text begins. */
  get isAtStart(): boolean {
    return this.#origin === 0;
  }

  /** Where code units `[start, end)` come from in the original text; of a tracked stretch only. */
  placeOf(start: number, end: number): [start: number, end: number] {
    if (start >= end) return [this.#origin + start, this.#origin + start];
    return [this.#starts![this.#shift + start]!, this.#ends![this.#shift + end - 1]!];
  }

  /** The part `[start, end)`, which begins and ends at characters. */
  slice(start: number, end: number): NormalizedText {
    const text = this.text.slice(start, end);
    if (!this.#starts) return new NormalizedText(text, start === 0 ? this.#origin : 1);
    const shift = this.#shift + start;
    const origin = start < end ? this.#starts[shift]! : this.#origin;
    return new NormalizedText(text, origin, this.#starts, this.#ends, shift);
  }

  /** The part `[start, end)` as a rewriting of the stretch, which goes on beginning where it began. */
  trim(start: number, end: number): NormalizedText {
    if (start === 0 && end === this.text.length) return this;
    const text = this.text.slice(start, end);
    return new NormalizedText(text, this.#origin, this.#starts, this.#ends, this.#shift + start);
  }

  /** The stretch with its text changed; of an untracked stretch only. */
  withText(text: string): NormalizedText {
    return text === this.text ? this : new NormalizedText(text, this.#origin);
  }

  /** Each character replaced by what `map` gives for it, which may be nothing or several characters. */
  mapCharacters(map: (codePoint: number) => string | undefined): NormalizedText {
    const { text } = this;
    let changed = '';
    let kept = 0;
    const edits = this.#starts ? new Edits() : undefined;
    for (let index = 0; index < text.length; ) {
      const codePoint = text.codePointAt(index)!;
      const end = index + (codePoint > 0xffff ? 2 : 1);
      const replacement = map(codePoint);
      if (replacement !== undefined) {
        const before = text.slice(kept, index);
        kept = end;
        edits?.keep(before);
        if (!edits) changed += before + replacement;
        else if (replacement === '') edits.remove(1);
        else edits.replace(replacement);
      }
      index = end;
    }
    if (kept === 0) return this;
    const rest = text.slice(kept);
    if (!edits) return this.withText(changed + rest);
    edits.keep(rest);
    return this.transform(edits);
  }

  /** The stretch with `prefix` before its first character, which gives it its place; an empty stretch stays empty. */
  prepend(prefix: string): NormalizedText {
    if (this.text === '' || prefix === '') return this;
    if (!this.#starts) return this.withText(prefix + this.text);
    const length = prefix.length + this.text.length;
    const copy = (places: Int32Array): Int32Array => {
      const longer = new Int32Array(length).fill(places[this.#shift]!, 0, prefix.length);
      longer.set(places.subarray(this.#shift, this.#shift + this.text.length), prefix.length);
      return longer;
    };
    return new NormalizedText(prefix + this.text, this.#origin, copy(this.#starts), copy(this.#ends!));
  }

  /**
   * The stretch with some ranges replaced by a text each time, which has the place of the last character it replaces.
   *
   * @param ranges starts and ends, alternating, in order and without overlap
   */
  replaceRanges(ranges: readonly number[], content: string): NormalizedText {
    if (ranges.length === 0) return this;
    let text = '';
    let kept = 0;
    for (let index = 0; index < ranges.length; index += 2) {
      text += this.text.slice(kept, ranges[index]!) + content;
      kept = ranges[index + 1]!;
    }
    text += this.text.slice(kept);
    if (!this.#starts) return this.withText(text);
    const change = (places: Int32Array): Int32Array => {
      const changed = new Int32Array(text.length);
      let length = 0;
      let from = 0;
      for (let index = 0; index < ranges.length; index += 2) {
        const [start, end] = [ranges[index]!, ranges[index + 1]!];
        changed.set(places.subarray(this.#shift + from, this.#shift + start), length);
        length += start - from;
        changed.fill(
          end > 0 ? places[this.#shift + end - 1]! : this.#origin,
          length,
          length + content.length,
        );
        length += content.length;
        from = end;
      }
      changed.set(places.subarray(this.#shift + from, this.#shift + this.text.length), length);
      return changed;
    };
    return new NormalizedText(text, this.#origin, change(this.#starts), change(this.#ends!));
  }

  /** The stretch rewritten; of a tracked stretch only. */
  transform(edits: Edits): NormalizedText {
    const starts = this.#starts!;
    const ends = this.#ends!;
    // Characters at the front that have no place of their own are not seen, as in the reference: they stay as they are.
    let first = 0;
    while (first < this.text.length && starts[this.#shift + first] === ends[this.#shift + first]) first++;
    const text = this.text.slice(0, first) + edits.texts.join('');
    const newStarts = new Int32Array(text.length);
    const newEnds = new Int32Array(text.length);
    let length = 0;
    const place = (unit: number): void => {
      const inside = unit >= 0 && unit < this.text.length;
      newStarts[length] = inside ? starts[this.#shift + unit]! : this.#origin;
      newEnds[length++] = inside ? ends[this.#shift + unit]! : this.#origin;
    };
    for (let unit = 0; unit < first; unit++) place(unit);
    let at = first;
    const skip = (characters: number): void => {
      for (let count = 0; count < characters && at < this.text.length; count++)
        at += characterLength(this.text, at);
    };
    skip(edits.removedAtStart);
    for (let index = 0; index < edits.texts.length; index++) {
      const part = edits.texts[index]!;
      const change = edits.changes[index]!;
      if (change === KEPT) {
        for (let unit = 0; unit < part.length; ) {
          const end = unit + characterLength(part, unit);
          for (; unit < end; unit++) place(at);
          skip(1);
        }
        continue;
      }
      const unit = change > 0 ? at - 1 : at;
      for (let count = 0; count < part.length; count++) place(unit);
      if (change <= 0) skip(1 - change);
    }
    return new NormalizedText(text, this.#origin, newStarts, newEnds);
  }
}

/**
 * A rewriting of a text: its new characters in order, each with a number that says what it does to the old ones.
 * 0 replaces the next one, 1 is put in, −n replaces the next one and removes n after it. Runs of characters, each of which replaces the next one, are
 * one text.
 */
export class Edits {
  readonly texts: string[] = [];
  readonly changes: number[] = [];
  removedAtStart = 0;

  push(character: string, change: number): void {
    this.texts.push(character);
    this.changes.push(change);
  }

  /** The next old characters stay, or become as many others. */
  keep(characters: string): void {
    if (characters !== '') this.push(characters, KEPT);
  }

  /** The next old character becomes these, at least one. */
  replace(characters: string): void {
    let change = 0;
    for (const character of characters) {
      this.push(character, change);
      change = 1;
    }
  }

  /** The next old characters are left out. */
  remove(count: number): void {
    // A character that was put in is not one that can take others along.
    let last = this.changes.length - 1;
    while (last >= 0 && this.changes[last] === 1) last--;
    if (last < 0) {
      this.removedAtStart += count;
      return;
    }
    this.#removeWith(last, count);
  }

  /** The next old characters go along with the last new one, even if that was put in; nothing goes if there is none. */
  removeWithLast(count: number): void {
    if (this.changes.length > 0) this.#removeWith(this.changes.length - 1, count);
  }

  #removeWith(index: number, count: number): void {
    const single = this.changes[index] === KEPT ? this.#splitLast(index) : index;
    this.changes[single]! -= count;
  }

  /** Makes the last character of a run one for itself; returns its index. */
  #splitLast(index: number): number {
    const run = this.texts[index]!;
    const start = run.length - (isTrailing(run.charCodeAt(run.length - 1)) ? 2 : 1);
    this.texts[index] = run.slice(start);
    this.changes[index] = 0;
    if (start === 0) return index;
    this.texts.splice(index, 0, run.slice(0, start));
    this.changes.splice(index, 0, KEPT);
    return index + 1;
  }
}

/** What a run of characters does to the old ones: each replaces the next one. */
const KEPT = 2;

function isTrailing(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** How many code units the character at an index of well-formed text has. */
export function characterLength(text: string, index: number): 1 | 2 {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
}
