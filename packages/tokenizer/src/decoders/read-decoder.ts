import type { JsonReader } from '../json-reader.ts';
import { readMetaspace } from '../pre-tokenizers/read-metaspace.ts';
import { type PartReaders, readPart } from '../read-part.ts';
import { readTextPattern } from '../text-pattern-reader.ts';
import { ByteFallbackDecoder } from './byte-fallback.ts';
import { ByteLevelDecoder } from './byte-level.ts';
import { BytePairDecoder } from './byte-pair.ts';
import { CtcDecoder } from './ctc.ts';
import type { Decoder } from './decoder.ts';
import { FuseDecoder } from './fuse.ts';
import { MetaspaceDecoder } from './metaspace.ts';
import { ReplaceDecoder } from './replace.ts';
import { SequenceDecoder } from './sequence.ts';
import { StripDecoder } from './strip.ts';
import { WordPieceDecoder } from './word-piece.ts';

/** Reads the `decoder` of tokenizer.json. */
export function readDecoder(reader: JsonReader): Decoder {
  return readPart(reader, readers);
}

const readers: PartReaders<Decoder> = {
  BPEDecoder: (reader) => new BytePairDecoder({ suffix: reader.field('suffix').stringOr('</w>') }),
  ByteFallback: () => new ByteFallbackDecoder(),
  ByteLevel: (reader) =>
    new ByteLevelDecoder({
      addPrefixSpace: reader.field('add_prefix_space').boolean(true),
      trimOffsets: reader.field('trim_offsets').boolean(true),
      useRegex: reader.field('use_regex').boolean(true),
    }),
  CTC: (reader) =>
    new CtcDecoder({
      padToken: reader.field('pad_token').stringOr('<pad>'),
      wordDelimiterToken: reader.field('word_delimiter_token').stringOr('|'),
      cleanup: reader.field('cleanup').boolean(true),
    }),
  Fuse: () => new FuseDecoder(),
  Metaspace: (reader) => new MetaspaceDecoder(readMetaspace(reader)),
  Replace: (reader) =>
    new ReplaceDecoder(readTextPattern(reader.field('pattern')), reader.field('content').string()),
  Sequence: (reader) => new SequenceDecoder(reader.field('decoders').nested().map(readDecoder)),
  Strip: (reader) =>
    new StripDecoder({
      content: reader.field('content').character(),
      start: reader.field('start').count(0),
      stop: reader.field('stop').count(0),
    }),
  WordPiece: (reader) =>
    new WordPieceDecoder({
      prefix: reader.field('prefix').stringOr('##'),
      cleanup: reader.field('cleanup').boolean(true),
    }),
};
