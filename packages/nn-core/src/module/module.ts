import { Parameter } from './parameter.ts';

/**
 * A part of a model: parameters and further modules held in plain properties.
 *
 * Names come from property paths, as in PyTorch: a model with `layers: Linear[]` has `layers.0.weight`. Only
 * properties that hold a parameter, a module, or an array of those count; `#private` ones are not seen.
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
    const names = new Map<Parameter, string>();
    visit(this, (member, name) => {
      if (member instanceof Parameter && !names.has(member)) names.set(member, name);
    });
    return new Map(Array.from(names, ([parameter, name]) => [name, parameter]));
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
    const modules: Module[] = [this];
    visit(this, (member) => {
      if (member instanceof Module) modules.push(member);
    });
    return modules;
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

type Visitor = (member: Module | Parameter, name: string) => void;

/** Calls `visitor` for each member below `root`; a module reached twice is entered once. */
function visit(root: Module, visitor: Visitor): void {
  const entered = new Set<Module>();
  const enter = (holder: Module | readonly unknown[], prefix: string): void => {
    for (const [key, member] of Object.entries(holder)) {
      const name = `${prefix}${key}`;
      if (member instanceof Parameter) visitor(member, name);
      else if (Array.isArray(member)) enter(member, `${name}.`);
      else if (member instanceof Module && !entered.has(member)) {
        entered.add(member);
        visitor(member, name);
        enter(member, `${name}.`);
      }
    }
  };
  entered.add(root);
  enter(root, '');
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
