import { expect, test } from 'vitest';
import { storedZip, writePickle } from '../../test/torch-archive.ts';
import { openTorchFile } from './open-torch-file.ts';

const entries = {
  'a/data.pkl': writePickle('N'),
  'a/data/0': new Uint8Array(8),
  'a/data/1': new Uint8Array(8),
};
const valid = storedZip(entries);
const directory = valid.length - 22 - 2 * (46 + 8) - (46 + 10);

/** The valid archive with 32 bits changed. */
function changed(at: number, value: number): Uint8Array {
  const bytes = valid.slice();
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
}

test.each([
  ['a comment', Uint8Array.of(...valid.subarray(0, -2), 3, 0, 1, 2, 3)],
  [
    'a comment that looks like an end',
    Uint8Array.of(...valid.subarray(0, -2), 22, 0, ...valid.subarray(-22)),
  ],
])('an archive with %s is read', async (_, bytes) => {
  expect((await openTorchFile(bytes)).tensors.size).toBe(0);
});

test.each([
  ['one name twice', changed(valid.length - 22 - 4, 0x302f6174), 'entry "a/data/0" must be there once'],
  [
    'an entry of 4 GiB',
    changed(directory + 24, 0xffff_fffe),
    'entry "a/data.pkl" of 4294967294 bytes from byte 0 must end before',
  ],
  [
    'an entry outside',
    changed(directory + 42, 0x7fff_ffff),
    'from byte 2147483647 must end before the directory',
  ],
  [
    'an entry that begins elsewhere',
    changed(directory + 42, 1),
    'byte 1: entry "a/data.pkl" must begin here, it does not',
  ],
  [
    'an entry that is another',
    changed(30, 0x612f62),
    'byte 0: entry "a/data.pkl" must begin here, it does not',
  ],
  ['an encrypted entry', changed(directory + 8, 1), 'entry "a/data.pkl" must not be encrypted'],
  [
    'an entry of another stored size',
    changed(directory + 20, 3),
    'must not be stored in 3 bytes when it has 4',
  ],
  [
    'a directory outside',
    changed(valid.length - 6, 0xffff_ff00),
    'must be at most 33554432 bytes inside the file',
  ],
  [
    'a huge directory',
    changed(valid.length - 10, 0xffff_ffff),
    'must be at most 33554432 bytes inside the file',
  ],
  [
    'more entries than there are',
    changed(valid.length - 14, 0xffff_ffff),
    'must have 65535 entries, entry 3 is not one',
  ],
  ['a name that does not end', changed(directory + 28, 0xffff), 'entry 0 must end in the directory'],
  ['no end', valid.subarray(0, -1), 'the archive must end with its directory, it does not. Is it cut off?'],
  ['no pickle', storedZip({ 'a/version': Uint8Array.of(0x33) }), 'the archive must hold one data.pkl, got 0'],
  [
    'two pickles',
    storedZip({ ...entries, 'b/data.pkl': entries['a/data.pkl'] }),
    'must hold one data.pkl, got 2',
  ],
  [
    'a strange byte order',
    storedZip({ ...entries, 'a/byteorder': Uint8Array.of(0x78) }),
    'must be little or big, got "x"',
  ],
])('an archive with %s is refused', async (_, bytes, message) => {
  await expect(openTorchFile(bytes, { source: 'x.bin' })).rejects.toThrow(
    /^openTorchFile: x\.bin, byte \d+: /,
  );
  await expect(openTorchFile(bytes, { source: 'x.bin' })).rejects.toThrow(message);
});
