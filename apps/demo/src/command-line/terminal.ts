import { isInteractive, type Style, styleFor, usesColor } from './terminal-style.ts';

/** Where a command writes. Results go to standard output, progress and notes to standard error. */
export interface Terminal {
  /** Results, as they are. */
  write(text: string): void;
  /** A result line. */
  line(text?: string): void;
  /** A note for people; nothing where `--json` is on. */
  note(text: string): void;
  /** One JSON line where `--json` is on, else nothing. */
  event(event: object): void;
  readonly json: boolean;
  /** For standard output. */
  readonly style: Style;
  /** For standard error. */
  readonly noteStyle: Style;
  /** Whether a line of standard error may be rewritten in place. */
  readonly interactive: boolean;
  /** Columns of standard error. */
  readonly columns: number;
  /** Replaces the last line of standard error, where that is possible. */
  rewrite(text: string): void;
}

/** The terminal of this process. */
export function processTerminal({ json }: { readonly json: boolean }): Terminal {
  const { stdout, stderr, env } = process;
  const people = (text: string): void => {
    if (!json) stderr.write(text);
  };
  return {
    json,
    style: styleFor(usesColor(stdout, env)),
    noteStyle: styleFor(usesColor(stderr, env)),
    interactive: !json && isInteractive(stderr, env),
    columns: stderr.columns || 80,
    write: (text) => stdout.write(text),
    line: (text = '') => {
      if (!json) stdout.write(`${text}\n`);
    },
    note: (text) => people(`${text}\n`),
    event: (event) => {
      if (json) stdout.write(`${JSON.stringify(event)}\n`);
    },
    rewrite: (text) => people(`\r\u001b[2K${text}`),
  };
}
