import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storedZip, writePickle } from '../../test/torch-archive.ts';
import { openTorchFile } from './open-torch-file.ts';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/checkpoints/${name}`, import.meta.url)));
}

const open = (bytes: Uint8Array) => openTorchFile(bytes, { source: 'x.bin' });
/** An archive with that pickle and one storage of 8 bytes. */
const archive = (pickle: Uint8Array) => storedZip({ 'a/data.pkl': pickle, 'a/data/0': new Uint8Array(8) });
const repeated = (opcode: number, count: number) => new Uint8Array(count).fill(opcode);

const STORAGE = '(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x02tQ';
const tensor = (offset: string, shape: string, strides: string) =>
  writePickle(`ctorch._utils\n_rebuild_tensor\n(${STORAGE}${offset}${shape}${strides}tR`);

test('the smallest tensor is read, so that what follows is refused for what it says', async () => {
  const source = await open(archive(tensor('K\x00', 'K\x02\x85', 'K\x01\x85')));
  expect([...source.tensors]).toEqual([
    ['tensor', expect.objectContaining({ elementType: 'F32', shape: [2] })],
  ]);
  expect((await source.read('tensor')).data).toEqual(new Float32Array(2));
});

test.each([
  ['INST', '(ios\nsystem\n', 'instruction INST is none that a state dict needs'],
  ['OBJ', '(cos\nsystem\no', 'global "os.system" is none'],
  ['OBJ alone', '(o', 'instruction OBJ is none'],
  ['EXT1', '\x82\x01', 'instruction EXT1 is none'],
  ['PERSID', 'Pmodule\n', 'instruction PERSID is none'],
  ['NEWOBJ_EX', '))}\x92', 'instruction NEWOBJ_EX is none'],
  ['an opcode that does not exist', '\xff', 'instruction 0xff is none'],
  ['a call of a type', 'ctorch\nFloatStorage\n)R', 'torch.FloatStorage must not be called'],
  ['a call of a string', 'U\x02os)R', 'REDUCE must call a function, got "os"'],
  [
    'a call of an object that was made',
    'ccollections\nOrderedDict\n)R)R',
    'must call a function, got a dictionary',
  ],
  ['a call without arguments', 'ccollections\nOrderedDict\nNR', 'must have a tuple of arguments, got None'],
  ['NEWOBJ of a class', 'ctorch\nTensor\n)\x81', 'torch.Tensor must not be called'],
  ['attributes of a function', 'ccollections\nOrderedDict\n}b', 'BUILD must give attributes to a dictionary'],
  ['a global of numbers', 'K\x01K\x02\x93', 'a global must be two strings, got 1 and 2'],
  ['a global in disguise', 'U\x03osXU\x06system\x93', 'global "osX.system" is none'],
  [
    'rebuilding by another function',
    'ctorch._tensor\n_rebuild_from_type_v2\n(ccollections\nOrderedDict\nN)NtR',
    'by a function of torch._utils, got collections.OrderedDict',
  ],
  [
    'a string longer than the pickle',
    'X\xff\xff\xff\xff',
    'BINUNICODE must have 4294967295 more bytes, the pickle has 1',
  ],
  [
    'a string of 2⁶³ bytes',
    `\x8d${'\0'.repeat(7)}\x80`,
    'BINUNICODE8 must have 9223372036854776000 more bytes',
  ],
  ['bytes of 2⁶⁴', `\x8e${'\xff'.repeat(8)}`, 'BINBYTES8 must have 18446744073709552000 more bytes'],
  ['an integer of 2 GiB', '\x8b\xff\xff\xff\x7f', 'an integer must have at most 255 bytes, got 2147483647'],
  ['an integer cut off', '\x8a\x09\x01', 'LONG1 must have 9 more bytes, the pickle has 2'],
  ['a line without an end', 'cos', 'GLOBAL must have a line of text, the pickle ends before it does'],
  ['text that is not UTF-8', 'U\x01\xff', 'a string must be UTF-8'],
  ['an empty stack', '', 'STOP must find 1 values, there are 0'],
  ['a mark that is missing', 't', 'TUPLE must follow a MARK, there is none'],
  ['values below a mark', 'N(0', 'POP must find 1 values, there are 0'],
  ['a memo that is empty', 'h\x05', 'memo 5 must have been put, it was not'],
  ['an odd dictionary', '}(K\x01u', 'a dictionary must get keys and values in pairs'],
  ['a key that is a list', '}]Ns', "a dictionary's keys must be strings or numbers, got a list"],
  ['items of a tuple', ')Na', 'APPEND must find a list, got a tuple of 0'],
  ['items of a string', 'U\x01aNNs', 'SETITEM must find a dictionary, got "a"'],
  [
    'one name twice',
    '}(U\x03a.bN0K\x01U\x01a}U\x01bK\x02su',
    'name "a.b" must be there once, it is there twice',
  ],
  ['a list that holds itself', ']q\x00h\x00a', 'must be at most 32 deep, got more at "0.0'],
  [
    'another persistent object',
    'U\x06moduleQ',
    'must be (\'storage\', type, key, location, length), got "module"',
  ],
  [
    'a storage of no archive',
    STORAGE.replace('U\x010', 'U\x04../0'),
    'storage "../0" must be an entry of 8 bytes for 2',
  ],
  [
    'a storage of another size',
    STORAGE.replace('K\x02', 'K\x03'),
    'storage "0" must be an entry of 12 bytes for 3 of torch.FloatStorage, got 8',
  ],
  [
    'a storage of negative size',
    STORAGE.replace('K\x02', 'J\xff\xff\xff\xff'),
    'a persistent object must be',
  ],
])('a hostile pickle is refused by the byte: %s', async (_, instructions, message) => {
  const file = archive(writePickle(instructions));
  await expect(open(file)).rejects.toThrow(RangeError);
  await expect(open(file)).rejects.toThrow(/^openTorchFile: x\.bin, byte \d+: /);
  await expect(open(file)).rejects.toThrow(message);
});

test.each([
  [
    'outside of its storage',
    tensor('K\x01', 'K\x02\x85', 'K\x01\x85'),
    'inside storage "0" of 8 bytes, got F32 [2] from 1 with strides [1]',
  ],
  [
    'of huge strides',
    tensor('K\x00', 'K\x02\x85', '\x8a\x07\xff\xff\xff\xff\xff\xff\x0f\x85'),
    'must be inside storage',
  ],
  [
    'of huge lengths',
    tensor('K\x00', 'J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86', 'K\x00K\x00\x86'),
    'must not take more bytes than the file',
  ],
  ['of negative strides', tensor('K\x01', 'K\x02\x85', 'J\xff\xff\xff\xff\x85'), 'integers of 0 or more'],
  ['of too few strides', tensor('K\x00', 'K\x02\x85', ')'), 'as many strides'],
  [
    'of lengths that are floats',
    tensor('K\x00', 'G@\0\0\0\0\0\0\0\x85', 'K\x01\x85').map((byte) => byte),
    '',
  ],
  [
    'of wide integers',
    tensor('\x8a\x09\0\0\0\0\0\0\0\0\x01', 'K\x02\x85', 'K\x01\x85'),
    'integers of 0 or more',
  ],
  [
    'of 65 dimensions',
    tensor('K\x00', `(${'K\x01'.repeat(65)}t`, `(${'K\x01'.repeat(65)}t`),
    'integers of 0 or more',
  ],
  [
    'of no storage',
    writePickle('ctorch._utils\n_rebuild_tensor\n(NK\x00))tR'),
    'a tensor must have a storage, got None',
  ],
])('a tensor %s is refused', async (_, pickle, message) => {
  if (message) await expect(open(archive(pickle))).rejects.toThrow(message);
  else expect((await open(archive(pickle))).tensors.get('tensor')!.shape).toEqual([2]);
});

test('pickles that would grow are refused before they do', async () => {
  const nested = writePickle(']'.repeat(100_000), 'a'.repeat(99_999));
  await expect(open(archive(nested))).rejects.toThrow('must be at most 32 deep');
  const nones = writePickle(repeated(0x4e, 1_000_001));
  await expect(open(archive(nones))).rejects.toThrow('the stack must hold at most 1000000 values, got more');
  const tuples = writePickle('N', repeated(0x85, 2_000_001));
  await expect(open(archive(tuples))).rejects.toThrow('a pickle must make at most 2000000 objects, got more');
  await expect(open(archive(writePickle('Nr\xff\xff\xff\xff')))).rejects.toThrow(
    'memo 4294967295 must be below',
  );
  // A dictionary of one key, written 10 000 times, in a list 10 000 times.
  const slow = writePickle(']}q\x00(', 'K\x01N'.repeat(10_000), 'u0(', 'h\x00'.repeat(10_000), 'e');
  await expect(open(archive(slow))).rejects.toThrow('must not take far more than the pickle');
});

test('classes that are ignored are left out with all that they make', async () => {
  // {'args': Namespace(**{…}), 'best': scalar(dtype('f8'), …), numpy.float64: 1, 'step': 3, 'z': a complex tensor}
  const pickle = writePickle(
    '}(U\x04argscargparse\nNamespace\n)\x81}U\x01aK\x01sb',
    'U\x04bestcnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\nU\x02f8\x85RU\x01xtR',
    'cnumpy\nfloat64\nK\x01U\x04stepK\x03',
    `U\x01zctorch._utils\n_rebuild_tensor\n(${STORAGE.replace('FloatStorage', 'ComplexFloatStorage')}K\x00))tRu`,
  );
  const file = archive(pickle);
  const ignoredGlobals = ['argparse.Namespace', 'numpy.**', 'torch.Complex*Storage'];
  const source = await openTorchFile(file, { ignoredGlobals });
  expect([source.tensors.size, source.metadata]).toEqual([0, { step: '3', format: 'pt' }]);
  await expect(openTorchFile(file, { ignoredGlobals: 'numpy.**' })).rejects.toThrow(
    'global "argparse.Namespace" is none that a state dict needs, and is not run. Save model.state_dict() only, or name it in ignoredGlobals',
  );
});

/** Opens and reads all of a file: what is asked for and what comes back must not be more than the file. */
async function survives(bytes: Uint8Array): Promise<void> {
  const read = async (begin: number, end: number) => {
    expect(begin).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(begin);
    expect(end).toBeLessThanOrEqual(bytes.length);
    return bytes.subarray(begin, end);
  };
  try {
    const source = await openTorchFile({ size: bytes.length, read }, { source: 'x.bin' });
    for (const name of source.tensors.keys()) {
      const { data } = await source.readRaw(name);
      expect(data.byteLength).toBeLessThanOrEqual(bytes.length);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    expect(error.message).toMatch(/^openTorchFile: x\.bin, byte \d+: .{10,1000}$/s);
  }
}

test('random bytes give clear errors and never ask for more than there is', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const instructions = fc.array(
    fc.constantFrom(
      '(',
      ')',
      ']',
      '}',
      'N',
      'K\x01',
      'U\x01a',
      't',
      'l',
      'd',
      'a',
      'e',
      's',
      'u',
      'R',
      'b',
      'q\x01',
      'h\x01',
      '\x85',
      '\x86',
      '0',
      STORAGE,
      'ctorch._utils\n_rebuild_tensor_v2\n',
      'ccollections\nOrderedDict\n',
    ),
    { maxLength: 40 },
  );
  await fc.assert(fc.asyncProperty(bytes, survives), { numRuns: 300 });
  await fc.assert(
    fc.asyncProperty(bytes, (random) => survives(Uint8Array.of(0x50, 0x4b, 3, 4, ...random))),
    { numRuns: 300 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        bytes,
        instructions.map((parts) => writePickle(parts.join(''))),
      ),
      (pickle) => survives(archive(pickle)),
    ),
    { numRuns: 1500 },
  );
});

test.each(['state-dict.bin', 'training.bin', 'zip64.bin', 'protocol-4.bin'])(
  'damage to %s gives clear errors and never asks for more than there is',
  async (name) => {
    const valid = fixture(name);
    await survives(valid);
    const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const cut = fc.option(fc.nat(valid.length), { nil: valid.length, freq: 5 });
    await fc.assert(
      fc.asyncProperty(damage, cut, async (changes, length) => {
        const bytes = valid.slice();
        for (const [index, value] of changes) bytes[index] = value;
        await survives(bytes.subarray(0, length));
      }),
      { numRuns: 500 },
    );
  },
);

test('an archive cut off at any length is refused', async () => {
  const valid = fixture('zip64.bin');
  for (let length = 0; length < valid.length; length += 7) {
    await expect(open(valid.subarray(0, length))).rejects.toThrow(/^openTorchFile: x\.bin, byte \d+: /);
  }
});
