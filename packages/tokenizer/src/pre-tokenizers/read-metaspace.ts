import type { JsonReader } from '../json-reader.ts';
import type { MetaspaceOptions, PrependScheme } from './metaspace.ts';

/** Reads the fields of a Metaspace pre-tokenizer or decoder; older files have `add_prefix_space` for `prepend_scheme`. */
export function readMetaspace(reader: JsonReader): Required<MetaspaceOptions> {
  const scheme = reader.field('prepend_scheme');
  let prependScheme: PrependScheme = reader.field('add_prefix_space').boolean(true) ? 'always' : 'never';
  if (!scheme.isAbsent) prependScheme = scheme.oneOf(['always', 'first', 'never']);
  return {
    replacement: reader.field('replacement').character(),
    prependScheme,
    split: reader.field('split').boolean(true),
  };
}
