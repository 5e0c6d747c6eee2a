import { BestRoute } from '../segmentation/best-route.ts';
import { ALPHANUMERIC, characterClass, characterLength } from '../segmentation/character-class.ts';
import {
  buildDictionary,
  byCodeUnits,
  type ChineseDictionary,
  type DictionaryEntry,
} from './chinese-dictionary.ts';

/** A word of one's own. */
export interface UserWord {
  readonly word: string;
  /** Default: just enough that the word is preferred to what it would be cut into, `suggestFrequency`. */
  readonly frequency?: number;
  /** Its part of speech; default the one it has already, or none. */
  readonly tag?: string;
}

/**
 * A dictionary with further words, or with other frequencies of words it has. The given one stays as it is.
 *
 * The trie is built anew, which takes about a quarter of a second for the whole dictionary: give many words at once.
 *
 * @param words words or `{ word, frequency, tag }`
 * @throws {RangeError} if a word is empty or longer than 65535 code units, or its frequency is no integer of at least 1
 */
export function addWords(
  dictionary: ChineseDictionary,
  words: Iterable<string | UserWord>,
): ChineseDictionary {
  const added = new Map<string, DictionaryEntry>();
  for (const item of words) {
    const { word, frequency, tag }: UserWord = typeof item === 'string' ? { word: item } : item;
    added.set(word, {
      word,
      frequency: checkFrequency(word, frequency) ?? suggestFrequency(dictionary, word),
      tag: tag ?? dictionary.get(word)?.tag ?? '',
    });
  }
  const removed = new Set([...dictionary.tables.removed].filter((word) => !added.has(word)));
  return buildDictionary(
    merge(dictionary.entries(), [...added.values()].sort(byCodeUnits)),
    removed,
    'addWords',
  );
}

/**
 * A dictionary without some words, which are not formed of unknown words either. The given one stays as it is.
 *
 * Words that it does not have are only kept from being formed.
 */
export function removeWords(dictionary: ChineseDictionary, words: Iterable<string>): ChineseDictionary {
  const removed = new Set(dictionary.tables.removed);
  for (const word of words) removed.add(word);
  return buildDictionary(without(dictionary.entries(), removed), removed);
}

/**
 * The lowest frequency with which a word is preferred to the words it would be cut into; at least the one it has.
 *
 * Given as parts, the highest frequency with which their whole is still cut into them. The model of unknown words may
 * form the word all the same.
 *
 * @param word a word, or the parts it is to be cut into
 */
export function suggestFrequency(dictionary: ChineseDictionary, word: string | readonly string[]): number {
  const logTotal = Math.log(dictionary.total);
  const frequencyOf = (part: string, missing: number): number => dictionary.get(part)?.frequency ?? missing;
  const parts = typeof word === 'string' ? likeliestParts(dictionary, word) : word;
  const joint = parts.reduce((sum, part) => sum + Math.log(frequencyOf(part, 1)) - logTotal, 0);
  const expected = Math.floor(Math.exp(joint + logTotal));
  if (typeof word === 'string') return Math.max(expected + 1, frequencyOf(word, 1));
  return Math.min(expected, frequencyOf(word.join(''), 0));
}

/** What a word is cut into by the dictionary alone; letters and digits that are no words stay together. */
function likeliestParts(dictionary: ChineseDictionary, word: string): string[] {
  const route = new BestRoute();
  route.find(dictionary, word, 0, word.length);
  const parts: string[] = [];
  let joins = false;
  for (let place = 0; place < word.length; ) {
    const end = route.next[place]!;
    const letter =
      end - place === characterLength(word, place) && characterClass(word, place) === ALPHANUMERIC;
    if (letter && joins) parts[parts.length - 1] += word.slice(place, end);
    else parts.push(word.slice(place, end));
    joins = letter;
    place = end;
  }
  return parts;
}

/** Both, sorted; of entries for one word the one from `added`. */
function* merge(
  entries: Iterable<DictionaryEntry>,
  added: readonly DictionaryEntry[],
): Generator<DictionaryEntry> {
  let next = 0;
  for (const entry of entries) {
    while (next < added.length && added[next]!.word < entry.word) yield added[next++]!;
    yield added[next]?.word === entry.word ? added[next++]! : entry;
  }
  yield* added.slice(next);
}

function* without(
  entries: Iterable<DictionaryEntry>,
  removed: ReadonlySet<string>,
): Generator<DictionaryEntry> {
  for (const entry of entries) if (!removed.has(entry.word)) yield entry;
}

function checkFrequency(word: string, frequency: number | undefined): number | undefined {
  if (typeof word !== 'string' || word === '') {
    throw new RangeError(`addWords: word must be a string with a character, got ${JSON.stringify(word)}.`);
  }
  if (frequency !== undefined && (!Number.isSafeInteger(frequency) || frequency < 1)) {
    throw new RangeError(
      `addWords: frequency of ${JSON.stringify(word)} must be an integer of at least 1, got ${frequency}. Use removeWords to take a word out.`,
    );
  }
  return frequency;
}
