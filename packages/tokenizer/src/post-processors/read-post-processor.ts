import type { JsonReader } from '../json-reader.ts';
import { type PartReaders, readPart } from '../read-part.ts';
import { BertPostProcessor } from './bert.ts';
import { ByteLevelPostProcessor } from './byte-level.ts';
import type { PostProcessor, SpecialToken } from './post-processor.ts';
import { RobertaPostProcessor } from './roberta.ts';
import { SequencePostProcessor } from './sequence.ts';
import { type TemplatePart, TemplatePostProcessor } from './template.ts';

/** Reads the `post_processor` of tokenizer.json. */
export function readPostProcessor(reader: JsonReader): PostProcessor {
  return readPart(reader, readers);
}

const readers: PartReaders<PostProcessor> = {
  BertProcessing: (reader) =>
    new BertPostProcessor({ sep: readToken(reader.field('sep')), cls: readToken(reader.field('cls')) }),
  ByteLevel: (reader) =>
    new ByteLevelPostProcessor({
      addPrefixSpace: reader.field('add_prefix_space').boolean(true),
      trimOffsets: reader.field('trim_offsets').boolean(true),
      useRegex: reader.field('use_regex').boolean(true),
    }),
  RobertaProcessing: (reader) =>
    new RobertaPostProcessor({
      sep: readToken(reader.field('sep')),
      cls: readToken(reader.field('cls')),
      trimOffsets: reader.field('trim_offsets').boolean(true),
      addPrefixSpace: reader.field('add_prefix_space').boolean(true),
    }),
  Sequence: (reader) => new SequencePostProcessor(reader.field('processors').nested().map(readPostProcessor)),
  TemplateProcessing: (reader) => {
    const single = reader.field('single').items().map(readTemplatePart);
    const pair = reader.field('pair').items().map(readTemplatePart);
    const specialTokens = new Map(
      reader
        .field('special_tokens')
        .entries()
        .map(([name, tokens]) => [name, readTokens(tokens)]),
    );
    try {
      return new TemplatePostProcessor({ single, pair, specialTokens });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw reader.misplaced(`a template that can be filled in (${error.message})`);
    }
  },
};

function readToken(reader: JsonReader): SpecialToken {
  const items = reader.items();
  if (items.length !== 2) throw reader.misplaced('a token and its id');
  return [items[0]!.string(), items[1]!.integerBelow(LARGEST)];
}

function readTokens(reader: JsonReader): SpecialToken[] {
  const ids = reader.field('ids').items();
  const tokens = reader.field('tokens').items();
  if (ids.length !== tokens.length) throw reader.misplaced('as many ids as tokens');
  return tokens.map((token, index) => [token.string(), ids[index]!.integerBelow(LARGEST)]);
}

function readTemplatePart(reader: JsonReader): TemplatePart {
  if ('SpecialToken' in reader.object()) {
    const part = reader.field('SpecialToken');
    return { special: part.field('id').string(), typeId: part.field('type_id').count(0) };
  }
  const part = reader.field('Sequence');
  return { sequence: part.field('id').oneOf(['A', 'B']), typeId: part.field('type_id').count(0) };
}

const LARGEST = 2 ** 31;
