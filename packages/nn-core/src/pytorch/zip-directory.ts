import type { ByteSource } from '../tensor-files/byte-source.ts';
import { quote } from '../tensor-files/unique-json.ts';

/** A file inside an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes of the name. */
  readonly nameLength: number;
  /** Bytes of its contents. */
  readonly size: number;
  /** Where its own header begins; the contents come after it. */
  readonly headerOffset: number;
  /** What it must not be to be read, if it is that. */
  readonly obstacle: string | undefined;
}

/** The entries of an archive by name, in the archive's order. */
export type ZipDirectory = ReadonlyMap<string, ZipEntry>;

type RefuseAt = (byte: number, problem: string) => RangeError;

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const LARGE_END_SIGNATURE = 0x06064b50;
const LARGE_END_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;

/** More than an archive of 300 000 tensors has; so that a strange file is not read into memory. */
const MAX_DIRECTORY_BYTES = 2 ** 25;

/** The extra field that holds sizes of 4 GiB and above, and the value that stands in their place. */
const LARGE_FIELD = 1;
const LARGE = 0xffff_ffff;

/**
 * Reads the directory of a ZIP archive, with 64-bit sizes where it has them: every entry inside the file, no name twice.
 *
 * @throws {RangeError} at the first thing that is wrong
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function readZipDirectory(file: ByteSource, refuse: RefuseAt): Promise<ZipDirectory> {
  const { begin, end, count } = await findDirectory(file, refuse);
  if (begin + END_BYTES > file.size || end > file.size || end - begin > MAX_DIRECTORY_BYTES) {
    const limit = `${MAX_DIRECTORY_BYTES} bytes inside the file of ${file.size}`;
    throw refuse(begin, `the archive's directory must be at most ${limit}, got ${end - begin} bytes`);
  }
  const bytes = await file.read(begin, end);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    const where = begin + at;
    if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw refuse(where, `the archive's directory must have ${count} entries, entry ${index} is not one`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const nameEnd = at + ENTRY_BYTES + nameLength;
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) throw refuse(where, `entry ${index} must end in the directory`);
    const name = decodeName(bytes.subarray(at + ENTRY_BYTES, nameEnd));
    const sizes = sizesOf(view, at, nameEnd, extraEnd);
    const { headerOffset, size } = sizes;
    if (headerOffset + LOCAL_BYTES + nameLength + size > begin) {
      throw refuse(
        where,
        `entry ${quote(name)} of ${size} bytes from byte ${headerOffset} must end before the directory`,
      );
    }
    if (entries.has(name)) throw refuse(where, `entry ${quote(name)} must be there once, it is there twice`);
    entries.set(name, { name, nameLength, size, headerOffset, obstacle: obstacleOf(view, at, sizes) });
    at = next;
  }
  return entries;
}

/** @throws {RangeError} if the entry is compressed, or cannot be read as it is for another reason */
export function requireReadable({ name, headerOffset, obstacle }: ZipEntry, refuse: RefuseAt): void {
  if (obstacle) throw refuse(headerOffset, `entry ${quote(name)} must not be ${obstacle}`);
}

/**
 * Where the contents of an entry begin, which its own header says.
 *
 * @throws {RangeError} if the header is not that of the entry
 */
export async function contentsOffset(file: ByteSource, entry: ZipEntry, refuse: RefuseAt): Promise<number> {
  const { headerOffset, name, size, nameLength } = entry;
  const bytes = await file.read(headerOffset, headerOffset + LOCAL_BYTES + nameLength);
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const begin = headerOffset + bytes.length + header.getUint16(28, true);
  const isHeader =
    header.getUint32(0, true) === LOCAL_SIGNATURE &&
    header.getUint16(26, true) === nameLength &&
    decodeName(bytes.subarray(LOCAL_BYTES)) === name;
  if (isHeader && begin + size <= file.size) return begin;
  throw refuse(headerOffset, `entry ${quote(name)} must begin here, it does not`);
}

interface DirectoryPlace {
  readonly begin: number;
  readonly end: number;
  readonly count: number;
}

/** The record at the end of an archive says where the directory is; a comment of any length may follow it. */
async function findDirectory(file: ByteSource, refuse: RefuseAt): Promise<DirectoryPlace> {
  const tailBegin = Math.max(0, file.size - END_BYTES - MAX_COMMENT_BYTES - LOCATOR_BYTES);
  const bytes = await file.read(tailBegin, file.size);
  const tail = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = bytes.length - END_BYTES;
  const isEnd = (): boolean =>
    tail.getUint32(at, true) === END_SIGNATURE &&
    tail.getUint16(at + 20, true) === bytes.length - at - END_BYTES;
  while (at >= 0 && !isEnd()) at--;
  if (at < 0) throw refuse(file.size, 'the archive must end with its directory, it does not. Is it cut off?');
  const locator = at - LOCATOR_BYTES;
  if (locator >= 0 && tail.getUint32(locator, true) === LOCATOR_SIGNATURE) {
    return readLargeEnd(file, wide(tail, locator + 8), refuse);
  }
  const begin = tail.getUint32(at + 16, true);
  return { begin, end: begin + tail.getUint32(at + 12, true), count: tail.getUint16(at + 10, true) };
}

/** The record of archives that may be larger than 4 GiB. */
async function readLargeEnd(file: ByteSource, offset: number, refuse: RefuseAt): Promise<DirectoryPlace> {
  if (offset + LARGE_END_BYTES > file.size) {
    throw refuse(offset, "the archive's 64-bit end record must be inside the file, it is not");
  }
  const bytes = await file.read(offset, offset + LARGE_END_BYTES);
  const record = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (record.getUint32(0, true) !== LARGE_END_SIGNATURE) {
    throw refuse(offset, "the archive's 64-bit end record must be here, it is not");
  }
  const begin = wide(record, 48);
  return { begin, end: begin + wide(record, 40), count: wide(record, 32) };
}

interface EntrySizes {
  readonly stored: number;
  readonly size: number;
  readonly headerOffset: number;
}

/** An extra field holds, in this order, those of the three that do not fit 32 bits. */
function sizesOf(view: DataView, at: number, extraBegin: number, extraEnd: number): EntrySizes {
  let [stored, size, headerOffset] = [20, 24, 42].map((field) => view.getUint32(at + field, true)) as [
    number,
    number,
    number,
  ];
  for (let field = extraBegin; field + 4 <= extraEnd; ) {
    const end = field + 4 + view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === LARGE_FIELD && end <= extraEnd) {
      let next = field + 4;
      const large = (value: number): number => {
        if (value !== LARGE || next + 8 > end) return value;
        next += 8;
        return wide(view, next - 8);
      };
      size = large(size);
      stored = large(stored);
      headerOffset = large(headerOffset);
    }
    field = end;
  }
  return { stored, size, headerOffset };
}

/** What keeps an entry from being read as it is: PyTorch stores them uncompressed. */
function obstacleOf(view: DataView, at: number, { stored, size }: EntrySizes): string | undefined {
  if (view.getUint16(at + 8, true) & 1) return 'encrypted';
  if (view.getUint16(at + 10, true) !== 0) {
    return 'compressed. Save it again with torch.save, or zip it with `zip -0`';
  }
  return stored === size ? undefined : `stored in ${stored} bytes when it has ${size}`;
}

function wide(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function decodeName(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
