import type { RefuseAt } from '../byte-reader.ts';

/** What a pickle can hold. Tuples and lists are arrays, of sets too; dictionaries are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleInstance;

/** A class or a function, known by its name only. Nothing of a pickle is ever run. */
export class PickleGlobal {
  /** Dotted, the module before. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What calling a class or a function would have given: its name, its arguments, and what it would have been told of its state. */
export class PickleInstance {
  readonly name: string;
  readonly args: readonly PickleValue[];
  state: PickleValue = null;
  /** Of subclasses of dictionaries and lists. */
  readonly items: PickleValue[] = [];

  constructor(name: string, args: readonly PickleValue[]) {
    this.name = name;
    this.args = args;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a pickle of protocol 2 to 5 as data: names stand for classes, and calls for what they would give.
 *
 * @throws {SyntaxError} at the first instruction that is unknown, not complete, or has not what it needs
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function readPickle(bytes: Uint8Array, refuseAt: RefuseAt): PickleValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  let at = 0;
  let instruction = 0;
  const refuse = (problem: string): SyntaxError => refuseAt(instruction, problem);
  const take = (count: number): number => {
    if (count > bytes.length - at) {
      throw refuse(`the instruction must have ${count} more bytes, the pickle has ${bytes.length - at}`);
    }
    at += count;
    return at - count;
  };
  const byte = (): number => bytes[take(1)]!;
  const uint32 = (): number => view.getUint32(take(4), true);
  const uint64 = (): number => {
    const place = take(8);
    return view.getUint32(place, true) + view.getUint32(place + 4, true) * 2 ** 32;
  };
  const data = (length: number): Uint8Array => {
    const place = take(length);
    return bytes.subarray(place, place + length);
  };
  const text = (length: number): string => {
    try {
      return UTF8.decode(data(length));
    } catch (error) {
      if (error instanceof SyntaxError) throw error;
      throw refuse('a string must be UTF-8');
    }
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw refuse('a name must end with its line');
    const value = text(end - at);
    at = end + 1;
    return value;
  };
  const latin = (length: number): string => {
    let value = '';
    for (const code of data(length)) value += String.fromCharCode(code);
    return value;
  };
  const integer = (length: number): number | bigint => {
    let value = 0n;
    for (const digit of data(Math.min(length, 256)).slice().reverse()) value = (value << 8n) | BigInt(digit);
    value = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  };
  const some = (count: number): PickleValue[] => {
    if (stack.length - (marks.at(-1) ?? 0) < count) {
      throw refuse(`the instruction must find ${count} values, there are fewer`);
    }
    return stack.splice(stack.length - count);
  };
  const sinceMark = (): PickleValue[] => {
    const mark = marks.pop();
    if (mark === undefined) throw refuse('the instruction must follow a mark, there is none');
    return stack.splice(mark);
  };
  const top = (): PickleValue => {
    const [value] = some(1);
    stack.push(value!);
    return value!;
  };
  const append = (items: readonly PickleValue[]): void => {
    const target = top();
    const list = Array.isArray(target) ? target : target instanceof PickleInstance ? target.items : undefined;
    if (!list) throw refuse('items must be put into a list');
    for (const item of items) list.push(item);
  };
  const setItems = (entries: readonly PickleValue[]): void => {
    const target = top();
    if (entries.length % 2 !== 0) throw refuse('a dictionary must get keys and values in pairs');
    if (target instanceof PickleInstance) return;
    if (!(target instanceof Map)) throw refuse('keys and values must be put into a dictionary');
    for (let index = 0; index < entries.length; index += 2) target.set(entries[index]!, entries[index + 1]!);
  };
  const recall = (index: number): PickleValue => {
    const value = memo.get(index);
    if (value === undefined) throw refuse(`memo ${index} must have been put, it was not`);
    return value;
  };
  const call = (): PickleValue => {
    const [callee, args] = some(2);
    if (!(callee instanceof PickleGlobal || callee instanceof PickleInstance) || !Array.isArray(args)) {
      throw refuse('a call must be of a name, with a tuple of arguments');
    }
    return new PickleInstance(callee.name, args);
  };
  const build = (): void => {
    const [state] = some(1);
    const target = top();
    if (target instanceof PickleInstance) target.state = state!;
  };

  if (bytes[0] !== 0x80) throw refuse('a pickle must begin with its protocol');
  for (;;) {
    instruction = at;
    const opcode = byte();
    switch (opcode) {
      case 0x80: {
        const protocol = byte();
        if (protocol < 2 || protocol > 5) throw refuse(`the protocol must be 2 to 5, got ${protocol}`);
        break;
      }
      case 0x95: // FRAME
        uint64();
        break;
      case 0x2e: // STOP
        return some(1)[0]!;
      case 0x28: // MARK
        marks.push(stack.length);
        break;
      case 0x30: // POP
        if (marks.length > 0 && marks.at(-1) === stack.length) marks.pop();
        else some(1);
        break;
      case 0x31: // POP_MARK
        sinceMark();
        break;
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4b: // BININT1
        stack.push(byte());
        break;
      case 0x4d: // BININT2
        stack.push(view.getUint16(take(2), true));
        break;
      case 0x4a: // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case 0x8a: // LONG1
        stack.push(integer(byte()));
        break;
      case 0x8b: // LONG4
        stack.push(integer(uint32()));
        break;
      case 0x47: // BINFLOAT
        stack.push(view.getFloat64(take(8), false));
        break;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(text(byte()));
        break;
      case 0x58: // BINUNICODE
        stack.push(text(uint32()));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(text(uint64()));
        break;
      case 0x55: // SHORT_BINSTRING, bytes of Python 2
        stack.push(latin(byte()));
        break;
      case 0x54: // BINSTRING
        stack.push(latin(uint32()));
        break;
      case 0x43: // SHORT_BINBYTES
        stack.push(data(byte()));
        break;
      case 0x42: // BINBYTES
        stack.push(data(uint32()));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(data(uint64()));
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
      case 0x8f: // EMPTY_SET
        stack.push([]);
        break;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.push(some(opcode - 0x84));
        break;
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        stack.push(sinceMark());
        break;
      case 0x64: {
        // DICT
        const entries = sinceMark();
        stack.push(new Map());
        setItems(entries);
        break;
      }
      case 0x61: // APPEND
        append(some(1));
        break;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        append(sinceMark());
        break;
      case 0x73: // SETITEM
        setItems(some(2));
        break;
      case 0x75: // SETITEMS
        setItems(sinceMark());
        break;
      case 0x71: // BINPUT
        memo.set(byte(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(uint32(), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x68: // BINGET
        stack.push(recall(byte()));
        break;
      case 0x6a: // LONG_BINGET
        stack.push(recall(uint32()));
        break;
      case 0x63: {
        // GLOBAL
        const module = line();
        stack.push(new PickleGlobal(`${module}.${line()}`));
        break;
      }
      case 0x93: // STACK_GLOBAL
        stack.push(new PickleGlobal(some(2).map(String).join('.')));
        break;
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        stack.push(call());
        break;
      case 0x92: {
        // NEWOBJ_EX
        some(1);
        stack.push(call());
        break;
      }
      case 0x62: // BUILD
        build();
        break;
      default:
        throw refuse(`instruction 0x${opcode.toString(16).padStart(2, '0')} is none that vectors need`);
    }
  }
}
