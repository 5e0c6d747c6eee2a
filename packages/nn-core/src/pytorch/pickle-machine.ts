import { OPCODES } from './pickle-opcodes.ts';
import { PickleReader, type Refuse, type RefuseAt } from './pickle-reader.ts';
import {
  describeValue,
  IgnoredObject,
  PickleDict,
  PickleGlobal,
  PickleList,
  type PickleValue,
} from './pickle-values.ts';

/** What a pickle may refer to. Nothing of a pickle is ever run: a global is a name, and a call gives what the host makes of it. */
export interface PickleHost {
  /** A class or function by its dotted name. @throws what `refuse` makes, if it is not allowed */
  findGlobal(name: string, refuse: Refuse): PickleGlobal | IgnoredObject;
  /** What calling a global with these arguments gives. @throws what `refuse` makes, if they do not fit it */
  call(callee: PickleGlobal, args: readonly PickleValue[], refuse: Refuse): PickleValue;
  /** An object outside of the pickle. @throws what `refuse` makes, if there is none */
  loadPersistent(id: PickleValue, refuse: Refuse): PickleValue;
}

/** A pickle's own objects and what it keeps to use again; a state dict of 100 000 tensors has fewer. */
const MAX_OBJECTS = 2_000_000;

/** Values that wait on the stack; Python's own pickles keep some thousands. */
const MAX_STACK = 1_000_000;

const EMPTY_TUPLE: readonly PickleValue[] = [];

/**
 * Reads a pickle of protocol 2 to 5, the part of the language that data needs. Instructions that could make an object of any
 * class (INST, OBJ, EXT1…) do not exist here, and neither do those of the text protocols.
 *
 * @throws {RangeError} at the first instruction that is not allowed or not complete
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function readPickle(bytes: Uint8Array, host: PickleHost, refuseAt: RefuseAt): PickleValue {
  return new PickleMachine(new PickleReader(bytes, refuseAt), host).run();
}

class PickleMachine {
  readonly #reader: PickleReader;
  readonly #refuse: Refuse;
  readonly #host: PickleHost;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo: PickleValue[] = [];
  #objects = 0;

  constructor(reader: PickleReader, host: PickleHost) {
    this.#reader = reader;
    this.#refuse = reader.refuse;
    this.#host = host;
  }

  run(): PickleValue {
    if (this.#reader.opcode() !== OPCODES.PROTO) throw this.#refuse('a pickle must begin with its protocol');
    const protocol = this.#reader.byte();
    if (protocol < 2 || protocol > 5) throw this.#refuse(`the protocol must be 2 to 5, got ${protocol}`);
    for (;;) {
      const opcode = this.#reader.opcode();
      if (opcode === OPCODES.STOP) return this.#pop();
      const literal = this.#literal(opcode);
      if (literal === undefined) this.#operate(opcode);
      else this.#push(literal);
    }
  }

  /** The value of an instruction that is one. */
  #literal(opcode: number): PickleValue | undefined {
    const reader = this.#reader;
    switch (opcode) {
      case OPCODES.NONE:
        return null;
      case OPCODES.NEWTRUE:
        return true;
      case OPCODES.NEWFALSE:
        return false;
      case OPCODES.BININT1:
        return reader.byte();
      case OPCODES.BININT2:
        return reader.uint16();
      case OPCODES.BININT:
        return reader.int32();
      case OPCODES.LONG1:
        return reader.integer(reader.byte());
      case OPCODES.LONG4:
        return reader.integer(reader.uint32());
      case OPCODES.BINFLOAT:
        return reader.float64();
      case OPCODES.SHORT_BINUNICODE:
      case OPCODES.SHORT_BINSTRING:
        return reader.text(reader.byte());
      case OPCODES.BINUNICODE:
      case OPCODES.BINSTRING:
        return reader.text(reader.uint32());
      case OPCODES.BINUNICODE8:
        return reader.text(reader.uint64());
      case OPCODES.SHORT_BINBYTES:
        return reader.data(reader.byte());
      case OPCODES.BINBYTES:
        return reader.data(reader.uint32());
      case OPCODES.BINBYTES8:
      case OPCODES.BYTEARRAY8:
        return reader.data(reader.uint64());
      case OPCODES.EMPTY_TUPLE:
        return EMPTY_TUPLE;
      case OPCODES.EMPTY_LIST:
      case OPCODES.EMPTY_SET:
        return this.#counted(new PickleList());
      case OPCODES.EMPTY_DICT:
        return this.#counted(new PickleDict());
      case OPCODES.BINGET:
        return this.#recall(reader.byte());
      case OPCODES.LONG_BINGET:
        return this.#recall(reader.uint32());
      case OPCODES.GLOBAL:
        return this.#global(reader.line(), reader.line());
      default:
        return undefined;
    }
  }

  /** An instruction that works on the stack. */
  #operate(opcode: number): void {
    switch (opcode) {
      case OPCODES.PROTO:
        this.#reader.byte();
        break;
      case OPCODES.FRAME:
        this.#reader.uint64();
        break;
      case OPCODES.MARK:
        this.#marks.push(this.#stack.length);
        break;
      case OPCODES.POP:
        this.#pop();
        break;
      case OPCODES.POP_MARK:
        this.#popMark();
        break;
      case OPCODES.TUPLE1:
        this.#push(this.#counted(this.#popSome(1)));
        break;
      case OPCODES.TUPLE2:
        this.#push(this.#counted(this.#popSome(2)));
        break;
      case OPCODES.TUPLE3:
        this.#push(this.#counted(this.#popSome(3)));
        break;
      case OPCODES.TUPLE:
        this.#push(this.#counted(this.#popMark()));
        break;
      case OPCODES.LIST:
      case OPCODES.FROZENSET:
        this.#collect(new PickleList());
        break;
      case OPCODES.DICT:
        this.#collect(new PickleDict());
        break;
      case OPCODES.APPEND:
        this.#append(this.#popSome(1));
        break;
      case OPCODES.APPENDS:
      case OPCODES.ADDITEMS:
        this.#append(this.#popMark());
        break;
      case OPCODES.SETITEM:
        this.#setItems(this.#popSome(2));
        break;
      case OPCODES.SETITEMS:
        this.#setItems(this.#popMark());
        break;
      case OPCODES.BINPUT:
        this.#keep(this.#reader.byte());
        break;
      case OPCODES.LONG_BINPUT:
        this.#keep(this.#reader.uint32());
        break;
      case OPCODES.MEMOIZE:
        this.#keep(this.#memo.length);
        break;
      case OPCODES.STACK_GLOBAL: {
        const [module, name] = this.#popSome(2);
        this.#push(this.#global(module!, name!));
        break;
      }
      case OPCODES.BINPERSID:
        this.#push(this.#counted(this.#host.loadPersistent(this.#pop(), this.#refuse)));
        break;
      case OPCODES.REDUCE:
      case OPCODES.NEWOBJ:
        this.#call();
        break;
      case OPCODES.BUILD:
        this.#build();
        break;
      default:
        throw this.#refuse(`instruction ${this.#reader.name()} is none that a state dict needs`);
    }
  }

  #push(value: PickleValue): void {
    if (this.#stack.push(value) > MAX_STACK) {
      throw this.#refuse(`the stack must hold at most ${MAX_STACK} values, got more`);
    }
  }

  #pop(): PickleValue {
    this.#top();
    return this.#stack.pop()!;
  }

  /** The last value, which stays. */
  #top(): PickleValue {
    this.#requireValues(1);
    return this.#stack.at(-1)!;
  }

  #popSome(count: number): PickleValue[] {
    this.#requireValues(count);
    return this.#stack.splice(this.#stack.length - count);
  }

  #requireValues(count: number): void {
    const present = this.#stack.length - (this.#marks.at(-1) ?? 0);
    if (present < count)
      throw this.#refuse(`${this.#reader.name()} must find ${count} values, there are ${present}`);
  }

  #popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#refuse(`${this.#reader.name()} must follow a MARK, there is none`);
    return this.#stack.splice(mark);
  }

  #counted<Value>(value: Value): Value {
    if (++this.#objects > MAX_OBJECTS) {
      throw this.#refuse(`a pickle must make at most ${MAX_OBJECTS} objects, got more`);
    }
    return value;
  }

  /** A list or dictionary of everything since the mark. */
  #collect(collection: PickleList | PickleDict): void {
    const values = this.#popMark();
    this.#push(this.#counted(collection));
    if (collection instanceof PickleDict) this.#setItems(values);
    else this.#append(values);
  }

  #append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (list instanceof IgnoredObject) return;
    if (!(list instanceof PickleList)) {
      throw this.#refuse(`${this.#reader.name()} must find a list, got ${describeValue(list)}`);
    }
    list.items ??= [];
    for (const item of items) list.items.push(item);
  }

  #setItems(entries: readonly PickleValue[]): void {
    const dict = this.#top();
    if (entries.length % 2 !== 0) throw this.#refuse('a dictionary must get keys and values in pairs');
    if (dict instanceof IgnoredObject) return;
    if (!(dict instanceof PickleDict)) {
      throw this.#refuse(`${this.#reader.name()} must find a dictionary, got ${describeValue(dict)}`);
    }
    dict.entries ??= [];
    for (const entry of entries) dict.entries.push(entry);
  }

  #keep(index: number): void {
    if (index >= MAX_OBJECTS) throw this.#refuse(`memo ${index} must be below ${MAX_OBJECTS}`);
    this.#memo[index] = this.#counted(this.#top());
  }

  #recall(index: number): PickleValue {
    const value = this.#memo[index];
    if (value === undefined) throw this.#refuse(`memo ${index} must have been put, it was not`);
    return value;
  }

  #global(module: PickleValue, name: PickleValue): PickleValue {
    if (typeof module === 'string' && typeof name === 'string') {
      return this.#host.findGlobal(`${module}.${name}`, this.#refuse);
    }
    throw this.#refuse(
      `a global must be two strings, got ${describeValue(module)} and ${describeValue(name)}`,
    );
  }

  #call(): void {
    const [callee, args] = this.#popSome(2);
    if (!Array.isArray(args)) {
      throw this.#refuse(`${this.#reader.name()} must have a tuple of arguments, got ${describeValue(args)}`);
    }
    if (callee instanceof IgnoredObject) {
      this.#push(callee);
    } else if (callee instanceof PickleGlobal) {
      this.#push(this.#counted(this.#host.call(callee, args, this.#refuse)));
    } else {
      throw this.#refuse(`${this.#reader.name()} must call a function, got ${describeValue(callee)}`);
    }
  }

  /** Attributes of an object: those of dictionaries (a state dict's `_metadata`) and of ignored objects are left out. */
  #build(): void {
    this.#pop();
    const target = this.#top();
    if (target instanceof PickleDict || target instanceof IgnoredObject) return;
    throw this.#refuse(`BUILD must give attributes to a dictionary, got ${describeValue(target)}`);
  }
}
