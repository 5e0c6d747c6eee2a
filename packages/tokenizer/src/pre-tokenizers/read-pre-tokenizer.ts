import type { JsonReader } from '../json-reader.ts';
import { type PartReaders, readPart } from '../read-part.ts';
import { readTextPattern } from '../text-pattern-reader.ts';
import { BertPreTokenizer } from './bert.ts';
import { ByteLevelPreTokenizer } from './byte-level.ts';
import { CharDelimiterSplitPreTokenizer } from './char-delimiter-split.ts';
import { DigitsPreTokenizer } from './digits.ts';
import { FixedLengthPreTokenizer } from './fixed-length.ts';
import { MetaspacePreTokenizer } from './metaspace.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { PunctuationPreTokenizer } from './punctuation.ts';
import { readMetaspace } from './read-metaspace.ts';
import { SequencePreTokenizer } from './sequence.ts';
import { SplitPreTokenizer } from './split.ts';
import { type SplitBehavior, splitBehaviors } from './split-behavior.ts';
import { UnicodeScriptsPreTokenizer } from './unicode-scripts.ts';
import { WhitespacePreTokenizer, WhitespaceSplitPreTokenizer } from './whitespace.ts';

/** Reads the `pre_tokenizer` of tokenizer.json. */
export function readPreTokenizer(reader: JsonReader): PreTokenizer {
  return readPart(reader, readers);
}

const readers: PartReaders<PreTokenizer> = {
  BertPreTokenizer: () => new BertPreTokenizer(),
  ByteLevel: (reader) =>
    new ByteLevelPreTokenizer({
      addPrefixSpace: reader.field('add_prefix_space').boolean(true),
      trimOffsets: reader.field('trim_offsets').boolean(true),
      useRegex: reader.field('use_regex').boolean(true),
    }),
  CharDelimiterSplit: (reader) => new CharDelimiterSplitPreTokenizer(reader.field('delimiter').character()),
  Digits: (reader) =>
    new DigitsPreTokenizer({ individualDigits: reader.field('individual_digits').boolean(false) }),
  FixedLength: (reader) => {
    const length = reader.field('length').count(5);
    if (length === 0) throw reader.field('length').misplaced('at least 1');
    return new FixedLengthPreTokenizer({ length });
  },
  Metaspace: (reader) => new MetaspacePreTokenizer(readMetaspace(reader)),
  Punctuation: (reader) => new PunctuationPreTokenizer({ behavior: readBehavior(reader.field('behavior')) }),
  Sequence: (reader) =>
    new SequencePreTokenizer(reader.field('pretokenizers').nested().map(readPreTokenizer)),
  Split: (reader) =>
    new SplitPreTokenizer(readTextPattern(reader.field('pattern')), {
      behavior: readBehavior(reader.field('behavior')),
      invert: reader.field('invert').boolean(false),
    }),
  UnicodeScripts: () => new UnicodeScriptsPreTokenizer(),
  Whitespace: () => new WhitespacePreTokenizer(),
  WhitespaceSplit: () => new WhitespaceSplitPreTokenizer(),
};

function readBehavior(reader: JsonReader): SplitBehavior {
  return reader.isAbsent ? 'Isolated' : reader.oneOf(splitBehaviors);
}
