import { checkText } from './check-text.ts';

/** A text, or one that is cut into words already. */
export type TextInput = string | readonly string[];

/** A text, or a pair of texts. */
export type BatchInput = TextInput | { readonly text: TextInput; readonly pair: TextInput };

/** The words of an input: one for a text that is not cut yet. Well-formed Unicode. */
export function checkInput(input: TextInput, index: number): readonly string[] {
  const parameter = index === 0 ? 'text' : 'pair';
  if (!Array.isArray(input)) return [checkText(input, 'encode', parameter)];
  return input.map((word, at) => checkText(word, 'encode', `${parameter}[${at}]`));
}

/** The text of an input, and its pair among the options. */
export function withPair<Options extends object>(
  input: BatchInput,
  options: Options,
): [text: TextInput, options: Options & { pair?: TextInput }] {
  if (typeof input === 'string' || !('pair' in input)) return [input as TextInput, options];
  return [input.text, { ...options, pair: input.pair }];
}
