import { describeValue } from '../describe-value.ts';
import { type ProtobufField, readFields } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** What a piece is for: `control` pieces are never found in text, `user-defined` ones always are, `byte` ones stand for bytes of unknown characters. */
export type PieceKind = 'normal' | 'unknown' | 'control' | 'user-defined' | 'unused' | 'byte';

/** A piece of a SentencePiece model. */
export interface SentencePiece {
  readonly piece: string;
  /** Unigram: the logarithm of its probability; BPE: the negative rank of its merge. */
  readonly score: number;
  readonly kind: PieceKind;
}

/** What a SentencePiece `.model` file says, as far as it matters to text. */
export interface SentencePieceFile {
  /** By id. */
  readonly pieces: readonly SentencePiece[];
  readonly algorithm: 'unigram' | 'bpe' | 'word' | 'char';
  /** Characters without a piece become the pieces of their bytes. */
  readonly byteFallback: boolean;
  /** The mark of a space ends pieces instead of beginning them. */
  readonly spaceAsSuffix: boolean;
  /** What the unknown piece reads as. */
  readonly unknownSurface: string;
  /** Rules by which text is rewritten, compiled; empty: none. */
  readonly characterMap: Uint8Array;
  /** Its name: `nmt_nfkc`, `identity`, … */
  readonly normalizerName: string;
  /** A space is put in front of the text. */
  readonly addDummyPrefix: boolean;
  /** Spaces at both ends go, and several in a row become one. */
  readonly removeExtraSpaces: boolean;
  /** Spaces are written as `▁`. */
  readonly escapeSpaces: boolean;
}

const KINDS: Readonly<Record<number, PieceKind>> = {
  1: 'normal',
  2: 'unknown',
  3: 'control',
  4: 'user-defined',
  5: 'unused',
  6: 'byte',
};
const ALGORITHMS = { 1: 'unigram', 2: 'bpe', 3: 'word', 4: 'char' } as const;

/** As SentencePiece's own defaults; a file leaves out what it does not change. */
const DEFAULTS = {
  algorithm: 'unigram',
  byteFallback: false,
  spaceAsSuffix: false,
  unknownSurface: ' \u2047 ',
  characterMap: new Uint8Array(),
  normalizerName: 'identity',
  addDummyPrefix: true,
  removeExtraSpaces: true,
  escapeSpaces: true,
} as const satisfies Omit<SentencePieceFile, 'pieces'>;

/**
 * Reads a SentencePiece `.model` file.
 *
 * @param source names the file in errors
 * @throws {RangeError} if the bytes are cut off, or are no such file
 * @see https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto (field numbers)
 */
export function decodeSentencePieceFile(
  bytes: Uint8Array,
  source = 'decodeSentencePieceFile',
): SentencePieceFile {
  const pieces: SentencePiece[] = [];
  let settings: Omit<SentencePieceFile, 'pieces'> = DEFAULTS;
  for (const field of readFields(bytes, source)) {
    if (field.kind !== 'bytes') continue;
    if (field.number === 1) pieces.push(readPiece(field.value, source, pieces.length));
    else if (field.number === 2) settings = { ...settings, ...readTrainer(field.value, source) };
    else if (field.number === 3) settings = { ...settings, ...readNormalizer(field.value, source) };
  }
  if (pieces.length === 0)
    throw new RangeError(
      `${source}: the file must hold pieces, got none. Is it a SentencePiece .model file?`,
    );
  return { ...settings, pieces };
}

/**
 * Writes a SentencePiece `.model` file, which SentencePiece and what builds on it read.
 *
 * @returns its bytes
 */
export function encodeSentencePieceFile(file: SentencePieceFile): Uint8Array {
  const writer = new ProtobufWriter();
  const numberOf = <T>(names: Readonly<Record<number, T>>, name: T): number =>
    Number(Object.entries(names).find(([, value]) => value === name)![0]);
  for (const { piece, score, kind } of file.pieces) {
    writer.message(1, (message) => {
      message.string(1, piece);
      message.float(2, score);
      message.integer(3, numberOf(KINDS, kind));
    });
  }
  writer.message(2, (trainer) => {
    trainer.integer(3, numberOf(ALGORITHMS, file.algorithm));
    trainer.integer(4, file.pieces.length);
    trainer.integer(24, Number(file.spaceAsSuffix));
    trainer.integer(35, Number(file.byteFallback));
    const unknownId = file.pieces.findIndex(({ kind }) => kind === 'unknown');
    const idOf = (name: string): number =>
      file.pieces.findIndex(({ piece, kind }) => kind === 'control' && piece === name);
    [unknownId, idOf('<s>'), idOf('</s>'), idOf('<pad>')].forEach((id, index) => {
      if (id >= 0) trainer.integer(40 + index, id);
      else trainer.minusOne(40 + index);
    });
    trainer.string(44, file.unknownSurface);
    if (unknownId >= 0) trainer.string(45, file.pieces[unknownId]!.piece);
  });
  writer.message(3, (normalizer) => {
    normalizer.string(1, file.normalizerName);
    if (file.characterMap.length > 0) normalizer.bytes(2, file.characterMap);
    normalizer.integer(3, Number(file.addDummyPrefix));
    normalizer.integer(4, Number(file.removeExtraSpaces));
    normalizer.integer(5, Number(file.escapeSpaces));
  });
  return writer.finish();
}

function readPiece(bytes: Uint8Array, source: string, id: number): SentencePiece {
  let piece: string | undefined;
  let score = 0;
  let kind: PieceKind = 'normal';
  for (const field of readFields(bytes, source)) {
    if (field.number === 1) piece = text(field, source, `piece ${id}`);
    else if (field.number === 2 && field.kind === 'fixed' && field.value.length === 4)
      score = float(field.value);
    else if (field.number === 3 && field.kind === 'integer') {
      const named = KINDS[field.value];
      if (!named)
        throw new RangeError(`${source}: piece ${id} must have a type from 1 to 6, got ${field.value}.`);
      kind = named;
    }
  }
  if (piece === undefined) throw new RangeError(`${source}: piece ${id} must have a text, got none.`);
  if (!Number.isFinite(score)) {
    throw new RangeError(
      `${source}: the score of piece ${describeValue(piece)} must be a finite number, got ${score}.`,
    );
  }
  return { piece, score, kind };
}

function readTrainer(bytes: Uint8Array, source: string): Partial<SentencePieceFile> {
  const found: { -readonly [K in keyof SentencePieceFile]?: SentencePieceFile[K] } = {};
  for (const field of readFields(bytes, source)) {
    if (field.kind === 'integer' && field.number === 3) {
      const algorithm = ALGORITHMS[field.value as keyof typeof ALGORITHMS] as
        | SentencePieceFile['algorithm']
        | undefined;
      if (!algorithm)
        throw new RangeError(`${source}: the model's type must be from 1 to 4, got ${field.value}.`);
      found.algorithm = algorithm;
    } else if (field.kind === 'integer' && field.number === 24) found.spaceAsSuffix = field.value !== 0;
    else if (field.kind === 'integer' && field.number === 35) found.byteFallback = field.value !== 0;
    else if (field.number === 44) found.unknownSurface = text(field, source, 'the unknown surface');
  }
  return found;
}

function readNormalizer(bytes: Uint8Array, source: string): Partial<SentencePieceFile> {
  const found: { -readonly [K in keyof SentencePieceFile]?: SentencePieceFile[K] } = {};
  for (const field of readFields(bytes, source)) {
    if (field.number === 1) found.normalizerName = text(field, source, "the normalizer's name");
    else if (field.number === 2 && field.kind === 'bytes') found.characterMap = new Uint8Array(field.value);
    else if (field.kind !== 'integer') continue;
    else if (field.number === 3) found.addDummyPrefix = field.value !== 0;
    else if (field.number === 4) found.removeExtraSpaces = field.value !== 0;
    else if (field.number === 5) found.escapeSpaces = field.value !== 0;
  }
  return found;
}

function text(field: ProtobufField, source: string, what: string): string {
  try {
    if (field.kind !== 'bytes') throw new TypeError();
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(field.value);
  } catch {
    throw new RangeError(`${source}: ${what} must be UTF-8 text.`);
  }
}

function float(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
}
