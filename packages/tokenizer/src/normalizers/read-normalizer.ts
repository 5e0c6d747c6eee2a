import type { JsonReader } from '../json-reader.ts';
import { type PartReaders, readPart } from '../read-part.ts';
import { readTextPattern } from '../text-pattern-reader.ts';
import { BertNormalizer } from './bert.ts';
import { ByteLevelNormalizer } from './byte-level.ts';
import { LowercaseNormalizer } from './lowercase.ts';
import { NmtNormalizer } from './nmt.ts';
import type { Normalizer } from './normalizer.ts';
import { PrecompiledNormalizer } from './precompiled.ts';
import { PrependNormalizer } from './prepend.ts';
import { ReplaceNormalizer } from './replace.ts';
import { SequenceNormalizer } from './sequence.ts';
import { StripNormalizer } from './strip.ts';
import { StripAccentsNormalizer } from './strip-accents.ts';
import { UnicodeFormNormalizer } from './unicode-form.ts';

/** Reads the `normalizer` of tokenizer.json. */
export function readNormalizer(reader: JsonReader): Normalizer {
  return readPart(reader, readers);
}

const readers: PartReaders<Normalizer> = {
  BertNormalizer: (reader) => {
    const stripAccents = reader.field('strip_accents');
    return new BertNormalizer({
      cleanText: reader.field('clean_text').boolean(true),
      handleChineseChars: reader.field('handle_chinese_chars').boolean(true),
      stripAccents: stripAccents.isAbsent ? null : stripAccents.boolean(false),
      lowercase: reader.field('lowercase').boolean(true),
    });
  },
  ByteLevel: () => new ByteLevelNormalizer(),
  Lowercase: () => new LowercaseNormalizer(),
  NFC: () => new UnicodeFormNormalizer('NFC'),
  NFD: () => new UnicodeFormNormalizer('NFD'),
  NFKC: () => new UnicodeFormNormalizer('NFKC'),
  NFKD: () => new UnicodeFormNormalizer('NFKD'),
  Nmt: () => new NmtNormalizer(),
  Precompiled: (reader) => {
    const charsmap = reader.field('precompiled_charsmap');
    try {
      return PrecompiledNormalizer.fromBase64(charsmap.string());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw charsmap.misplaced(error.message);
    }
  },
  Prepend: (reader) => new PrependNormalizer(reader.field('prepend').string()),
  Replace: (reader) =>
    new ReplaceNormalizer(readTextPattern(reader.field('pattern')), reader.field('content').string()),
  Sequence: (reader) => new SequenceNormalizer(reader.field('normalizers').nested().map(readNormalizer)),
  Strip: (reader) =>
    new StripNormalizer({
      left: reader.field('strip_left').boolean(true),
      right: reader.field('strip_right').boolean(true),
    }),
  StripAccents: () => new StripAccentsNormalizer(),
};
