import { parse } from 'csv-parse/sync';
import { Failure } from '../command-line/failure.ts';

/** A text and the name of its class. */
export interface LabeledText {
  readonly text: string;
  readonly label: string;
}

const FASTTEXT = '__label__';

/**
 * Reads labeled texts: lines `text<tab>label`; lines as fastText has them, `__label__name text`; or comma-separated values whose header has a field
 * `label`, all other fields being text.
 *
 * @param name of the file, for errors
 * @throws {Failure} naming the line that does not fit
 */
export function parseLabeledTexts(contents: string, name: string): readonly LabeledText[] {
  const clean = contents.replace(/^\uFEFF/, '');
  const [first = ''] = clean.split(/\r?\n/, 1);
  const texts = first.startsWith(FASTTEXT)
    ? linesOf(clean, name, fastTextLine)
    : first.includes('\t')
      ? linesOf(clean, name, tabbedLine)
      : commaSeparated(clean, name);
  if (texts.length === 0) throw new Failure(`${name} has no labeled text.`);
  return texts;
}

function linesOf(
  contents: string,
  name: string,
  read: (line: string) => LabeledText | string,
): readonly LabeledText[] {
  return contents.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || (index === 0 && /^\w+\tlabel$/i.test(line))) return [];
    const example = read(line);
    if (typeof example === 'string') throw new Failure(`${name}, line ${index + 1}: ${example}`);
    return [example];
  });
}

function tabbedLine(line: string): LabeledText | string {
  const fields = line.split('\t');
  const [text = '', label = ''] = fields.map((field) => field.trim());
  if (fields.length !== 2) return `a text, a tab and a label are needed, got ${fields.length} fields.`;
  if (text === '' || label === '') return `the ${text === '' ? 'text' : 'label'} is empty.`;
  return { text, label };
}

function fastTextLine(line: string): LabeledText | string {
  const [, label, text = ''] = /^__label__(\S+)\s*(.*)$/.exec(line) ?? [];
  if (label === undefined) return `${FASTTEXT} and a name are needed at the beginning.`;
  return text.trim() === '' ? 'the text is empty.' : { text: text.trim(), label };
}

function commaSeparated(contents: string, name: string): readonly LabeledText[] {
  let rows: { readonly record: Record<string, string>; readonly info: { readonly lines: number } }[];
  try {
    rows = parse(contents, { columns: true, info: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new Failure(`${name}: ${(error as Error).message}.`);
  }
  return rows.flatMap(({ record: { label, ...texts }, info }) => {
    if (label === undefined) {
      throw new Failure(
        `${name}: a header with a field label is needed, or lines of a text, a tab and a label; got ${Object.keys(texts).join(', ').slice(0, 60)}.`,
      );
    }
    if (label === '') throw new Failure(`${name}, line ${info.lines}: the label is empty.`);
    const text = Object.values(texts).join(' ').trim();
    return text === '' ? [] : [{ text, label }]; // a review without words says nothing
  });
}
