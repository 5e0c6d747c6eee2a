import type { AddedToken, Segment } from './added-tokens.ts';
import type { NormalizedText } from './normalized-text.ts';
import { Trie } from './trie.ts';
import { isWhiteSpace, isWordCharacter } from './unicode/characters.ts';

/** Finds added tokens in a text. */
export class TokenMatcher {
  readonly #tokens: readonly Required<AddedToken>[];
  readonly #trie = new Trie();
  readonly #areSpecial: boolean;
  /** Finds the places where a token may begin; the one character that all begin with is found faster. */
  readonly #beginning: RegExp | string;

  /** @param textOf what to look for, for the content of a token */
  constructor(tokens: readonly Required<AddedToken>[], textOf: (content: string) => string) {
    this.#tokens = tokens;
    const beginnings = new Set<number>();
    for (const [index, { content }] of tokens.entries()) {
      const text = textOf(content);
      if (text === '') continue;
      this.#trie.set(text, index);
      beginnings.add(text.charCodeAt(0));
    }
    const escapes = Array.from(beginnings, (unit) => `\\u${unit.toString(16).padStart(4, '0')}`);
    const [only] = beginnings;
    this.#beginning =
      beginnings.size === 1 ? String.fromCharCode(only!) : new RegExp(`[${escapes.join('')}]`, 'g');
    this.#areSpecial = tokens.every(({ special }) => special);
  }

  /** Appends the stretches of a text: added tokens, and what is between them. */
  split(text: NormalizedText, parseSpecialTokens: boolean, segments: Segment[]): void {
    const { text: characters } = text;
    let covered = 0;
    let spacesUntil = 0;
    let next = 0;
    while (parseSpecialTokens || !this.#areSpecial) {
      const index = this.#findBeginning(characters, next);
      if (index < 0) break;
      const [token, end] = this.#longest(characters, index);
      next = token ? end : index + 1;
      if (!token) continue;
      if (token.special && !parseSpecialTokens) continue;
      if (token.singleWord && !standsAlone(characters, index, end)) continue;
      const start = token.leftStrip ? Math.max(covered, spacesStart(characters, index, covered)) : index;
      // A run of white space is gone through once, however many tokens are in it.
      if (token.rightStrip && end >= spacesUntil) spacesUntil = spacesEnd(characters, end);
      const stop = token.rightStrip ? spacesUntil : end;
      if (start >= stop) continue; // white space, which the token before has taken
      if (covered < start) segments.push({ text: text.slice(covered, start), id: undefined });
      segments.push({ text: text.slice(start, stop), id: token.id });
      covered = stop;
    }
    if (covered < characters.length)
      segments.push({ text: text.slice(covered, characters.length), id: undefined });
  }

  #findBeginning(text: string, from: number): number {
    const beginning = this.#beginning;
    if (typeof beginning === 'string') return text.indexOf(beginning, from);
    beginning.lastIndex = from;
    return beginning.exec(text)?.index ?? -1;
  }

  #longest(text: string, start: number): [token: Required<AddedToken> | undefined, end: number] {
    const trie = this.#trie;
    let node = 0;
    let found = -1;
    let end = start;
    for (let index = start; index < text.length; index++) {
      node = trie.child(node, text.charCodeAt(index));
      if (node < 0) break;
      const value = trie.valueAt(node);
      if (value < 0) continue;
      found = value;
      end = index + 1;
    }
    return [this.#tokens[found], end];
  }
}

function standsAlone(text: string, start: number, end: number): boolean {
  const before = start === 0 ? undefined : characterBefore(text, start);
  const after = text.codePointAt(end);
  return (
    !(before !== undefined && isWordCharacter(before)) && !(after !== undefined && isWordCharacter(after))
  );
}

function characterBefore(text: string, index: number): number {
  const unit = text.charCodeAt(index - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && index > 1 ? text.codePointAt(index - 2)! : unit;
}

function spacesStart(text: string, end: number, from: number): number {
  let start = end;
  while (start > from && isWhiteSpace(text.charCodeAt(start - 1))) start--;
  return start;
}

function spacesEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isWhiteSpace(text.charCodeAt(end))) end++;
  return end;
}
