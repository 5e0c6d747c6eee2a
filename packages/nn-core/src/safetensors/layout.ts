import { ELEMENT_TYPES, type ElementType, elementSize } from '../tensor-files/element-type.ts';
import { METADATA_KEY, PREFIX_BYTES } from './header.ts';

/** What the header says of a tensor besides its place. */
export interface LayoutEntry {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
}

/** A file that is to be written. */
export interface SafetensorsLayout {
  /** The file up to its first tensor. */
  readonly head: Uint8Array<ArrayBuffer>;
  /** In the order in which the tensors follow each other. */
  readonly names: readonly string[];
  /** Bytes of the whole file. */
  readonly fileSize: number;
}

/**
 * Lays a file out as Hugging Face's implementation does, byte for byte: tensors by type, larger elements first, and name,
 * the header padded with spaces so that the data is aligned to eight bytes.
 *
 * @param owner what errors start with
 * @throws {RangeError} if a name is reserved
 */
export function planSafetensors(
  entries: Iterable<readonly [name: string, entry: LayoutEntry]>,
  metadata: Readonly<Record<string, string>>,
  owner: string,
): SafetensorsLayout {
  const rank = new Map(ELEMENT_TYPES.map((type, index) => [type, index]));
  const sorted = [...entries].sort(
    ([nameA, { elementType: typeA }], [nameB, { elementType: typeB }]) =>
      rank.get(typeA)! - rank.get(typeB)! || compareCodePoints(nameA, nameB),
  );
  const fields: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) fields.push([METADATA_KEY, metadata]);
  let begin = 0;
  for (const [name, { elementType, shape }] of sorted) {
    if (name === METADATA_KEY) {
      throw new RangeError(`${owner}: tensors must not be named ${METADATA_KEY}, the format reserves it.`);
    }
    const end = shape.reduce((product, length) => product * length, elementSize(elementType)) + begin;
    fields.push([name, { dtype: elementType, shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  const json = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
  const header = new TextEncoder().encode(`{${json}}`);
  const head = new Uint8Array(PREFIX_BYTES + Math.ceil(header.length / 8) * 8).fill(0x20); // spaces
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - PREFIX_BYTES), true);
  head.set(header, PREFIX_BYTES);
  return { head, names: sorted.map(([name]) => name), fileSize: head.length + begin };
}

/** The order of UTF-8, which that of UTF-16 is not beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  let index = 0;
  while (index < a.length && a[index] === b[index]) index++;
  const [unitA, unitB] = [a.charCodeAt(index), b.charCodeAt(index)]; // NaN at the end of the shorter
  if (Number.isNaN(unitA) || Number.isNaN(unitB)) return Number.isNaN(unitA) ? -1 : 1;
  const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;
  if (isSurrogate(unitA) !== isSurrogate(unitB)) return isSurrogate(unitA) ? 1 : -1;
  return unitA - unitB;
}
