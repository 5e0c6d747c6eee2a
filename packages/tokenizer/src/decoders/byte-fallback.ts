import type { Decoder, DecoderJson } from './decoder.ts';

/** Makes characters of runs of tokens for bytes, `<0xE4><0xB8><0xAD>`; a run that is no UTF-8 becomes U+FFFD, one per byte. */
export class ByteFallbackDecoder implements Decoder {
  readonly type = 'ByteFallback';

  decodeChain(tokens: readonly string[]): readonly string[] {
    const decoded: string[] = [];
    let bytes: number[] = [];
    const flush = (): void => {
      if (bytes.length === 0) return;
      try {
        decoded.push(strictDecoder.decode(Uint8Array.from(bytes)));
      } catch {
        for (const _ of bytes) decoded.push('\ufffd');
      }
      bytes = [];
    };
    for (const token of tokens) {
      const byte = byteOf(token);
      if (byte === undefined) {
        flush();
        decoded.push(token);
      } else {
        bytes.push(byte);
      }
    }
    flush();
    return decoded;
  }

  toJSON(): DecoderJson {
    return { type: this.type };
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The byte a token stands for. The reference reads `<0x+A>` too. */
function byteOf(token: string): number | undefined {
  const match = token.length === 6 ? /^<0x([0-9A-Fa-f]{2}|\+[0-9A-Fa-f])>$/.exec(token) : null;
  return match ? Number.parseInt(match[1]!, 16) : undefined;
}
