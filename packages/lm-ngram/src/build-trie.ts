import { NgramTrie } from './ngram-trie.ts';

/** A trie of a list of n-grams. */
export interface BuiltTrie {
  readonly trie: NgramTrie;
  /** Which n-gram of its level's list each node is; −1 for the root and for beginnings of n-grams that no list has. */
  readonly entries: Int32Array;
}

/** A list holds the same n-gram twice. */
export class DuplicateNgramError extends RangeError {
  override readonly name = 'DuplicateNgramError';
  readonly order: number;
  /** Where the second one is in its list. */
  readonly entry: number;

  constructor(order: number, entry: number) {
    super(`an n-gram of order ${order} is there twice, the second time as entry ${entry}`);
    this.order = order;
    this.entry = entry;
  }
}

/**
 * A trie of n-grams in any order. The beginnings of n-grams that are not in the lists themselves become nodes as well, so that every
 * n-gram can be reached.
 *
 * @param lists by order from 2 up: the words of all n-grams, one after the other; unigrams are all there
 * @throws {DuplicateNgramError} if a list has an n-gram twice
 */
export function buildTrie(vocabSize: number, lists: readonly Int32Array[]): BuiltTrie {
  const order = lists.length + 1;
  /** By level: n-grams in order, each as its entry or, for one that only begins longer ones, −1 − entry of the level above. */
  const sorted: SortedLevel[] = [];
  let above: SortedLevel | undefined;
  for (let level = order; level >= 2; level--) {
    above = withBeginnings(sortLevel(lists[level - 2]!, level, vocabSize), above);
    sorted[level] = above;
  }
  const levelStarts = new Int32Array(order + 2);
  levelStarts[1] = 1;
  levelStarts[2] = vocabSize + 1;
  for (let level = 2; level <= order; level++) {
    levelStarts[level + 1] = levelStarts[level]! + sorted[level]!.entries.length;
  }
  const nodeCount = levelStarts[order + 1]!;
  const words = new Int32Array(nodeCount);
  const entries = new Int32Array(nodeCount).fill(-1);
  const firstChildren = new Int32Array(levelStarts[order]! + 1);
  words[0] = -1;
  firstChildren[0] = 1;
  for (let word = 0; word < vocabSize; word++) {
    words[word + 1] = word;
    entries[word + 1] = word;
  }
  const trie = new NgramTrie({ levelStarts, words, firstChildren });
  for (let level = 2; level <= order; level++) {
    const { ngrams, entries: levelEntries } = sorted[level]!;
    let parent = levelStarts[level - 1]!;
    firstChildren[parent] = levelStarts[level]!;
    for (let index = 0; index < levelEntries.length; index++) {
      const node = levelStarts[level]! + index;
      const start = index * level;
      words[node] = ngrams[start + level - 1]!;
      entries[node] = levelEntries[index]!;
      while (!isNode(trie, parent, level - 1, ngrams, start, sorted[level - 1]))
        firstChildren[++parent] = node;
    }
    while (parent < levelStarts[level]! - 1) firstChildren[++parent] = levelStarts[level + 1]!;
    firstChildren[levelStarts[level]!] = levelStarts[level + 1]!;
  }
  firstChildren[levelStarts[order]!] = nodeCount;
  return { trie, entries };
}

interface SortedLevel {
  /** The words of all n-grams in order. */
  readonly ngrams: Int32Array;
  /** The place of each in the list it came from, −1 for beginnings that were put in. */
  readonly entries: Int32Array;
}

/** Whether the node is the n-gram that begins at `start`. */
function isNode(
  trie: NgramTrie,
  node: number,
  level: number,
  ngrams: Int32Array,
  start: number,
  sorted: SortedLevel | undefined,
): boolean {
  if (level === 1) return trie.words[node] === ngrams[start];
  const own = (node - trie.levelStart(level)) * level;
  return compare(sorted!.ngrams, own, ngrams, start, level) === 0;
}

/** Sorts n-grams by their words, the last word first, each pass in linear time. */
function sortLevel(list: Int32Array, level: number, vocabSize: number): SortedLevel {
  const count = list.length / level;
  let entries = Int32Array.from({ length: count }, (_, index) => index);
  let moved = new Int32Array(count);
  const starts = new Int32Array(vocabSize + 1);
  for (let at = level - 1; at >= 0; at--) {
    starts.fill(0);
    for (let index = at; index < list.length; index += level) starts[list[index]! + 1]!++;
    for (let word = 0; word < vocabSize; word++) starts[word + 1]! += starts[word]!;
    for (const entry of entries) moved[starts[list[entry * level + at]!]!++] = entry;
    [entries, moved] = [moved, entries];
  }
  const ngrams = new Int32Array(list.length);
  for (let index = 0; index < count; index++) {
    const start = entries[index]! * level;
    ngrams.set(list.subarray(start, start + level), index * level);
    if (index > 0 && compare(ngrams, (index - 1) * level, ngrams, index * level, level) === 0) {
      throw new DuplicateNgramError(level, Math.max(entries[index]!, entries[index - 1]!));
    }
  }
  return { ngrams, entries };
}

/** The level with the beginnings of the n-grams above it that it lacks. */
function withBeginnings(sorted: SortedLevel, above: SortedLevel | undefined): SortedLevel {
  if (!above) return sorted;
  const count = sorted.entries.length;
  const level = count > 0 ? sorted.ngrams.length / count : above.ngrams.length / above.entries.length - 1;
  const ngrams: number[] = [];
  const entries: number[] = [];
  let own = 0;
  const lengthAbove = level + 1;
  for (let index = 0; index < above.entries.length; index++) {
    const start = index * lengthAbove;
    if (index > 0 && compare(above.ngrams, start - lengthAbove, above.ngrams, start, level) === 0) continue;
    let order = -1;
    while (own < count) {
      order = compare(sorted.ngrams, own * level, above.ngrams, start, level);
      if (order >= 0) break;
      own++;
    }
    if (order === 0 && own < count) continue;
    for (let at = 0; at < level; at++) ngrams.push(above.ngrams[start + at]!);
    entries.push(own);
  }
  return entries.length === 0 ? sorted : merge(sorted, level, Int32Array.from(ngrams), entries);
}

/** Puts n-grams in before the places given. */
function merge(
  sorted: SortedLevel,
  level: number,
  added: Int32Array,
  places: readonly number[],
): SortedLevel {
  const ngrams = new Int32Array(sorted.ngrams.length + added.length);
  const entries = new Int32Array(sorted.entries.length + places.length);
  let from = 0;
  for (let index = 0; index <= places.length; index++) {
    const to = places[index] ?? sorted.entries.length;
    ngrams.set(sorted.ngrams.subarray(from * level, to * level), (from + index) * level);
    entries.set(sorted.entries.subarray(from, to), from + index);
    if (index < places.length) {
      ngrams.set(added.subarray(index * level, (index + 1) * level), (to + index) * level);
      entries[to + index] = -1;
    }
    from = to;
  }
  return { ngrams, entries };
}

function compare(a: Int32Array, startA: number, b: Int32Array, startB: number, length: number): number {
  for (let at = 0; at < length; at++) {
    const difference = a[startA + at]! - b[startB + at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
