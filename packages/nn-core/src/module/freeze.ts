import { type Module, visitMembers } from './module.ts';
import { describePattern, type NamePattern, namePathMatcher } from './name-pattern.ts';
import { Parameter } from './parameter.ts';

/**
 * Freezes parameters: training gives them no gradient and no update. What is frozen when a training step is compiled
 * stays so in it.
 *
 * @param pattern names of parameters, or of modules for all that stands below them; default all. A tied parameter is
 * meant by each of its names.
 * @returns the names of the parameters it matched, frozen before or not
 * @throws {RangeError} if the pattern matches nothing
 * @example
 * freeze(model); // everything, but
 * unfreeze(model, ['head', 'blocks.{10,11}', /norm/i]);
 */
export function freeze(model: Module, pattern: NamePattern = '**'): string[] {
  return setTrainable('freeze', model, pattern, false);
}

/** Undoes {@link freeze}. */
export function unfreeze(model: Module, pattern: NamePattern = '**'): string[] {
  return setTrainable('unfreeze', model, pattern, true);
}

function setTrainable(owner: string, model: Module, pattern: NamePattern, trainable: boolean): string[] {
  const matches = namePathMatcher(pattern);
  const meant = new Set<Parameter>();
  visitMembers(
    model,
    ({ member, name }) => {
      if (member instanceof Parameter && matches(name)) meant.add(member);
    },
    { everyName: true },
  );
  if (meant.size === 0) {
    throw new RangeError(
      `${owner}: pattern must match a parameter of the model, got ${describePattern(pattern)}. Its names are those of namedParameters().`,
    );
  }
  for (const parameter of meant) parameter.trainable = trainable;
  return [...model.namedParameters()].filter(([, parameter]) => meant.has(parameter)).map(([name]) => name);
}
