import type { IdBuffer } from '../id-buffer.ts';
import type { BytePairModel } from '../models/byte-pair.ts';
import type { NormalizedText } from '../normalized-text.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import type { RandomSource } from '../random-source.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';
import type { SegmentEncoder } from '../segment-encoder.ts';
import { cached } from '../word-cache.ts';
import { createPieceScanner } from './piece-scanner.ts';
import { GPT2_PATTERN, type SplitRule, splitRule } from './split-patterns.ts';

/**
 * The way from text to ids of byte-level BPE, which works on the bytes themselves instead of the characters that stand for them: in
 * WebAssembly where there is a rule for the pattern, and else, or where WebAssembly is not to be had, here.
 *
 * @returns undefined if the pre-tokenizer does not end with bytes
 */
export function createByteLevelEncoder(
  preTokenizer: PreTokenizer | undefined,
  model: BytePairModel,
): SegmentEncoder | undefined {
  const plan = planOf(preTokenizer);
  if (!plan) return undefined;
  const { before, rule, addPrefixSpace } = plan;
  const encodeStretch = createStretchEncoder(rule, model);
  const encode: StretchEncoder = (text, output, random) =>
    encodeStretch(addPrefixSpace && !text.startsWith(' ') ? ` ${text}` : text, output, random);
  if (before.length === 0) return (text, output, random) => encode(text.text, output, random);
  const earlier = new SequencePreTokenizer(before);
  return (text, output, random) => {
    const words: NormalizedText[] = [];
    earlier.split(text, words);
    for (const word of words) encode(word.text, output, random);
  };
}

type StretchEncoder = (text: string, output: IdBuffer, random: RandomSource) => void;

/** What is done to a text: cut by other pre-tokenizers, then by a rule if there is one. */
interface Plan {
  readonly before: readonly PreTokenizer[];
  readonly rule: SplitRule | undefined;
  readonly addPrefixSpace: boolean;
}

function planOf(preTokenizer: PreTokenizer | undefined): Plan | undefined {
  const parts = preTokenizer instanceof SequencePreTokenizer ? preTokenizer.parts : [preTokenizer];
  const last = parts.at(-1);
  if (!(last instanceof ByteLevelPreTokenizer)) return undefined;
  const before = parts.slice(0, -1) as PreTokenizer[];
  const { addPrefixSpace } = last;
  if (last.useRegex) return { before, rule: splitRule(GPT2_PATTERN), addPrefixSpace };
  const rule = addPrefixSpace ? undefined : ruleOf(before.at(-1));
  return { before: rule ? before.slice(0, -1) : before, rule, addPrefixSpace };
}

/** The rule by which a pre-tokenizer cuts text into pieces, and does nothing else. */
function ruleOf(preTokenizer: PreTokenizer | undefined): SplitRule | undefined {
  if (!(preTokenizer instanceof SplitPreTokenizer)) return undefined;
  const { pattern, behavior, invert } = preTokenizer;
  const isCut = invert ? behavior === 'Removed' : behavior === 'Isolated';
  return isCut && pattern instanceof RegexPattern ? pattern.rule : undefined;
}

function createStretchEncoder(rule: SplitRule | undefined, model: BytePairModel): StretchEncoder {
  const encodeWord = cached((word, output, random) => model.encodeBytes(word, output, random), model);
  if (!rule) return encodeWord;
  const pieceEnd = createPieceScanner(rule);
  const encodeHere: StretchEncoder = (text, output, random) => {
    for (let start = 0; start < text.length; ) {
      const end = pieceEnd(text, start);
      encodeWord(text.slice(start, end), output, random);
      start = end;
    }
  };
  if (model.isRandom) return encodeHere;
  return (text, output, random) => {
    const { kernel } = model;
    if (!kernel) encodeHere(text, output, random);
    else kernel.encode(rule, text, output, (piece) => model.encodeBytes(piece, output, random));
  };
}
