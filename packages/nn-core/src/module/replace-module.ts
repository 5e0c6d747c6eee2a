import { findMember, Module, visitMembers } from './module.ts';

/**
 * Puts another module in the place of one in a built model: how adapters get in. A module that is held at several
 * places is replaced at each of them.
 *
 * The new module may hold the old one. It gets the old one's mode, training or evaluation. Optimizers and compiled
 * functions made before do not see it: make them anew.
 *
 * @param name dotted, such as `blocks.0.attention.query`
 * @param make from the old module to the new one; it must offer what the model uses of the old one
 * @returns the new module
 * @throws {RangeError} if the model has no module of that name @throws {TypeError} if `make` does not return a module;
 * nothing is replaced then
 * @example
 * replaceModule(model, 'head', (old) => new Sequential([old, new Dropout(0.1)]));
 */
export function replaceModule<T extends Module>(model: Module, name: string, make: (old: Module) => T): T {
  const old = findMember(model, name);
  if (!(old instanceof Module) || old === model) throw noModule(model, name);
  const places: { holder: object; key: string }[] = [];
  visitMembers(model, (place) => {
    if (place.member === old) places.push(place);
  });
  const replacement = make(old);
  if (!(replacement instanceof Module)) {
    throw new TypeError(`replaceModule: make must return a Module, got ${String(replacement)}.`);
  }
  const known = new Set(old.modules());
  for (const module of replacement.modules()) if (!known.has(module)) module.training = old.training;
  for (const { holder, key } of places) (holder as Record<string, Module>)[key] = replacement;
  return replacement;
}

/** Says how far the name leads, and what stands there. */
function noModule(model: Module, name: string): RangeError {
  const names = [...model.namedModules().keys()].filter((each) => each !== '');
  const parts = name.split('.');
  const depth = parts.findLastIndex((_, index) => isAbove(parts.slice(0, index + 1).join('.'), names)) + 1;
  const prefix = parts.slice(0, depth).join('.');
  const below = depth === 0 ? names : names.filter((each) => each.startsWith(`${prefix}.`));
  const children = new Set(below.map((each) => each.split('.')[depth]));
  const hint = children.size > 0 ? ` ${prefix || 'The model'} has ${[...children].join(', ')}.` : '';
  return new RangeError(`replaceModule: name must be that of a module of the model, got '${name}'.${hint}`);
}

function isAbove(prefix: string, names: readonly string[]): boolean {
  return names.some((name) => name.startsWith(`${prefix}.`));
}
