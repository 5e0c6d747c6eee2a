import { sizeOf } from '@wordloom/compile';
import { type ElementType, elementSize } from '../tensor-files/element-type.ts';
import { viewEnd } from '../tensor-files/strided-view.ts';
import { quote } from '../tensor-files/unique-json.ts';
import type { PickleHost } from './pickle-machine.ts';
import type { Refuse } from './pickle-reader.ts';
import {
  describeValue,
  IgnoredObject,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  type PickleValue,
} from './pickle-values.ts';

/** Bytes that tensors share, in an entry of the archive. */
export class TorchStorage extends PickleObject {
  readonly key: string;
  /** Undefined for bytes whose type their tensors say. */
  readonly elementType: ElementType | undefined;
  /** In bytes. */
  readonly size: number;

  constructor(key: string, elementType: ElementType | undefined, size: number) {
    super();
    this.key = key;
    this.elementType = elementType;
    this.size = size;
  }
}

/** A view of a storage. */
export class TorchTensor extends PickleObject {
  readonly storage: TorchStorage;
  readonly elementType: ElementType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    storage: TorchStorage,
    elementType: ElementType,
    view: { readonly offset: number; readonly shape: readonly number[]; readonly strides: readonly number[] },
  ) {
    super();
    this.storage = storage;
    this.elementType = elementType;
    this.offset = view.offset;
    this.shape = view.shape;
    this.strides = view.strides;
  }
}

const STORAGES: Readonly<Record<string, ElementType | 'bytes'>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
  'torch.UntypedStorage': 'bytes',
  'torch.storage.UntypedStorage': 'bytes',
  'torch.storage._UntypedStorage': 'bytes',
};

const DTYPES: Readonly<Record<string, ElementType>> = {
  'torch.float64': 'F64',
  'torch.float32': 'F32',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.float8_e4m3fn': 'F8_E4M3',
  'torch.float8_e5m2': 'F8_E5M2',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint64': 'U64',
  'torch.uint32': 'U32',
  'torch.uint16': 'U16',
  'torch.uint8': 'U8',
  'torch.bool': 'BOOL',
};

/** Other names that may occur without being called. */
const TYPES: ReadonlySet<string> = new Set(['torch.Tensor', 'torch.nn.parameter.Parameter']);

type Rebuild = (host: TorchHost, args: readonly PickleValue[], refuse: Refuse) => PickleValue;

/** Bytes and devices, which nobody needs to know. */
const leaveOut: Rebuild = () => new IgnoredObject();

/** What each function of a state dict gives. What Python would run is written here anew. */
const FUNCTIONS: Readonly<Record<string, Rebuild>> = {
  'collections.OrderedDict': (_, args, refuse) => dictOf(args, refuse),
  '__builtin__.set': (_, [items]) => items ?? new PickleList(),
  'builtins.set': (_, [items]) => items ?? new PickleList(),
  '_codecs.encode': leaveOut,
  'torch.device': leaveOut,
  'torch.Size': (_, [lengths]) => lengths ?? [],
  'torch._utils._rebuild_tensor': (host, args, refuse) => host.rebuildTensor(args, undefined, refuse),
  'torch._utils._rebuild_tensor_v2': (host, args, refuse) => host.rebuildTensor(args, undefined, refuse),
  'torch._utils._rebuild_tensor_v3': (host, args, refuse) => host.rebuildTensor(args, args[6], refuse),
  'torch._utils._rebuild_parameter': (_, [tensor]) => tensor ?? null,
  'torch._utils._rebuild_parameter_with_state': (_, [tensor]) => tensor ?? null,
  // A tensor with attributes: (function, type, arguments, attributes).
  'torch._tensor._rebuild_from_type_v2': (host, [callee, , args], refuse) => {
    if (callee instanceof IgnoredObject) return callee;
    if (callee instanceof PickleGlobal && Array.isArray(args) && callee.name.startsWith('torch._utils.')) {
      return host.call(callee, args, refuse);
    }
    throw refuse(`a tensor must be rebuilt by a function of torch._utils, got ${describeValue(callee)}`);
  },
};

/** What the objects of a state dict stand for. */
export class TorchHost implements PickleHost {
  readonly #storageSize: (key: string) => number | undefined;
  readonly #maxTensorBytes: number;
  readonly #isIgnored: (name: string) => boolean;

  /**
   * @param storageSize    bytes of the archive's entry of that key, undefined if there is none
   * @param maxTensorBytes bytes that a tensor may take: one may repeat the elements of its storage
   * @param isIgnored      names of further classes and functions whose objects are left out
   */
  constructor(
    storageSize: (key: string) => number | undefined,
    maxTensorBytes: number,
    isIgnored: (name: string) => boolean,
  ) {
    this.#storageSize = storageSize;
    this.#maxTensorBytes = maxTensorBytes;
    this.#isIgnored = isIgnored;
  }

  findGlobal(name: string, refuse: Refuse): PickleGlobal | IgnoredObject {
    const isKnown =
      [STORAGES, DTYPES, FUNCTIONS].some((known) => Object.hasOwn(known, name)) || TYPES.has(name);
    if (isKnown) return new PickleGlobal(name);
    if (this.#isIgnored(name)) return new IgnoredObject();
    throw refuse(
      `global ${quote(name)} is none that a state dict needs, and is not run. Save model.state_dict() only, or name it in ignoredGlobals if you can do without what it makes`,
    );
  }

  call({ name }: PickleGlobal, args: readonly PickleValue[], refuse: Refuse): PickleValue {
    if (!Object.hasOwn(FUNCTIONS, name)) throw refuse(`${name} must not be called`);
    return FUNCTIONS[name]!(this, args, refuse);
  }

  /** A storage: ('storage', its type, its key, where it was, its length). */
  loadPersistent(id: PickleValue, refuse: Refuse): PickleValue {
    const [kind, type, key, , length] = Array.isArray(id) ? (id as readonly PickleValue[]) : [];
    if (type instanceof IgnoredObject) return type;
    const isStorage = type instanceof PickleGlobal && Object.hasOwn(STORAGES, type.name);
    if (kind !== 'storage' || !isStorage || typeof key !== 'string' || !isCount(length)) {
      throw refuse(
        `a persistent object must be ('storage', type, key, location, length), got ${describeValue(id)}`,
      );
    }
    const elementType = STORAGES[type.name]!;
    const size = length * (elementType === 'bytes' ? 1 : elementSize(elementType));
    const stored = this.#storageSize(key);
    if (stored !== size) {
      throw refuse(
        `storage ${quote(key)} must be an entry of ${size} bytes for ${length} of ${type.name}, got ${stored ?? 'none'}`,
      );
    }
    return new TorchStorage(key, elementType === 'bytes' ? undefined : elementType, size);
  }

  /** (storage, offset, shape, strides, …), in elements. */
  rebuildTensor(
    [storage, offset, shape, strides]: readonly PickleValue[],
    dtype: PickleValue | undefined,
    refuse: Refuse,
  ): PickleValue {
    if (storage instanceof IgnoredObject) return storage;
    if (dtype instanceof IgnoredObject) return dtype;
    if (!(storage instanceof TorchStorage)) {
      throw refuse(`a tensor must have a storage, got ${describeValue(storage)}`);
    }
    const elementType = dtype instanceof PickleGlobal ? DTYPES[dtype.name] : storage.elementType;
    if (!elementType) throw refuse(`a tensor must have a type, got ${describeValue(dtype ?? null)}`);
    if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) {
      throw refuse('a tensor must have an offset, lengths and as many strides, integers of 0 or more');
    }
    const view = { offset, shape, strides };
    const size = elementSize(elementType);
    if (!(viewEnd(view) * size <= storage.size)) {
      const where = `[${shape.slice(0, 8)}] from ${offset} with strides [${strides.slice(0, 8)}]`;
      throw refuse(
        `a tensor must be inside storage ${quote(storage.key)} of ${storage.size} bytes, got ${elementType} ${where}`,
      );
    }
    if (!shape.includes(0) && sizeOf(shape) * size > this.#maxTensorBytes) {
      throw refuse(
        `a tensor must not take more bytes than the file, ${this.#maxTensorBytes}, got [${shape.slice(0, 8)}]`,
      );
    }
    return new TorchTensor(storage, elementType, view);
  }
}

/** Dimensions that PyTorch allows. */
const MAX_RANK = 64;

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.length <= MAX_RANK && value.every(isCount);
}

/** An ordered dictionary of pairs, or an empty one. */
function dictOf([pairs]: readonly PickleValue[], refuse: Refuse): PickleDict {
  const dict = new PickleDict();
  if (pairs === undefined) return dict;
  if (!(pairs instanceof PickleList))
    throw refuse(`OrderedDict must get a list, got ${describeValue(pairs)}`);
  for (const pair of pairs.items ?? []) {
    const isPair = pair instanceof PickleList ? pair.items : Array.isArray(pair) ? pair : undefined;
    if (isPair?.length !== 2) throw refuse(`OrderedDict must get pairs, got ${describeValue(pair)}`);
    dict.entries ??= [];
    dict.entries.push(isPair[0]!, isPair[1]!);
  }
  return dict;
}
