/** What of a terminal the output must know. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Marks text for the eye; identity functions where color is off. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly warning: (text: string) => string;
}

/** Whether a stream gets color: FORCE_COLOR decides, then NO_COLOR, then whether it is a capable terminal. */
export function usesColor(stream: TerminalStream, environment: Environment): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no) return false;
  return stream.isTTY === true && term !== 'dumb';
}

/** Whether a line may be rewritten in place: not in logs of continuous integration. */
export function isInteractive(stream: TerminalStream, environment: Environment): boolean {
  return stream.isTTY === true && !environment.CI && environment.TERM !== 'dumb';
}

export function styleFor(color: boolean): Style {
  const sequence = (open: number, close: number) => (text: string) =>
    color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    strong: sequence(1, 22),
    faint: sequence(2, 22),
    accent: sequence(36, 39),
    warning: sequence(33, 39),
  };
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const noWidth = /\p{M}|[\u200b-\u200d]|[\ufe00-\ufe0f]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with one.
const escapeSequence = /\u001b\[\d*m/g;

/** Terminal columns that a text takes: two for East Asian wide characters, none for marks and color. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replaceAll(escapeSequence, '')) {
    if (wide.test(character)) width += 2;
    else if (!noWidth.test(character)) width += 1;
  }
  return width;
}

/** Pads with spaces to a number of terminal columns. */
export function padDisplay(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
