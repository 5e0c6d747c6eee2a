/**
 * The printable stand-ins for the 256 bytes that byte-level vocabularies are written in.
 *
 * Bytes that print in Latin-1 stand for themselves, the other 68 are moved to U+0100 and up, in order: the space is `Ġ`,
 * the newline `Ċ`. The mapping is one to one, so a token's text names its bytes exactly, half characters included.
 *
 * @see Radford et al. 2019 (GPT-2), `bytes_to_unicode` in encoder.py
 */
export interface ByteAlphabet {
  /** The stand-in of each byte. */
  readonly characters: readonly string[];
  /** The byte of each stand-in. */
  readonly bytes: ReadonlyMap<string, number>;
  /** All bytes in the order of their stand-ins, which is the order vocabularies list them in. */
  readonly order: readonly number[];
}

/** Builds the alphabet: 256 entries, cheap enough to build where it is needed. */
export function createByteAlphabet(): ByteAlphabet {
  const codes: number[] = [];
  let moved = 0;
  for (let byte = 0; byte < 256; byte++) codes.push(printsInLatin1(byte) ? byte : 256 + moved++);
  const characters = codes.map((code) => String.fromCharCode(code));
  return {
    characters,
    bytes: new Map(characters.map((character, byte) => [character, byte])),
    order: codes.map((_, byte) => byte).sort((a, b) => codes[a]! - codes[b]!),
  };
}

/**
 * The bytes a vocabulary entry stands for.
 *
 * An entry that is not written in the alphabet (a special token such as `<｜end｜>`) stands for its own UTF-8 bytes.
 */
export function tokenBytes(token: string, alphabet: ByteAlphabet): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let index = 0; index < token.length; index++) {
    const byte = alphabet.bytes.get(token[index]!);
    if (byte === undefined) return new TextEncoder().encode(token);
    bytes[index] = byte;
  }
  return bytes;
}

function printsInLatin1(byte: number): boolean {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}
