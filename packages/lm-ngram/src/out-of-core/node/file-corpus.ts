import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type NgramVocabulary, SENTENCE_END } from '../../vocabulary.ts';
import type { NgramCorpus } from '../ngram-corpus.ts';

/** Options of {@link corpusOfTextFiles}. */
export interface TextFilesOptions {
  /** What the words of a line are: what stands between blanks (spaces and tabs), or every character (default `word`). */
  readonly unit?: 'word' | 'character';
}

/**
 * Files of text as a corpus: UTF-8, a line a sentence; lines without words are left out. Those whose names end in `.gz` are unpacked on the way.
 *
 * @throws errors of the file system as they are; the file is named
 */
export async function corpusOfTextFiles(
  paths: readonly string[],
  { unit = 'word' }: TextFilesOptions = {},
): Promise<NgramCorpus> {
  const sizes = await Promise.all(paths.map(async (path) => ({ path, ...(await identityOf(path)) })));
  const total = sizes.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    identity: { files: sizes, unit },
    async *read(writer) {
      let bytesBefore = 0;
      for (const { path, byteLength } of sizes) {
        const stream = createReadStream(path, { highWaterMark: READ_BYTES });
        const decoder = new TextDecoder('utf-8', { fatal: true });
        let rest = '';
        let lines = 0;
        const take = (line: string) => {
          lines++;
          writeLine(line, unit, writer);
        };
        for await (const part of path.endsWith('.gz') ? stream.compose(createGunzip()) : stream) {
          const text = rest + decode(decoder, part as Uint8Array, path, lines);
          let start = 0;
          for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            take(text.slice(start, end));
            start = end + 1;
          }
          rest = text.slice(start);
          yield total > 0 ? (bytesBefore + stream.bytesRead) / total : undefined;
        }
        take(rest + decode(decoder, undefined, path, lines));
        bytesBefore += byteLength;
      }
    },
  };
}

/** Options of {@link corpusOfIdFiles}. */
export interface IdFilesOptions {
  readonly vocabulary: NgramVocabulary;
  /** Bytes of an id, little-endian (default 4). */
  readonly idBytes?: 2 | 4;
  /** The id that stands after each text (default that of `</s>`). */
  readonly separator?: number;
}

/**
 * Files of token ids as a corpus, as tokenizers write them: one unsigned number after the other, and one after each text that is no word of it.
 *
 * @throws {RangeError} if a file ends within an id. Errors of the file system as they are
 */
export async function corpusOfIdFiles(
  paths: readonly string[],
  { vocabulary, idBytes = 4, separator = SENTENCE_END }: IdFilesOptions,
): Promise<NgramCorpus> {
  const sizes = await Promise.all(paths.map(async (path) => ({ path, ...(await identityOf(path)) })));
  for (const { path, byteLength } of sizes) {
    if (byteLength % idBytes !== 0) {
      throw new RangeError(
        `corpusOfIdFiles: ${path} must hold ids of ${idBytes} bytes, got ${byteLength} bytes.`,
      );
    }
  }
  const total = sizes.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    identity: { files: sizes, idBytes, separator },
    vocabulary,
    async *read(writer) {
      let bytesRead = 0;
      for (const { path } of sizes) {
        let isWithin = false;
        let rest: Buffer = Buffer.alloc(0);
        for await (const part of createReadStream(path, { highWaterMark: READ_BYTES })) {
          const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, part as Buffer]) : (part as Buffer);
          const whole = bytes.length - (bytes.length % idBytes);
          for (let at = 0; at < whole; at += idBytes) {
            const id = idBytes === 2 ? bytes.readUInt16LE(at) : bytes.readUInt32LE(at);
            if (!isWithin) writer.begin();
            isWithin = id !== separator;
            if (isWithin) writer.id(id);
            else writer.end();
          }
          rest = bytes.subarray(whole);
          bytesRead += (part as Buffer).length;
          yield bytesRead / total;
        }
        if (isWithin) writer.end();
      }
    },
  };
}

const READ_BYTES = 1 << 20;

async function identityOf(path: string): Promise<{ byteLength: number; changed: number }> {
  const { size, mtimeMs } = await stat(path);
  return { byteLength: size, changed: mtimeMs };
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, path: string, lines: number): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw new SyntaxError(`corpusOfTextFiles: ${path}, after line ${lines}: the text must be UTF-8.`);
  }
}

function writeLine(
  line: string,
  unit: 'word' | 'character',
  writer: Parameters<NgramCorpus['read']>[0],
): void {
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  let isBegun = false;
  const take = (word: string) => {
    if (!isBegun) writer.begin();
    isBegun = true;
    writer.word(word);
  };
  if (unit === 'character') {
    for (const character of line.slice(0, end)) take(character);
  } else {
    let start = 0;
    for (let at = 0; at <= end; at++) {
      const code = at < end ? line.charCodeAt(at) : SPACE;
      if (code !== SPACE && code !== TAB) continue;
      if (at > start) take(line.slice(start, at));
      start = at + 1;
    }
  }
  if (isBegun) writer.end();
}

const SPACE = 32;
const TAB = 9;
