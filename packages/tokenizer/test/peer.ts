import huggingFaceTokenizers from 'tokenizers';
import { expect } from 'vitest';
import { type Encoding, loadTokenizer, NormalizedText, type Tokenizer } from '../src/index.ts';

type Peer = huggingFaceTokenizers.Tokenizer;
type PeerEncoding = huggingFaceTokenizers.Encoding;

/** A tokenizer of this package, and the reference's for the same file. */
export interface Both {
  readonly tokenizer: Tokenizer;
  readonly peer: Peer;
}

export function loadBoth(json: unknown): Both {
  return {
    tokenizer: loadTokenizer(json),
    peer: huggingFaceTokenizers.Tokenizer.fromString(JSON.stringify(json)),
  };
}

const orNull = (values: Int32Array): (number | null)[] =>
  Array.from(values, (value) => (value < 0 ? null : value));

export interface Fields {
  ids: number[];
  tokens: string[];
  offsets: [number, number][];
  typeIds: number[];
  wordIds: (number | null)[];
  sequenceIds: (number | null)[];
  specialTokensMask: number[];
  attentionMask: number[];
}

export function fieldsOf(encoding: Encoding): Fields {
  return {
    ids: [...encoding.ids],
    tokens: [...encoding.tokens],
    offsets: encoding.offsets,
    typeIds: [...encoding.typeIds],
    wordIds: orNull(encoding.wordIds),
    sequenceIds: orNull(encoding.sequenceIds),
    specialTokensMask: [...encoding.specialTokensMask],
    attentionMask: [...encoding.attentionMask],
  };
}

export function peerFields(encoding: PeerEncoding): Fields {
  const attentionMask = encoding.getAttentionMask();
  return {
    ids: encoding.getIds(),
    tokens: encoding.getTokens(),
    offsets: encoding.getOffsets() as [number, number][],
    typeIds: encoding.getTypeIds(),
    wordIds: encoding.getWordIds().map((id) => id ?? null),
    // Padding is of no text; the reference counts it to the first where nothing else was put in.
    sequenceIds: encoding
      .getSequenceIds()
      .map((id, token) => (attentionMask[token] === 0 ? null : (id ?? null))),
    specialTokensMask: encoding.getSpecialTokensMask(),
    attentionMask,
  };
}

/** `toEqual` of plain values, many times faster where they are equal. */
export function expectEqual(ours: unknown, theirs: unknown): void {
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) expect(ours).toEqual(theirs);
}

/**
 * Whether the normalizer leaves nothing of an added token, which the reference then finds everywhere, or makes two the same, of
 * which it finds now the one and now the other.
 */
export function hasOddTokens({ normalizer, addedTokens }: Tokenizer): boolean {
  const texts = addedTokens
    .filter(({ normalized }) => normalized)
    .map(({ content }) => normalizer?.normalize(NormalizedText.of(content, false)).text ?? content);
  return texts.includes('') || new Set(texts).size < texts.length;
}

export interface SameOptions {
  readonly pair?: string;
  readonly addSpecialTokens?: boolean;
}

/** Checks everything that an encoding tells, and that ids alone are the same, or that both refuse the text. */
export async function expectSame(
  { tokenizer, peer }: Both,
  text: string,
  options: SameOptions = {},
): Promise<void> {
  const { pair, addSpecialTokens = true } = options;
  const { truncation } = tokenizer;
  const added = addSpecialTokens ? (tokenizer.postProcessor?.addedCount(pair !== undefined) ?? 0) : 0;
  if (truncation && truncation.maxLength < added) {
    // The reference does not truncate then.
    expect(() => tokenizer.encode(text, options)).toThrow(RangeError);
    return;
  }
  let theirs: PeerEncoding;
  try {
    theirs = await peer.encode(text, pair ?? null, { addSpecialTokens });
  } catch {
    expect(() => tokenizer.encode(text, options)).toThrow(RangeError);
    return;
  }
  let isLong = false;
  try {
    isLong = truncation !== undefined && isEarlyCut(tokenizer, pair === undefined ? [text] : [text, pair]);
  } catch {
    // Characters without tokens are an error, also where the reference has stopped before them.
    expect(() => tokenizer.encode(text, options)).toThrow(RangeError);
    return;
  }
  const ours = tokenizer.encodeWithOffsets(text, {
    ...options,
    offsetUnit: 'code-points',
    overflow: !isLong,
  });
  const compare = (our: Encoding, their: PeerEncoding): void => {
    const fields = peerFields(their);
    const own = fieldsOf(our);
    // What the reference cuts off on the left before it counts does not count as words; here it does.
    if (isLong && truncation?.direction === 'left') fields.wordIds = own.wordIds;
    // After truncation it takes the tokens of one text for those of the other.
    if (truncation) fields.sequenceIds = own.sequenceIds;
    expectEqual(own, fields);
  };
  compare(ours, theirs);
  expectEqual([...tokenizer.encode(text, options)], theirs.getIds());
  if (isLong) return; // the reference makes windows only of what it has not cut off early
  const windows = theirs.getOverflowing();
  expect(ours.overflowing).toHaveLength(windows.length);
  for (const [index, window] of windows.entries()) compare(ours.overflowing[index]!, window);
}

/** Whether the reference stops before it has made all the tokens. */
function isEarlyCut(tokenizer: Tokenizer, texts: readonly string[]): boolean {
  const whole = tokenizer.with({ truncation: undefined, padding: undefined, postProcessor: undefined });
  return texts.some((text) => whole.encode(text).length >= tokenizer.truncation!.maxLength);
}

/** Checks a batch, which is padded to one length. */
export async function expectSameBatch(
  { tokenizer, peer }: Both,
  texts: readonly string[],
  addSpecialTokens: boolean,
): Promise<void> {
  let theirs: PeerEncoding[];
  try {
    theirs = await peer.encodeBatch([...texts], { addSpecialTokens });
  } catch {
    expect(() => tokenizer.encodeBatch(texts, { addSpecialTokens })).toThrow(RangeError);
    return;
  }
  const ours = tokenizer.encodeBatchWithOffsets(texts, { addSpecialTokens, offsetUnit: 'code-points' });
  expectEqual(ours.map(fieldsOf), theirs.map(peerFields));
  expectEqual(
    tokenizer.encodeBatch(texts, { addSpecialTokens }).map((ids) => [...ids]),
    theirs.map((encoding) => encoding.getIds()),
  );
}

/** Checks the maps between characters, tokens and words of a text or pair. */
export async function expectSameMaps({ tokenizer, peer }: Both, text: string, pair?: string): Promise<void> {
  let theirs: PeerEncoding;
  try {
    theirs = await peer.encode(text, pair ?? null);
  } catch {
    return;
  }
  const ours = tokenizer.encodeWithOffsets(text, {
    ...(pair === undefined ? {} : { pair }),
    offsetUnit: 'code-points',
  });
  expectEqual(ours.sequenceCount, theirs.getNSequences());
  for (let token = 0; token <= ours.length; token++) {
    expectEqual(
      [
        ours.tokenToSequence(token) ?? null,
        ours.tokenToWord(token) ?? null,
        ours.tokenToChars(token) ?? null,
      ],
      [
        theirs.tokenToSequence(token) ?? null,
        theirs.tokenToWord(token) ?? null,
        theirs.tokenToChars(token) ?? null,
      ],
    );
  }
  for (const [sequence, input] of (pair === undefined ? [text] : [text, pair]).entries()) {
    for (let position = 0; position <= [...input].length; position++) {
      expectEqual(
        [ours.charToToken(position, sequence) ?? null, ours.charToWord(position, sequence) ?? null],
        [theirs.charToToken(position, sequence) ?? null, theirs.charToWord(position, sequence) ?? null],
      );
    }
    for (let word = 0; word <= Math.max(...ours.wordIds, 0) + 1; word++) {
      expectEqual(
        [ours.wordToTokens(word, sequence) ?? null, ours.wordToChars(word, sequence) ?? null],
        [theirs.wordToTokens(word, sequence) ?? null, theirs.wordToChars(word, sequence) ?? null],
      );
    }
  }
}

/** Checks the text of ids, with and without special tokens, and that it is the same when it is decoded step by step. */
export async function expectSameText({ tokenizer, peer }: Both, ids: readonly number[]): Promise<void> {
  for (const skipSpecialTokens of [false, true]) {
    const text = tokenizer.decode(ids, { skipSpecialTokens });
    expectEqual(text, await peer.decode([...ids], skipSpecialTokens));
    const stream = tokenizer.createTextDecoder({ skipSpecialTokens });
    const streamed = ids.map((id) => stream.push(id)).join('') + stream.end();
    // What was shown is not taken back; decoding all at once does, of characters in a run of bytes that turns out bad.
    const { type } = tokenizer.decoder ?? {};
    if (type === 'Sequence') continue; // some make other tokens of several together than of each, so that no stream can know them
    if (!text.includes('\ufffd') || type === 'ByteLevel') expectEqual(streamed, text);
  }
}
