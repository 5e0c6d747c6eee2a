import { describeValue } from '../describe-value.ts';

/** One of the answers that a recognizer or translator offers. */
export interface Hypothesis {
  readonly words: readonly string[];
  /** What is known of it, by name: more is better, and logarithms are natural ones. */
  readonly features: Readonly<Record<string, number>>;
}

/** All answers to one question. */
export interface NbestList {
  readonly id: string;
  readonly hypotheses: readonly Hypothesis[];
}

/**
 * Reads lists of the form that Moses writes: `0 ||| the words ||| LM= -12.3 Penalty= -2 ||| -8.1`. Features with several numbers, and those without a
 * name, are numbered; the sum at the end may be missing, and is not read.
 *
 * @throws {SyntaxError} if a line is broken; the message names it
 */
export function readNbestLists(
  text: string,
  { source = 'n-best lists' }: { readonly source?: string } = {},
): NbestList[] {
  const lists = new Map<string, Hypothesis[]>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const wrong = (what: string) => new SyntaxError(`readNbestLists: ${source}, line ${index + 1}: ${what}.`);
    const fields = line.split('|||').map((field) => field.trim());
    if (fields.length < 3 || fields[0] === '') {
      throw wrong(`expected a number, words and features between |||, got ${describeValue(line)}`);
    }
    const hypothesis = { words: splitBlanks(fields[1]!), features: readFeatures(fields[2]!, wrong) };
    const list = lists.get(fields[0]!);
    if (list) list.push(hypothesis);
    else lists.set(fields[0]!, [hypothesis]);
  }
  return Array.from(lists, ([id, hypotheses]) => ({ id, hypotheses }));
}

/**
 * Writes lists as {@link readNbestLists} reads them.
 *
 * @param weights for the sum at the end of each line (default: no sum)
 */
export function writeNbestLists(
  lists: Iterable<NbestList>,
  { weights }: { readonly weights?: Readonly<Record<string, number>> } = {},
): string {
  const lines: string[] = [];
  for (const { id, hypotheses } of lists) {
    for (const { words, features } of hypotheses) {
      const named = Object.entries(features).map(([name, value]) => `${name}= ${value}`);
      const fields = [id, words.join(' '), named.join(' ')];
      if (weights) fields.push(String(weighFeatures(features, weights)));
      lines.push(`${fields.join(' ||| ')}\n`);
    }
  }
  return lines.join('');
}

/** The sum of features times their weights; features without a weight do not count. */
export function weighFeatures(
  features: Readonly<Record<string, number>>,
  weights: Readonly<Record<string, number>>,
): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(weights)) {
    // What has the weight 0 does not count, even if it is endless.
    if (weight !== 0) sum += weight * (features[name] ?? 0);
  }
  return sum;
}

function readFeatures(text: string, wrong: (what: string) => SyntaxError): Record<string, number> {
  const groups: { readonly name: string; readonly values: number[] }[] = [];
  for (const field of splitBlanks(text)) {
    if (/^\D.*=$/.test(field)) {
      groups.push({ name: field.slice(0, -1), values: [] });
      continue;
    }
    const value = /^-inf(inity)?$/i.test(field) ? -Infinity : Number(field);
    if (Number.isNaN(value)) throw wrong(`expected a number or a name with =, got ${describeValue(field)}`);
    if (groups.length === 0) groups.push({ name: 'feature', values: [] });
    groups.at(-1)!.values.push(value);
  }
  const features: Record<string, number> = {};
  for (const { name, values } of groups) {
    const isNumbered = values.length !== 1 || name === 'feature';
    for (const [index, value] of values.entries()) {
      const key = isNumbered ? `${name}${index}` : name;
      if (Object.hasOwn(features, key)) throw wrong(`the feature ${describeValue(key)} is there twice`);
      features[key] = value;
    }
  }
  return features;
}

function splitBlanks(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
