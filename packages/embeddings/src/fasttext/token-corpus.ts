import { END_OF_LINE } from './dictionary.ts';
import { type LabeledTexts, readExamples } from './labeled-texts.ts';
import { TokenTable } from './token-table.ts';

/** Lines as numbers of their tokens, labels among them, each line with `</s>` at its end. */
export interface TokenCorpus {
  readonly table: TokenTable;
  /** By token: whether it begins with the prefix of labels. */
  isLabel(token: number): boolean;
  /** The token of `</s>`. */
  readonly endOfLine: number;
  readonly tokens: Int32Array;
  /** Where each line begins in {@link tokens}, and at last the end. */
  readonly lineStarts: Uint32Array;
}

/**
 * Reads examples once. Blanks are ASCII's, as fastText has them; `</s>` within a line ends it there.
 *
 * @throws {TypeError} if an example is none
 */
export async function readTokens(
  examples: LabeledTexts,
  labelPrefix: string,
  caller: string,
  signal?: AbortSignal,
): Promise<TokenCorpus> {
  const table = new TokenTable();
  const prefix = new TextEncoder().encode(labelPrefix);
  const ending = new TextEncoder().encode(END_OF_LINE);
  const labels: boolean[] = [];
  const isLabel = (token: number): boolean => {
    labels[token] ??= startsWith(table.bytesOf(token), prefix);
    return labels[token]!;
  };
  const endOfLine = table.add(ending, 0, ending.length, 0);
  let tokens = new Int32Array(1 << 16);
  let count = 0;
  const starts: number[] = [];
  let buffer = new Uint8Array(1 << 14);
  const push = (token: number): void => {
    if (count === tokens.length) {
      const longer = new Int32Array(2 * count);
      longer.set(tokens);
      tokens = longer;
    }
    tokens[count++] = token;
  };
  /** Pushes the tokens of a text; those with the prefix only if `withLabels`. */
  const tokenize = (text: string, withLabels: boolean): void => {
    if (buffer.length < 3 * text.length) buffer = new Uint8Array(6 * text.length);
    const { written } = ENCODER.encodeInto(text, buffer);
    for (let at = 0; at < written; ) {
      while (at < written && isBlank(buffer[at]!)) at++;
      const begin = at;
      while (at < written && !isBlank(buffer[at]!)) at++;
      if (at === begin) break;
      if (!withLabels && startsWith(buffer.subarray(begin, at), prefix)) continue;
      const token = table.add(buffer, begin, at);
      push(token);
      if (token === endOfLine) return;
    }
    push(table.add(ending, 0, ending.length));
  };
  for await (const part of readExamples(examples, caller, signal)) {
    for (const { line, labels: given } of part) {
      starts.push(count);
      for (const label of given ?? []) {
        const bytes = ENCODER.encode(labelPrefix + label);
        push(table.add(bytes, 0, bytes.length));
      }
      tokenize(line, given === undefined);
    }
  }
  const lineStarts = Uint32Array.from(starts.concat(count));
  return { table, isLabel, endOfLine, tokens: tokens.subarray(0, count), lineStarts };
}

const ENCODER = new TextEncoder();

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) if (bytes[at] !== prefix[at]) return false;
  return true;
}

/** Also NUL. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0;
}
