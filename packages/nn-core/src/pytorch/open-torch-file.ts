import { type NamePattern, nameMatcher } from '../module/name-pattern.ts';
import { type ByteSource, byteSource, type FileBytes } from '../tensor-files/byte-source.ts';
import { type StoredView, type TensorSource, viewsAsSource } from '../tensor-files/tensor-source.ts';
import { quote } from '../tensor-files/unique-json.ts';
import { flattenState } from './flatten-state.ts';
import { readPickle } from './pickle-machine.ts';
import type { RefuseAt } from './pickle-reader.ts';
import { TorchHost } from './torch-objects.ts';
import {
  contentsOffset,
  readZipDirectory,
  requireReadable,
  type ZipDirectory,
  type ZipEntry,
} from './zip-directory.ts';

/** Options of {@link openTorchFile}. */
export interface OpenTorchFileOptions {
  /** What errors call the file, such as its path or address. */
  readonly source?: string;
  /**
   * Further Python classes and functions, by dotted name (`'argparse.Namespace'`, `'numpy.**'`), that may occur in the file.
   * They are not run: what they would make is left out. Others are refused.
   */
  readonly ignoredGlobals?: NamePattern;
}

/** More than a state dict of 100 000 tensors takes; so that a strange file is not read into memory. */
const MAX_PICKLE_BYTES = 2 ** 25;

/**
 * Opens what PyTorch's `torch.save` wrote (version 1.6 or later): a state dict, or a dictionary that holds some, as training
 * scripts save them. `{'model': {'weight': …}, 'step': 3}` gives a tensor `model.weight`, and `step` in the metadata.
 *
 * The file says what it holds in Python's pickle language, in which it could run any program. Nothing of it is run: only the
 * instructions that data needs are read, and only the classes and functions of state dicts are known, by their names.
 *
 * @param bytes tensors are read when they are asked for, also of strided, shared and big-endian storages
 * @throws {RangeError} naming the source, the byte and what was expected, if the file is not a whole state dict, or if it refers
 * to any other class or function
 * @example
 * const source = await openTorchFile(input.files[0], { source: 'pytorch_model.bin' });
 * await loadParametersFrom(model, source, { rename: { 'model.': '' } });
 */
export async function openTorchFile(
  bytes: FileBytes,
  { source = 'PyTorch file', ignoredGlobals = [] }: OpenTorchFileOptions = {},
): Promise<TensorSource> {
  const file = byteSource(bytes, `openTorchFile: ${source}`);
  const refuse: RefuseAt = (byte, problem) =>
    new RangeError(`openTorchFile: ${source}, byte ${byte}: ${problem}.`);
  await requireZip(file, refuse);
  const directory = await readZipDirectory(file, refuse);
  const folder = archiveFolder(directory, refuse);
  const pickle = await readEntry(file, directory.get(`${folder}/data.pkl`)!, refuse);
  const inPickle: RefuseAt = (byte, problem) => refuse(pickle.begin + byte, problem);

  const storageEntry = (key: string): ZipEntry | undefined => directory.get(`${folder}/data/${key}`);
  const isIgnored = nameMatcher(ignoredGlobals);
  const host = new TorchHost((key) => storageEntry(key)?.size, file.size, isIgnored);
  const state = readPickle(pickle.bytes, host, inPickle);
  const { tensors, scalars } = flattenState(state, pickle.bytes.length, (problem) => inPickle(0, problem));

  const isBigEndian = await readByteOrder(file, directory.get(`${folder}/byteorder`), refuse);
  const views = new Map<string, StoredView>();
  const storages = new Map<string, ByteSource>();
  for (const [name, { storage, elementType, offset, shape, strides }] of tensors) {
    let part = storages.get(storage.key);
    if (!part) {
      part = contentsOf(file, storageEntry(storage.key)!, refuse);
      storages.set(storage.key, part);
    }
    views.set(name, { elementType, offset, shape, strides, storage: part, isBigEndian });
  }
  return viewsAsSource(views, { source, metadata: { ...Object.fromEntries(scalars), format: 'pt' } });
}

/** Whether bytes begin as an archive of PyTorch's does. */
export function isZip(beginning: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, index) => beginning[index] === byte);
}

async function requireZip(file: ByteSource, refuse: RefuseAt): Promise<void> {
  const beginning = await file.read(0, Math.min(300, file.size));
  if (isZip(beginning)) return;
  const isTar = new TextDecoder().decode(beginning.subarray(257, 262)) === 'ustar';
  const older = beginning[0] === 0x80 || isTar ? ', it is in the format of an older version' : '';
  const fix = 'Load it in PyTorch and save it again: torch.save(torch.load(path), path)';
  throw refuse(0, `the file must be a ZIP archive as PyTorch 1.6 and later save it${older}. ${fix}`);
}

/** All entries of an archive are in one folder, whose name is that of the file when it was saved. */
function archiveFolder(directory: ZipDirectory, refuse: RefuseAt): string {
  const folders = [...directory.keys()].filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (folders.length !== 1) {
    throw refuse(0, `the archive must hold one data.pkl, got ${folders.length}. Was it saved by torch.save?`);
  }
  const folder = folders[0]!.slice(0, -'/data.pkl'.length);
  if (directory.has(`${folder}/constants.pkl`)) {
    throw refuse(
      0,
      'the file must hold a state dict, it holds a TorchScript program. Save model.state_dict()',
    );
  }
  return folder;
}

async function readEntry(
  file: ByteSource,
  entry: ZipEntry,
  refuse: RefuseAt,
): Promise<{ readonly begin: number; readonly bytes: Uint8Array }> {
  requireReadable(entry, refuse);
  const begin = await contentsOffset(file, entry, refuse);
  if (entry.size > MAX_PICKLE_BYTES) {
    throw refuse(begin, `${quote(entry.name)} must be at most ${MAX_PICKLE_BYTES} bytes, got ${entry.size}`);
  }
  return { begin, bytes: await file.read(begin, begin + entry.size) };
}

async function readByteOrder(
  file: ByteSource,
  entry: ZipEntry | undefined,
  refuse: RefuseAt,
): Promise<boolean> {
  if (!entry) return false;
  const { begin, bytes } = await readEntry(file, entry, refuse);
  const order = new TextDecoder().decode(bytes.subarray(0, 100));
  if (order !== 'little' && order !== 'big') {
    throw refuse(begin, `the byte order must be little or big, got ${quote(order)}`);
  }
  return order === 'big';
}

/** An entry's contents as a file. Where they begin is looked up when they are read first. */
function contentsOf(file: ByteSource, entry: ZipEntry, refuse: RefuseAt): ByteSource {
  requireReadable(entry, refuse);
  let begin: number | undefined;
  return {
    size: entry.size,
    async read(from, to) {
      begin ??= await contentsOffset(file, entry, refuse);
      return file.read(begin + from, begin + to);
    },
  };
}
