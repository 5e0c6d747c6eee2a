import { ModelBuffer } from './model-buffer.ts';
import { Parameter } from './parameter.ts';
import { StoredTensor } from './stored-tensor.ts';

/**
 * A part of a model: parameters, buffers and further modules held in plain properties.
 *
 * Names come from property paths, as in PyTorch: a model with `layers: Linear[]` has `layers.0.weight`, one with
 * `heads: { entity: Linear }` has `heads.entity.weight`. Only properties that hold a parameter, a buffer, a module, or
 * arrays and plain objects of those count; `#private` ones are not seen.
 *
 * @example
 * class Classifier extends Module {
 *   readonly hidden = new Linear(2, 8, { random: new RandomStream(0) });
 *   readonly output = new Linear(8, 3, { random: new RandomStream(1) });
 *   forward(x: Tensor): Tensor {
 *     return this.output.forward(tf.relu(this.hidden.forward(x)));
 *   }
 * }
 */
export abstract class Module {
  /** True while training: layers such as dropout act only then. Set it with {@link train} and {@link eval}. */
  training = true;

  /** Every parameter under its dotted name, in property order. A parameter held twice (tied) has its first name. */
  namedParameters(): Map<string, Parameter> {
    return ofKind(this.namedTensors(), Parameter);
  }

  /** Every buffer under its dotted name, in property order. */
  namedBuffers(): Map<string, ModelBuffer> {
    return ofKind(this.namedTensors(), ModelBuffer);
  }

  /** Every parameter and every buffer under its dotted name: all that a pass reads besides its inputs. */
  namedTensors(): Map<string, StoredTensor> {
    const names = new Map<StoredTensor, string>();
    visitMembers(this, ({ member, name }) => {
      if (member instanceof StoredTensor && !names.has(member)) names.set(member, name);
    });
    return new Map(Array.from(names, ([tensor, name]) => [name, tensor]));
  }

  /** This module, under the empty name, and those below it under their dotted names, each once. */
  namedModules(): Map<string, Module> {
    const modules = new Map<string, Module>([['', this]]);
    visitMembers(this, ({ member, name, first }) => {
      if (member instanceof Module && first) modules.set(name, member);
    });
    return modules;
  }

  /** Every parameter once, in the order of {@link namedParameters}. */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /** Number of weights, tied ones counted once, frozen ones included. */
  parameterCount(): number {
    return this.parameters().reduce((count, parameter) => count + parameter.data.length, 0);
  }

  /** This module and those below it, each once. */
  modules(): Module[] {
    return [...this.namedModules().values()];
  }

  /** Puts this module and those below it in training mode. */
  train(): this {
    for (const module of this.modules()) module.training = true;
    return this;
  }

  /** Puts this module and those below it in evaluation mode. */
  eval(): this {
    for (const module of this.modules()) module.training = false;
    return this;
  }
}

/** What a model is made of. */
export type Member = Module | StoredTensor;

/** Where a member hangs: `holder[key]` is the member. */
export interface Place {
  readonly member: Member;
  /** Dotted, from the root. */
  readonly name: string;
  readonly holder: object;
  readonly key: string;
  /** Whether the member was not met before. */
  readonly first: boolean;
}

/** Options of {@link visitMembers}. */
export interface VisitOptions {
  /**
   * Whether a module that is held at several places is entered at each, so that what it holds is visited under every
   * name; default only at the first. It is never entered inside itself.
   */
  readonly everyName?: boolean;
}

/**
 * Calls `visitor` for every place below `root` that holds a parameter, a buffer or a module, in property order.
 *
 * @throws {RangeError} if a key on the way to a member holds a dot, which would make names ambiguous
 */
export function visitMembers(
  root: Module,
  visitor: (place: Place) => void,
  { everyName = false }: VisitOptions = {},
): void {
  const met = new Set<Member>([root]);
  const entered = new Set<object>();
  const enter = (holder: object, path: readonly string[]): void => {
    if (entered.has(holder)) return;
    entered.add(holder);
    for (const [key, member] of Object.entries(holder)) {
      if (typeof member !== 'object' || member === null) continue; // quickly past a vocabulary, say
      const memberPath = [...path, key];
      if (member instanceof Module || member instanceof StoredTensor) {
        const dotted = memberPath.find((part) => part.includes('.'));
        if (dotted !== undefined) {
          throw new RangeError(`Module: keys on the way to a member must have no dots, got '${dotted}'.`);
        }
        visitor({ member, name: memberPath.join('.'), holder, key, first: !met.has(member) });
        met.add(member);
        if (member instanceof Module) enter(member, memberPath);
      } else if (isCollection(member)) enter(member, memberPath);
    }
    if (everyName) entered.delete(holder);
  };
  enter(root, []);
}

/**
 * The member of that name, which may be any of its names.
 *
 * @returns undefined if the model has no parameter, buffer or module of that name
 */
export function findMember(root: Module, name: string): Member | undefined {
  let found: unknown = root;
  for (const key of name.split('.')) {
    const holds = found instanceof Module || isCollection(found);
    if (!(holds && Object.hasOwn(found as object, key))) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found instanceof Module || found instanceof StoredTensor ? found : undefined;
}

/** Runs `fn` with the whole model in evaluation mode, then gives each module back the mode it had. */
export function inEvaluationMode<T>(model: Module, fn: () => T): T {
  const modes = model.modules().map((module) => [module, module.training] as const);
  model.eval();
  try {
    return fn();
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
}

/** Arrays and plain objects; an instance of some class is not ours to look into. */
function isCollection(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function ofKind<T extends StoredTensor>(
  tensors: ReadonlyMap<string, StoredTensor>,
  kind: new (...args: never[]) => T,
): Map<string, T> {
  return new Map([...tensors].filter((entry): entry is [string, T] => entry[1] instanceof kind));
}
