import { BytePairModel } from '../models/byte-pair.ts';
import type { Model } from '../models/model.ts';

/**
 * Whether the tokens of a word before a place and after it are those of the two parts, by the characters at that place; undefined
 * for models of which that is not known of any two characters.
 *
 * Of BPE it is, where no merge has a left part that ends with the one and a right part that begins with the other.
 */
export function modelSeams(model: Model): ((before: number, after: number) => boolean) | undefined {
  if (!(model instanceof BytePairModel)) return undefined;
  const { continuingSubwordPrefix, endOfWordSuffix, ignoreMerges } = model.options;
  if (continuingSubwordPrefix || endOfWordSuffix || ignoreMerges) return undefined;
  let borders: Set<number> | undefined;
  return (before, after) => {
    borders ??= mergedBorders(model);
    return (
      !borders.has(before * CODE_POINTS + after) &&
      // What happens to characters without a token depends on their neighbors.
      model.idOf(String.fromCodePoint(before)) !== undefined &&
      model.idOf(String.fromCodePoint(after)) !== undefined
    );
  };
}

const CODE_POINTS = 0x110000;

function mergedBorders(model: BytePairModel): Set<number> {
  const borders = new Set<number>();
  for (const [left, right] of model.toJSON().merges) {
    borders.add([...left].at(-1)!.codePointAt(0)! * CODE_POINTS + right.codePointAt(0)!);
  }
  return borders;
}
