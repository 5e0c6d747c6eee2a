import { describeValue } from '../describe-value.ts';
import { NgramVocabulary, RESERVED_WORDS } from '../vocabulary.ts';
import { WordClasses } from './word-classes.ts';

/**
 * Classes in SRILM's format, a line for each word: its class, its share of it, and the word.
 *
 * @throws {RangeError} if a word or a name is empty or has blanks in it
 * @see SRILM, classes-format(5)
 */
export function writeClasses(classes: WordClasses): string {
  const lines: string[] = [];
  for (const [name, words] of classes.members()) {
    for (const word of words) {
      const wrong = [name, word].find((text) => text === '' || /\s/.test(text));
      if (wrong !== undefined) {
        throw new RangeError(
          `writeClasses: words must not be empty or have blanks, got ${describeValue(wrong)}.`,
        );
      }
      const share = 10 ** classes.logShares[classes.vocabulary.idOf(word)]!;
      lines.push(`${name} ${share} ${word}\n`);
    }
  }
  return lines.join('');
}

/**
 * Reads classes in SRILM's format. Each word must be in one class; where no shares are given, all words of a class have the same.
 *
 * @throws {SyntaxError} if the text is broken; the message names the line
 */
export function readClasses(
  text: string,
  { source = 'class file' }: { readonly source?: string } = {},
): WordClasses {
  const wrong = (line: number, what: string) =>
    new SyntaxError(`readClasses: ${source}, line ${line}: ${what}.`);
  const words: string[] = [];
  const names: string[] = [];
  const shares: (number | undefined)[] = [];
  const seen = new Set<string>(RESERVED_WORDS);
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fields = line.trim().split(/[ \t]+/);
    if (line.trim() === '') continue;
    if (fields.length !== 2 && fields.length !== 3) {
      throw wrong(
        index + 1,
        `expected a class, maybe its word's share, and the word, got ${describeValue(line)}`,
      );
    }
    const [name, word] = [fields[0]!, fields.at(-1)!];
    const share = fields.length === 3 ? Number(fields[1]) : undefined;
    if (share !== undefined && !(share > 0 && share <= 1)) {
      throw wrong(index + 1, `a share must be more than 0 and at most 1, got ${describeValue(fields[1])}`);
    }
    if (seen.has(word))
      throw wrong(index + 1, `the word ${describeValue(word)} is there twice, or is reserved`);
    if (RESERVED_WORDS.includes(name)) throw wrong(index + 1, `the name ${describeValue(name)} is reserved`);
    seen.add(word);
    words.push(word);
    names.push(name);
    shares.push(share);
  }
  const vocabulary = NgramVocabulary.of(words);
  const classes = NgramVocabulary.of(names);
  const totals = new Map<string, { sum: number; count: number }>();
  for (const [index, name] of names.entries()) {
    const { sum, count } = totals.get(name) ?? { sum: 0, count: 0 };
    totals.set(name, { sum: sum + (shares[index] ?? 0), count: count + 1 });
  }
  for (const [name, { sum }] of totals) {
    if (sum !== 0 && Math.abs(sum - 1) > 1e-3) {
      throw new SyntaxError(
        `readClasses: ${source}: the shares of class ${describeValue(name)} must add up to 1, got ${sum}.`,
      );
    }
  }
  const reserved = RESERVED_WORDS.length;
  const classOf = Int32Array.from(vocabulary.words.keys());
  const logShares = new Float64Array(vocabulary.size);
  for (const [index, name] of names.entries()) {
    classOf[reserved + index] = classes.idOf(name);
    const { sum, count } = totals.get(name)!;
    logShares[reserved + index] = Math.log10(sum === 0 ? 1 / count : shares[index]!);
    if (sum !== 0 && shares[index] === undefined) {
      throw new SyntaxError(
        `readClasses: ${source}: the word ${describeValue(words[index])} must have a share, as others of its class do.`,
      );
    }
  }
  return new WordClasses({ vocabulary, classes, classOf, logShares });
}
