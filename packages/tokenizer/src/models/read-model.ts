import type { JsonReader } from '../json-reader.ts';
import type { Model } from './model.ts';
import { readBytePairModel } from './read-byte-pair.ts';
import { largestVocabSize, readVocab } from './read-vocab.ts';
import type { ScannedBytePairJson } from './scan-byte-pair-json.ts';
import { type ScoredPiece, UnigramModel } from './unigram/unigram-model.ts';
import { WordLevelModel } from './word-level.ts';
import { WordPieceModel } from './word-piece.ts';

/** Reads the `model` of tokenizer.json, of which large parts may have been read already. Files written before models had a `type` tell by their fields. */
export function readModel(reader: JsonReader, scanned?: ScannedBytePairJson): Model {
  const type = reader.field('type').value ?? guessType(reader);
  switch (type) {
    case 'BPE':
      return readBytePairModel(reader, scanned);
    case 'Unigram':
      return readUnigram(reader);
    case 'WordLevel':
      return new WordLevelModel(readVocab(reader.field('vocab')), reader.field('unk_token').string());
    case 'WordPiece':
      return new WordPieceModel(readVocab(reader.field('vocab')), {
        unknownToken: reader.field('unk_token').stringOr('[UNK]'),
        continuingSubwordPrefix: reader.field('continuing_subword_prefix').stringOr('##'),
        maxInputCharsPerWord: reader.field('max_input_chars_per_word').count(100),
      });
    default:
      throw reader.unsupported('"BPE", "Unigram", "WordLevel", "WordPiece"');
  }
}

function guessType(reader: JsonReader): string | undefined {
  const fields = reader.object();
  if ('merges' in fields) return 'BPE';
  if (Array.isArray(fields.vocab)) return 'Unigram';
  if ('continuing_subword_prefix' in fields) return 'WordPiece';
  return 'unk_token' in fields ? 'WordLevel' : undefined;
}

function readUnigram(reader: JsonReader): UnigramModel {
  const vocab = reader.field('vocab');
  const items = vocab.items();
  if (items.length > largestVocabSize)
    throw vocab.misplaced(`an array of at most ${largestVocabSize} pieces`);
  const pieces = items.map((item): ScoredPiece => {
    const parts = item.items();
    if (parts.length !== 2) throw item.misplaced('a piece and its score');
    return [parts[0]!.string(), parts[1]!.number()];
  });
  const unknownId = reader.field('unk_id');
  return new UnigramModel(pieces, {
    unknownId: unknownId.isAbsent ? null : unknownId.integerBelow(Math.max(1, pieces.length)),
    byteFallback: reader.field('byte_fallback').boolean(false),
  });
}
