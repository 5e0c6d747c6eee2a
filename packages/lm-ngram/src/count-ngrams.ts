import { describeValue } from './describe-value.ts';
import { NgramTrie } from './ngram-trie.ts';
import { SENTENCE_END, SENTENCE_START } from './vocabulary.ts';

/** How often each n-gram up to an order occurs. */
export interface NgramCounts {
  readonly trie: NgramTrie;
  /** Occurrences by node of the trie; that of the root is the number of words. */
  readonly counts: Float64Array;
}

/** Options of {@link countNgrams}. */
export interface CountNgramsOptions {
  /** Words of the longest n-grams, at least 1. */
  readonly order: number;
  /** One more than the largest id. */
  readonly vocabSize: number;
  /** Whether each text gets `<s>` before and `</s>` after it (default true). */
  readonly boundaries?: boolean;
}

/** Stands between texts. */
const GAP = -1;
const LARGEST_ORDER = 255;

/**
 * Counts the n-grams of texts, all orders at once. N-grams do not cross from one text to the next.
 *
 * All places of the corpus are sorted by the words that follow, the last word first, each pass in linear time; equal n-grams are then
 * neighbors, and those of a level are the nodes of a trie. Takes about 17 bytes a word, and 24 bytes an n-gram for the result.
 *
 * @param texts word ids; `<s>` and `</s>` must not be among them where `boundaries` puts them in
 * @throws {RangeError} if an id is out of range, or there is no text
 */
export function countNgrams(
  texts: Iterable<ArrayLike<number>>,
  { order, vocabSize, boundaries = true }: CountNgramsOptions,
): NgramCounts {
  if (!Number.isInteger(order) || order < 1 || order > LARGEST_ORDER) {
    throw new RangeError(
      `countNgrams: order must be an integer from 1 to ${LARGEST_ORDER}, got ${describeValue(order)}.`,
    );
  }
  const corpus = join(texts, vocabSize, boundaries);
  const lengths = ngramLengths(corpus, order);
  const places = sortPlaces(corpus, lengths, order, vocabSize);
  const common = commonWords(corpus, lengths, places);
  const levelStarts = countNodes(lengths, places, common, order, vocabSize);

  const nodeCount = levelStarts[order + 1]!;
  const words = new Int32Array(nodeCount);
  const firstChildren = new Int32Array(levelStarts[order]! + 1);
  const suffixes = new Int32Array(nodeCount);
  const counts = new Float64Array(nodeCount);
  words[0] = -1;
  counts[0] = places.length;
  for (let word = 0; word < vocabSize; word++) words[word + 1] = word;
  /** The node of the level at hand that begins at each place. */
  let nodes = Int32Array.from(corpus, (word) => word + 1);
  for (const place of places) counts[nodes[place]!]!++;
  firstChildren[0] = 1;

  for (let level = 2; level <= order; level++) {
    const longer = new Int32Array(corpus.length);
    let node = levelStarts[level]! - 1;
    let parent = levelStarts[level - 1]!;
    firstChildren[parent] = node + 1;
    for (let index = 0; index < places.length; index++) {
      const place = places[index]!;
      if (lengths[place]! < level) continue;
      if (common[index]! < level) {
        node++;
        words[node] = corpus[place + level - 1]!;
        suffixes[node] = nodes[place + 1]!;
        while (parent < nodes[place]!) firstChildren[++parent] = node;
      }
      longer[place] = node;
      counts[node]!++;
    }
    while (parent < levelStarts[level]! - 1) firstChildren[++parent] = node + 1;
    nodes = longer;
  }
  firstChildren[levelStarts[order]!] = nodeCount;
  return { trie: new NgramTrie({ levelStarts, words, firstChildren, suffixes }), counts };
}

/** All texts one after the other, a gap after each. */
function join(texts: Iterable<ArrayLike<number>>, vocabSize: number, boundaries: boolean): Int32Array {
  let corpus = new Int32Array(1 << 16);
  let length = 0;
  let text = 0;
  for (const ids of texts) {
    if (length + ids.length + 3 > corpus.length) {
      const larger = new Int32Array(Math.max(corpus.length * 2, length + ids.length + 3));
      larger.set(corpus);
      corpus = larger;
    }
    if (boundaries) corpus[length++] = SENTENCE_START;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      const isReserved = boundaries && (id === SENTENCE_START || id === SENTENCE_END);
      if (!(id >= 0 && id < vocabSize) || !Number.isInteger(id) || isReserved) {
        throw new RangeError(
          `countNgrams: texts must hold ids from 0 to ${vocabSize - 1}${boundaries ? ' other than those of <s> and </s>' : ''}, ` +
            `got ${describeValue(id)} at ${index} of text ${text}.`,
        );
      }
      corpus[length++] = id;
    }
    if (boundaries) corpus[length++] = SENTENCE_END;
    corpus[length++] = GAP;
    text++;
  }
  if (length === text) throw new RangeError('countNgrams: texts must hold at least one word, got none.');
  return corpus.slice(0, length);
}

/** How many words the longest n-gram at each place has: the order, or what is left of the text. */
function ngramLengths(corpus: Int32Array, order: number): Uint8Array {
  const lengths = new Uint8Array(corpus.length);
  let left = 0;
  for (let place = corpus.length - 1; place >= 0; place--) {
    left = corpus[place] === GAP ? 0 : left + 1;
    lengths[place] = Math.min(left, order);
  }
  return lengths;
}

/** All places with a word, by the n-grams that begin there. */
function sortPlaces(corpus: Int32Array, lengths: Uint8Array, order: number, vocabSize: number): Int32Array {
  let places = Int32Array.from(corpus.keys());
  let sorted = new Int32Array(places.length);
  const starts = new Int32Array(vocabSize + 2);
  for (let at = order - 1; at >= 0; at--) {
    starts.fill(0);
    for (let place = 0; place < corpus.length; place++) {
      starts[(at < lengths[place]! ? corpus[place + at]! + 1 : 0) + 1]!++;
    }
    for (let key = 1; key < starts.length; key++) starts[key]! += starts[key - 1]!;
    for (const place of places) {
      sorted[starts[at < lengths[place]! ? corpus[place + at]! + 1 : 0]!++] = place;
    }
    [places, sorted] = [sorted, places];
  }
  // Gaps come first, and are none of ours.
  let gaps = 0;
  while (lengths[places[gaps]!] === 0) gaps++;
  return places.subarray(gaps);
}

/** How many words each n-gram has in common with the one before it in order. */
function commonWords(corpus: Int32Array, lengths: Uint8Array, places: Int32Array): Uint8Array {
  const common = new Uint8Array(places.length);
  for (let index = 1; index < places.length; index++) {
    const place = places[index]!;
    const before = places[index - 1]!;
    const longest = Math.min(lengths[place]!, lengths[before]!);
    let length = 0;
    while (length < longest && corpus[place + length] === corpus[before + length]) length++;
    common[index] = length;
  }
  return common;
}

function countNodes(
  lengths: Uint8Array,
  places: Int32Array,
  common: Uint8Array,
  order: number,
  vocabSize: number,
): Int32Array {
  const sizes = new Float64Array(order + 2);
  for (let index = 0; index < places.length; index++) {
    for (let level = common[index]! + 1; level <= lengths[places[index]!]!; level++) sizes[level]!++;
  }
  sizes[0] = 1;
  sizes[1] = vocabSize;
  const levelStarts = new Int32Array(order + 2);
  for (let level = 0; level <= order; level++) levelStarts[level + 1] = levelStarts[level]! + sizes[level]!;
  return levelStarts;
}
