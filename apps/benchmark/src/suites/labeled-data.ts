/** A text of blank-separated words, and its label. */
export interface Example {
  readonly label: string;
  readonly text: string;
}

/** AG News: class, title, description. Small letters, punctuation as words of its own, as fastText's own example has them. */
export function newsOf(csv: string): readonly Example[] {
  return rowsOf(csv).map(([label, ...texts]) => ({
    label: label!,
    text: texts
      .join(' ')
      .toLowerCase()
      .replace(/[.!?,'/()]/g, ' $& ')
      .trim()
      .split(/\s+/)
      .join(' '),
  }));
}

/** ChnSentiCorp: label, review. Each character is a word. Reviews come sorted by label and are mixed by a fixed rule. */
export function reviewsOf(csv: string): readonly Example[] {
  const rows = rowsOf(csv.replace(/^\uFEFF/, '')).slice(1);
  return rows
    .map((_, at) => rows[(at * 4999) % rows.length]!)
    .map(([label, text = '']) => ({
      label: label!,
      text: [...text].filter((character) => character.trim() !== '').join(' '),
    }));
}

/** Lines as fastText has them: four of five to train on, every fifth held out. */
export function splitLines(examples: readonly Example[]): [training: string, heldOut: string] {
  const lines = (held: boolean): string =>
    examples
      .filter((_, at) => (at % 5 === 0) === held)
      .map(({ label, text }) => `__label__${label} ${text}\n`)
      .join('');
  return [lines(false), lines(true)];
}

/** Rows of comma-separated fields, which may stand in quotes. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  return rows;
}
