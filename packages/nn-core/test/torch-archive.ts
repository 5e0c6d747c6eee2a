/** A ZIP archive of entries as they are, for files that no library would write. */
export function storedZip(entries: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  const add = (list: Uint8Array[], bytes: Uint8Array): void => void list.push(bytes);
  for (const [name, contents] of Object.entries(entries)) {
    const encoded = new TextEncoder().encode(name);
    const local = record(
      30,
      0x04034b50,
      { 18: contents.length, 22: contents.length },
      { 26: encoded.length },
    );
    const sizes = { 20: contents.length, 24: contents.length, 42: offset };
    add(directory, record(46, 0x02014b50, sizes, { 28: encoded.length }));
    add(directory, encoded);
    for (const part of [local, encoded, contents]) add(parts, part);
    offset += local.length + encoded.length + contents.length;
  }
  const count = Object.keys(entries).length;
  const directorySize = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record(22, 0x06054b50, { 12: directorySize, 16: offset }, { 8: count, 10: count });
  return joinBytes([...parts, ...directory, end]);
}

/** A pickle from its instructions: a string is a byte for each letter. */
export function writePickle(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) =>
    typeof part === 'string' ? Uint8Array.from(part, (letter) => letter.charCodeAt(0)) : part,
  );
  return joinBytes([Uint8Array.of(0x80, 2), ...bytes, Uint8Array.of(0x2e)]);
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A record of the format: its signature, and numbers of 32 and of 16 bits by their places. */
function record(
  size: number,
  signature: number,
  words: Readonly<Record<number, number>>,
  halves: Readonly<Record<number, number>>,
): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  for (const [at, value] of Object.entries(words)) view.setUint32(Number(at), value, true);
  for (const [at, value] of Object.entries(halves)) view.setUint16(Number(at), value, true);
  return bytes;
}
