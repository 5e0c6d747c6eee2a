import { describeValue } from '../describe-value.ts';

/** Whether an n-gram stays. */
export type NgramFilter = (ngram: readonly string[]) => boolean;

/** Options of {@link filterArpa}. */
export interface FilterArpaOptions {
  /** How errors call the file (default `ARPA file`). */
  readonly source?: string;
  readonly signal?: AbortSignal;
}

/**
 * Keeps some n-grams of an ARPA file, without loading it: the text is gone through twice, once to count and once to write. Lines that stay are as they
 * were; unigrams `<unk>`, `<s>` and `</s>` always stay. For texts whose n-grams all pass, the smaller model says what the larger one does.
 *
 * @param open begins the text anew
 * @returns the parts of the smaller file
 * @throws {SyntaxError} if the file is broken where it can be seen; the message names the line
 * @throws what the signal's `reason` is, if it is aborted
 * @see Heafield, KenLM's `filter`
 */
export async function* filterArpa(
  open: () => AsyncIterable<string>,
  keeps: NgramFilter,
  { source = 'ARPA file', signal }: FilterArpaOptions = {},
): AsyncGenerator<string, void, void> {
  const counts: number[] = [];
  for await (const lines of keptLines(open(), keeps, source, signal)) {
    for (const { order } of lines) if (order > 0) counts[order - 1] = (counts[order - 1] ?? 0) + 1;
  }
  for await (const lines of keptLines(open(), keeps, source, signal)) {
    let part = '';
    for (const { order, line, lineNumber } of lines) {
      if (order > counts.length) throw wrong(source, lineNumber, 'the file has changed since it was counted');
      const header = order === 0 ? /^ngram\s+(\d+)\s*=/.exec(line) : null;
      part += header ? `ngram ${header[1]}=${counts[Number(header[1]) - 1] ?? 0}\n` : `${line}\n`;
    }
    if (part !== '') yield part;
  }
}

/** N-grams of words that some vocabulary has. */
export function ofWords(words: Iterable<string>): NgramFilter {
  const kept = new Set(words);
  return (ngram) => ngram.every((word) => kept.has(word) || isReserved(word));
}

/** N-grams whose words all stand in one of some sentences, in any order: what translations of each sentence by itself may need. */
export function ofSentences(sentences: Iterable<Iterable<string>>): NgramFilter {
  /** By word: the sentences that it is in, rising. */
  const places = new Map<string, number[]>();
  let number = 0;
  for (const sentence of sentences) {
    for (const word of new Set(sentence)) {
      const list = places.get(word);
      if (list) list.push(number);
      else places.set(word, [number]);
    }
    number++;
  }
  return (ngram) => {
    const lists: number[][] = [];
    for (const word of new Set(ngram)) {
      if (isReserved(word)) continue;
      const list = places.get(word);
      if (!list) return false;
      lists.push(list);
    }
    if (lists.length < 2) return true;
    const [shortest, ...others] = lists.sort((a, b) => a.length - b.length);
    return shortest!.some((sentence) => others.every((list) => holds(list, sentence)));
  };
}

/**
 * N-grams that can come about where phrases are put one after the other: parts of a phrase, or the end of one, whole ones, and the beginning of one.
 * `<s>` and `</s>` may stand at the ends.
 */
export function ofPhrases(phrases: Iterable<Iterable<string>>): NgramFilter {
  const [whole, beginnings, ends, parts] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  for (const phrase of phrases) {
    const words = [...phrase];
    for (let start = 0; start < words.length; start++) {
      for (let end = start + 1; end <= words.length; end++) {
        const part = keyOf(words.slice(start, end));
        parts.add(part);
        if (start === 0) beginnings.add(part);
        if (end === words.length) ends.add(part);
        if (start === 0 && end === words.length) whole.add(part);
      }
    }
  }
  return (ngram) => {
    const isStart = ngram[0] === '<s>';
    const isEnd = ngram.at(-1) === '</s>';
    const words = ngram.slice(isStart ? 1 : 0, isEnd ? -1 : ngram.length);
    if (words.length === 0 || (ngram.length === 1 && isReserved(ngram[0]!))) return true;
    const key = (from: number, to: number) => keyOf(words.slice(from, to));
    const inside = isStart ? (isEnd ? whole : beginnings) : isEnd ? ends : parts;
    if (inside.has(key(0, words.length))) return true;
    /** Whether a phrase may end before each place. */
    const borders = words.map((_, at) => (at === 0 ? isStart : (isStart ? whole : ends).has(key(0, at))));
    for (let at = 1; at < words.length; at++) {
      for (let from = 1; from < at && !borders[at]; from++)
        borders[at] = borders[from]! && whole.has(key(from, at));
      if (borders[at] && (isEnd ? whole : beginnings).has(key(at, words.length))) return true;
    }
    return false;
  };
}

interface KeptLine {
  /** 0 for lines that are no n-grams. */
  readonly order: number;
  readonly line: string;
  readonly lineNumber: number;
}

/** The lines that stay, as they come. */
async function* keptLines(
  parts: AsyncIterable<string>,
  keeps: NgramFilter,
  source: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<KeptLine[]> {
  let order = 0;
  const seen = { start: false, end: false };
  let lineNumber = 0;
  let rest = '';
  const read = (raw: string): KeptLine | undefined => {
    lineNumber++;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const trimmed = line.trim();
    const isInside = seen.start && !seen.end;
    if (!seen.start && trimmed.replace(/^\ufeff/, '') === '\\data\\') seen.start = true;
    else if (isInside && trimmed.startsWith('\\')) {
      const section = /^\\(\d+)-grams:$/.exec(trimmed);
      if (trimmed === '\\end\\') seen.end = true;
      else if (section && Number(section[1]) === order + 1) order++;
      else {
        throw wrong(
          source,
          lineNumber,
          `expected "\\${order + 1}-grams:" or "\\end\\", got ${describeValue(trimmed)}`,
        );
      }
    } else if (isInside && order > 0 && trimmed !== '') {
      const fields = line.split(/[ \t]+/);
      if (fields.length < order + 1) {
        throw wrong(
          source,
          lineNumber,
          `an n-gram of order ${order} must have ${order} words, got ${describeValue(line)}`,
        );
      }
      const ngram = fields.slice(1, order + 1);
      const stays = keeps(ngram) || (order === 1 && isReserved(ngram[0]!));
      return stays ? { order, line, lineNumber } : undefined;
    }
    return { order: 0, line, lineNumber };
  };
  for await (const part of parts) {
    signal?.throwIfAborted();
    const lines = (rest + part).split('\n');
    rest = lines.pop()!;
    yield lines.map(read).filter((kept) => kept !== undefined);
  }
  const last = rest === '' ? undefined : read(rest);
  if (last) yield [last];
  if (!seen.end)
    throw wrong(source, lineNumber, 'the file must have \\data\\ and end with \\end\\, but it stops');
}

function wrong(source: string, line: number, what: string): SyntaxError {
  return new SyntaxError(`filterArpa: ${source}, line ${line}: ${what}.`);
}

function isReserved(word: string): boolean {
  return word === '<s>' || word === '</s>' || word === '<unk>' || word === '<UNK>';
}

/** By binary search. */
function holds(list: readonly number[], number: number): boolean {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return list[low] === number;
}

function keyOf(words: readonly string[]): string {
  return words.join(' ');
}
