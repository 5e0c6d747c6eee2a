// AssemblyScript: byte-level BPE from UTF-8 to ids in one loop: pieces are scanned, looked up in a cache, and merged if they are new. Built
// into src/byte-pair/kernel/byte-pair-kernel.wasm.ts by assembly/build.js. The host (byte-pair-kernel.ts) lays the memory out, fills the tables
// and brings the text in, chunk by chunk. Scanners say what src/byte-pair/piece-scanner.ts says, which is the place to read first; words of ASCII
// take a shorter way, 16 letters at a time.

/** Classes of characters, one bit each, as in src/byte-pair/scan-classes.ts. */
const UPPER: u32 = 1;
const LOWER: u32 = 2;
const CASELESS: u32 = 4;
const MARK: u32 = 8;
const NUMBER: u32 = 16;
const LINE_BREAK: u32 = 64;
const OTHER: u32 = 128;
const LETTER: u32 = UPPER | LOWER | CASELESS;
const WHITE: u32 = 32 | LINE_BREAK;
const CAPITALS: u32 = UPPER | CASELESS | MARK;
const SMALLS: u32 = LOWER | CASELESS | MARK;
const NO_PREFIX: u32 = LETTER | NUMBER | LINE_BREAK;

const GPT2: i32 = 0;
const CASED: i32 = 2;

/** The classes of ASCII; all other places are the host's. */
export const ascii: usize = 1024;
/** Longer pieces, in bytes, are merged by the host. */
export const longest: usize = 256;
/** Ids of the piece that is being merged, and the merge of each with the next. */
const IDS: usize = 2048;
const MERGES: usize = 4096;

/** A slot on its way into the cache. */
const SLOT: usize = 512;
/** What `encode` says: how many ids it wrote, and the end of the piece it stopped at because it is too long, else 0. */
export const report: usize = 544;
/** For pieces of 0 to 16 bytes: which of 16 bytes are theirs. */
const MASKS: usize = 576;

// A slot has 32 bytes: the first 16 of the piece (of longer ones a hash of all and the first 8), how many there are with the number of ids in
// the high half, and up to three ids. What does not fit stands in a record, which the first id's place says, with 0 for the number of ids.
const SLOT_SIZE: usize = 5;
const TAG: usize = 16;
const VALUES: usize = 20;

/** A merge is a number of 64 bits: its rank, by which merges compare, and in the low half the id of what it makes. */
const NONE: u64 = ~(<u64>0);
const EMPTY: u64 = ~(<u64>0);
/** Odd factors that spread the bits of what is hashed. */
// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const SPREAD: u64 = 0x9e3779b97f4a7c15;
// biome-ignore lint/correctness/noPrecisionLoss: 64 bits in AssemblyScript
const MIX: u64 = 0xbf58476d1ce4e5b9;

// The rule that pieces are scanned by: see split-patterns.ts.
let style: i32 = 0;
/** 0 none, 1 small, 2 ASCII, 3 folded. */
let contractions: i32 = 0;
let digits: i32 = 0;
let letters: u32 = 0;
let punctuation: u32 = 0;
let slashes: bool = false;
let wholeTail: bool = false;

export function setRule(
  newStyle: i32,
  newContractions: i32,
  newDigits: i32,
  marks: bool,
  newSlashes: bool,
  newWholeTail: bool,
): void {
  style = newStyle;
  contractions = newContractions;
  digits = newDigits;
  letters = marks ? LETTER | MARK : LETTER;
  punctuation = marks ? OTHER : OTHER | MARK;
  slashes = newSlashes;
  wholeTail = newWholeTail;
}

/** Of each 128 code points, which block of `classes` has theirs, 16 bits. */
let blocks: usize = 0;
let classes: usize = 0;
/** By two bytes, first byte high: their merge, or NONE. */
let byteMerges: usize = 0;
let byteIds: usize = 0;
/** A hash table of pairs: the left id in the high half and the right one in the low, then the merge. */
let pairs: usize = 0;
let pairMask: usize = 0;
/** A bit for each value of the pairs' hash, 0 if no pair has it. It keeps most of those that are no pair away from the table. */
let filter: usize = 0;
let filterShift: u64 = 0;
/** A hash table of pieces, and the records of those that do not fit into a slot. */
let cache: usize = 0;
let smallestCache: usize = 0;
let largestCache: usize = 0;
let cacheSlots: usize = 0;
/** Which bits of a hash are the slot: the highest, which all letters of a piece have a share in. */
let cacheShift: u64 = 0;
let cacheCount: usize = 0;
let arena: usize = 0;
let arenaTop: usize = 0;
let arenaEnd: usize = 0;
/** Slots that stay when the cache is emptied. */
let pins: usize = 0;
let pinCount: usize = 0;
let output: usize = 0;
/** How many merges the tables have. */
export let mergeCount: u32 = 0;

export function setPlaces(
  newBlocks: usize,
  newClasses: usize,
  newByteMerges: usize,
  newByteIds: usize,
  newPairs: usize,
  pairSlots: usize,
  newFilter: usize,
  filterBits: i32,
): void {
  blocks = newBlocks;
  classes = newClasses;
  byteMerges = newByteMerges;
  byteIds = newByteIds;
  pairs = newPairs;
  pairMask = pairSlots - 1;
  filter = newFilter;
  filterShift = 64 - filterBits;
}

export function setCache(
  newCache: usize,
  smallest: usize,
  largest: usize,
  newArena: usize,
  newArenaEnd: usize,
  newPins: usize,
  newOutput: usize,
): void {
  cache = newCache;
  smallestCache = smallest;
  largestCache = largest;
  arena = newArena;
  arenaEnd = newArenaEnd;
  pins = newPins;
  pinCount = 0;
  output = newOutput;
  arenaTop = arena;
  for (let length: usize = 0; length <= 16; length++) memory.fill(MASKS + (length << 4), 0xff, length);
  forget();
}

/** Empties the cache. */
export function forget(): void {
  setSlots(smallestCache);
  cacheCount = pinCount;
  arenaTop = arena;
  while (cacheCount << 2 > cacheSlots && cacheSlots < largestCache) setSlots(cacheSlots << 2);
  memory.fill(cache, 0, cacheSlots << SLOT_SIZE);
  for (let index: usize = 0; index < pinCount; index++) insertSlot(pins + (index << SLOT_SIZE));
}

function setSlots(count: usize): void {
  cacheSlots = count;
  cacheShift = 64 - <u64>ctz(count);
}

/** Copies a slot to where it belongs. */
function insertSlot(from: usize): void {
  let slot = slotOf(load<u64>(from), load<u64>(from, 8));
  while (load<u32>(cache + (slot << SLOT_SIZE), TAG) !== 0) slot = (slot + 1) & (cacheSlots - 1);
  const at = cache + (slot << SLOT_SIZE);
  v128.store(at, v128.load(from));
  v128.store(at, v128.load(from, 16), 16);
}

function hashOfPair(key: u64): u64 {
  const hash = key * SPREAD;
  return (hash ^ (hash >> 29)) * MIX;
}

/** Empties the tables of merges. To be called before any are added. */
export function clearMerges(): void {
  mergeCount = 0;
  memory.fill(pairs, 0xff, (pairMask + 1) << 4);
  memory.fill(byteMerges, 0xff, 8 << 16);
}

/** Puts a merge into the table, after all others. The later of two equal pairs counts. */
export function addMerge(left: u32, right: u32, product: u32): void {
  const key = ((<u64>left) << 32) | <u64>right;
  const hash = hashOfPair(key);
  const bit = hash >> filterShift;
  const byte = filter + <usize>(bit >> 3);
  store<u8>(byte, <u8>(<u32>load<u8>(byte) | (1 << (<u32>bit & 7))));
  let slot = <usize>hash & pairMask;
  while (true) {
    const found = load<u64>(pairs + (slot << 4));
    if (found === EMPTY || found === key) break;
    slot = (slot + 1) & pairMask;
  }
  store<u64>(pairs + (slot << 4), key);
  store<u64>(pairs + (slot << 4), ((<u64>mergeCount) << 32) | <u64>product, 8);
  mergeCount++;
}

/** Adds merges: pairs of ids at `source`, what they make at `products`. */
export function addMerges(source: usize, products: usize, count: u32): void {
  for (let rank: u32 = 0; rank < count; rank++) {
    const at = source + ((<usize>rank) << 3);
    addMerge(load<u32>(at), load<u32>(at, 4), load<u32>(products + ((<usize>rank) << 2)));
  }
  for (let left: usize = 0; left < 256; left++) {
    for (let right: usize = 0; right < 256; right++) {
      const merge = mergeOf(load<u32>(byteIds + (left << 2)), load<u32>(byteIds + (right << 2)));
      store<u64>(byteMerges + (((left << 8) | right) << 3), merge);
    }
  }
}

/**
 * Finds the merges of tokens that are ranked, as src/byte-pair/recover-merges.ts says, and adds them: token `id` is the bytes from its start
 * to its end, both counted from `bytes`, none longer than `longest`. Pairs and products are written as `addMerges` reads them.
 *
 * @returns the first id, from `id` on, that its merge is not found of, because lower ranks do not leave two parts of it; else `size`
 */
export function recoverMerges(
  bytes: usize,
  starts: usize,
  ends: usize,
  target: usize,
  products: usize,
  id: u32,
  size: u32,
): u32 {
  for (; id < size; id++) {
    const place = (<usize>id) << 2;
    const piece = bytes + load<u32>(starts + place);
    const length = bytes + load<u32>(ends + place) - piece;
    if (length < 2) continue;
    if (merge(piece, length) !== 2) return id;
    const left = load<u32>(IDS);
    const right = load<u32>(IDS, 4);
    store<u32>(target + ((<usize>mergeCount) << 3), left);
    store<u32>(target + ((<usize>mergeCount) << 3), right, 4);
    store<u32>(products + ((<usize>mergeCount) << 2), id);
    if (length === 2) {
      const both = ((<usize>load<u8>(piece)) << 8) | <usize>load<u8>(piece, 1);
      store<u64>(byteMerges + (both << 3), ((<u64>mergeCount) << 32) | <u64>id);
    }
    addMerge(left, right, id);
  }
  return size;
}

/** Which id, from `id` on, merges do not make of a token's bytes, given as for `recoverMerges`; else `size`. Empty tokens are passed over. */
export function findUnmerged(bytes: usize, starts: usize, ends: usize, id: u32, size: u32): u32 {
  for (; id < size; id++) {
    const place = (<usize>id) << 2;
    const piece = bytes + load<u32>(starts + place);
    const length = bytes + load<u32>(ends + place) - piece;
    if (length === 0) continue;
    if (length > longest || merge(piece, length) !== 1 || load<u32>(IDS) !== id) return id;
  }
  return size;
}

function mergeOf(left: u32, right: u32): u64 {
  const key = ((<u64>left) << 32) | <u64>right;
  const hash = hashOfPair(key);
  const bit = hash >> filterShift;
  if (!(load<u8>(filter + <usize>(bit >> 3)) & (1 << (<u32>bit & 7)))) return NONE;
  let slot = <usize>hash & pairMask;
  while (true) {
    const found = load<u64>(pairs + (slot << 4));
    if (found === key) return load<u64>(pairs + (slot << 4), 8);
    if (found === EMPTY) return NONE;
    slot = (slot + 1) & pairMask;
  }
}

/** Merges the bytes of a piece into IDS; returns how many ids there are. */
export function merge(piece: usize, length: usize): usize {
  let previous: usize = load<u8>(piece);
  store<u32>(IDS, load<u32>(byteIds + (previous << 2)));
  for (let index: usize = 1; index < length; index++) {
    const byte: usize = load<u8>(piece + index);
    store<u32>(IDS + (index << 2), load<u32>(byteIds + (byte << 2)));
    store<u64>(MERGES - 8 + (index << 3), load<u64>(byteMerges + (((previous << 8) | byte) << 3)));
    previous = byte;
  }
  let last = length - 1;
  while (last > 0) {
    let best = NONE;
    let at: usize = 0;
    for (let index: usize = 0; index < last; index++) {
      // Without a branch, which would seldom be foreseen.
      const merge = load<u64>(MERGES + (index << 3));
      const isBetter = merge < best;
      best = select(merge, best, isBetter);
      at = select(index, at, isBetter);
    }
    if (best === NONE) break;
    const product = <u32>best;
    store<u32>(IDS + (at << 2), product);
    last--;
    for (let index = at + 1; index <= last; index++) {
      store<u32>(IDS + (index << 2), load<u32>(IDS + (index << 2), 4));
      store<u64>(MERGES + (index << 3), load<u64>(MERGES + (index << 3), 8));
    }
    if (at < last) store<u64>(MERGES + (at << 3), mergeOf(product, load<u32>(IDS + (at << 2), 4)));
    if (at > 0) store<u64>(MERGES - 8 + (at << 3), mergeOf(load<u32>(IDS - 4 + (at << 2)), product));
  }
  return last + 1;
}

/** Whether the scanner has come to the end of the chunk, after which the text may go on. */
let touchedEnd: bool = false;

/** The class of a character that is not ASCII, and its length in bits 8 and up. A byte 0xff, which no UTF-8 has, ends the chunk. */
function wide(at: usize, first: u32): u32 {
  let codePoint: u32;
  let length: u32;
  if (first < 0xe0) {
    codePoint = ((first & 0x1f) << 6) | (<u32>load<u8>(at, 1) & 0x3f);
    length = 0x200;
  } else if (first < 0xf0) {
    codePoint = ((first & 0xf) << 12) | ((<u32>load<u8>(at, 1) & 0x3f) << 6) | (<u32>load<u8>(at, 2) & 0x3f);
    length = 0x300;
  } else if (first === 0xff) {
    touchedEnd = true;
    return 0x100;
  } else {
    codePoint =
      ((first & 7) << 18) |
      ((<u32>load<u8>(at, 1) & 0x3f) << 12) |
      ((<u32>load<u8>(at, 2) & 0x3f) << 6) |
      (<u32>load<u8>(at, 3) & 0x3f);
    length = 0x400;
  }
  const block: usize = load<u16>(blocks + ((codePoint >> 7) << 1));
  return length | <u32>load<u8>(classes + (block << 7) + (codePoint & 127));
}

function peek(at: usize): u32 {
  const byte: u32 = load<u8>(at);
  return byte < 0x80 ? 0x100 | <u32>load<u8>(ascii + byte) : wide(at, byte);
}

/** The end of the letters of ASCII from `at` on. */
function asciiLettersEnd(at: usize): usize {
  while (true) {
    const bits = i8x16.bitmask(inRange(v128.or(v128.load(at), i8x16.splat(0x20)), 0x61));
    if (bits !== 0xffff) return at + <usize>ctz(~bits);
    at += 16;
  }
}

/** Which of 16 bytes are among the 26 from `first` on. */
function inRange(bytes: v128, first: i32): v128 {
  // Signed, as there are instructions for that: from −128 on.
  return i8x16.lt_s(i8x16.sub(bytes, i8x16.splat(<i8>(first - 128))), i8x16.splat(<i8>(26 - 128)));
}

/** The end of a word of ASCII in a piece: capitals, then small letters. 0 where that is not known: because of other letters, or many. */
function asciiCasedEnd(at: usize): usize {
  const bytes = v128.load(at);
  const capitals = ctz(~i8x16.bitmask(inRange(bytes, 0x41)));
  const smalls = ctz(~(i8x16.bitmask(inRange(bytes, 0x61)) >> capitals));
  const end = at + <usize>(capitals + smalls);
  return capitals + smalls < 16 && load<u8>(end) < 0x80 ? end : 0;
}

function runEnd(start: usize, mask: u32): usize {
  let at = start;
  while (true) {
    const byte: u32 = load<u8>(at);
    if (byte < 0x80) {
      if (!(<u32>load<u8>(ascii + byte) & mask)) return at;
      at++;
    } else {
      const kind = wide(at, byte);
      if (!(kind & mask)) return at;
      at += kind >> 8;
    }
  }
}

/** The end of the contraction whose apostrophe is at `start`; `start` if there is none. */
function contractionEnd(start: usize): usize {
  if (contractions === 0 || load<u8>(start) !== 0x27) return start;
  let first: u32 = load<u8>(start, 1);
  if (first === 0xff) touchedEnd = true;
  if (contractions === 3 && first === 0xc5 && load<u8>(start, 2) === 0xbf) return start + 3;
  let second: u32 = load<u8>(start, 2);
  if (first !== 0xff && second === 0xff) touchedEnd = true;
  if (contractions > 1) {
    if (first - 65 < 26) first |= 0x20;
    if (second - 65 < 26) second |= 0x20;
  }
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return start + 2;
  if ((first === 0x72 || first === 0x76) && second === 0x65) return start + 3;
  return first === 0x6c && second === 0x6c ? start + 3 : start;
}

/** How many spaces there are at a place: up to 16, and none where there is only one. */
function spacesAt(at: usize): usize {
  if (load<u16>(at) !== 0x2020) return 0;
  return <usize>ctz(~i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0x20))));
}

function spaceEnd(start: usize): usize {
  let at = start;
  let last = start;
  let afterBreak = start;
  let kind: u32;
  while (true) {
    const spaces = spacesAt(at);
    if (spaces > 0) {
      at += spaces;
      last = at - 1;
    }
    kind = peek(at);
    if (!(kind & WHITE)) break;
    last = at;
    at += kind >> 8;
    if (kind & LINE_BREAK) afterBreak = at;
  }
  const isEnd = (kind & 0xff) === 0;
  if (style !== GPT2) {
    if (wholeTail && isEnd) return at;
    if (afterBreak > start) return afterBreak;
  }
  return isEnd || last === start ? at : last;
}

function casedRunEnd(start: usize, allowsCapitals: bool): usize {
  let at = start;
  let lastBoth = start;
  while (true) {
    const kind = peek(at);
    if (!(kind & CAPITALS)) break;
    at += kind >> 8;
    if (!(kind & UPPER)) lastBoth = at;
  }
  const end = runEnd(at, SMALLS);
  if (end > at) return end;
  if (lastBoth > start) return lastBoth;
  return allowsCapitals ? at : start;
}

function casedWordEnd(start: usize, first: u32): usize {
  if (first & NO_PREFIX) return first & LETTER ? casedRunEnd(start, true) : start;
  const at = start + (first >> 8);
  const end = casedRunEnd(at, false);
  if (end > at) return end;
  if (first & MARK) return at;
  const capitals = runEnd(at, CAPITALS);
  return capitals > at ? capitals : start;
}

function plainWordEnd(start: usize, first: u32): usize {
  if (first & letters) return runEnd(start, letters);
  if (first & NO_PREFIX) return start;
  const at = start + (first >> 8);
  const end = runEnd(at, letters);
  return end > at ? end : start;
}

/** Where the letters of a piece begin that is a word, and begins with a character of ASCII. */
function wordStart(start: usize, byte: u32): usize {
  if (style === GPT2) return start + usize(byte === 0x20);
  return start + usize((<u32>load<u8>(ascii + byte) & NO_PREFIX) === 0);
}

/** The end of a piece that is a word of ASCII, whose letters begin at `at`; 0 if there are none, or it may go on beyond ASCII. */
function asciiWordEnd(at: usize): usize {
  if (style === CASED) {
    const end = asciiCasedEnd(at);
    return end > at ? contractionEnd(end) : 0;
  }
  const end = asciiLettersEnd(at);
  return end > at && load<u8>(end) < 0x80 ? end : 0;
}

/** The end of the piece that starts at `start`, which is before the end of the chunk. */
export function pieceEnd(start: usize): usize {
  const byte: u32 = load<u8>(start);
  let mayBeWord = true;
  if (byte !== 0x27 && byte < 0x80) {
    const at = wordStart(start, byte);
    const letter: u32 = load<u8>(at);
    mayBeWord = letter >= 0x80 || (<u32>load<u8>(ascii + letter) & LETTER) !== 0;
    if (mayBeWord) {
      const end = asciiWordEnd(at);
      if (end > 0) return end;
    }
  }
  const first = peek(start);
  if (style === GPT2) {
    if (byte === 0x27) {
      const end = contractionEnd(start);
      if (end > start) return end;
    }
    const at = byte === 0x20 ? start + 1 : start;
    const kind = peek(at);
    if (kind & LETTER) return runEnd(at, LETTER);
    if (kind & NUMBER) return runEnd(at, NUMBER);
    if (kind & (OTHER | MARK)) return runEnd(at, OTHER | MARK);
    return spaceEnd(start);
  }
  if (style === CASED) {
    const end = mayBeWord ? casedWordEnd(start, first) : start;
    if (end > start) return contractionEnd(end);
  } else {
    if (byte === 0x27) {
      const end = contractionEnd(start);
      if (end > start) return end;
    }
    const end = mayBeWord ? plainWordEnd(start, first) : start;
    if (end > start) return end;
  }
  if (first & NUMBER) {
    let at = start;
    let kind = first;
    for (let count = 0; count < digits; count++) {
      if (!(kind & NUMBER)) break;
      at += kind >> 8;
      kind = peek(at);
    }
    return at;
  }
  const at = byte === 0x20 ? start + 1 : start;
  let end = runEnd(at, punctuation);
  if (end === at) return spaceEnd(start);
  while (true) {
    const next: u32 = load<u8>(end);
    if (next === 0xff) touchedEnd = true;
    if (next !== 10 && next !== 13 && !(slashes && next === 0x2f)) return end;
    end++;
  }
}

/** Of a piece of more than 16 bytes. */
function hashOfLong(piece: usize, length: usize): u64 {
  let hash: u64 = length;
  const last = piece + length - 8;
  for (let at = piece; at < last; at += 8) {
    hash = (hash ^ load<u64>(at)) * SPREAD;
    hash ^= hash >> 32;
  }
  return (hash ^ load<u64>(last)) * MIX;
}

/** What a piece is looked up by. */
function keyOf(piece: usize, length: usize): v128 {
  if (length <= 16) return v128.and(v128.load(piece), v128.load(MASKS + (length << 4)));
  return i64x2.replace_lane(i64x2.splat(load<u64>(piece)), 0, hashOfLong(piece, length));
}

function slotOf(first: u64, second: u64): usize {
  return <usize>(((first * SPREAD) ^ (second * MIX)) >> cacheShift);
}

function isRecordOf(record: usize, piece: usize, length: usize): bool {
  const last = length - 8;
  for (let at: usize = 0; at < last; at += 8) {
    if (load<u64>(record + at) !== load<u64>(piece + at)) return false;
  }
  return load<u64>(record + last) === load<u64>(piece + last);
}

/** Room for a piece's bytes in its record; shorter ones are in their slots. */
function bytesRoom(length: usize): usize {
  return length <= 16 ? 0 : (length + 7) & ~7;
}

/** Copies ids, at least three: the places behind the last one are written over by what follows. */
function copyIds(to: usize, from: usize, count: usize): void {
  store<u64>(to, load<u64>(from));
  store<u32>(to, load<u32>(from, 8), 8);
  for (let at: usize = 12; at < count << 2; at += 4) store<u32>(to + at, load<u32>(from + at));
}

/** Puts a piece of `count` ids, which are in IDS, into the cache. */
function remember(piece: usize, length: usize, key: v128, count: usize): void {
  const room = bytesRoom(length);
  // With room for two more ids, as ids are copied three at a time.
  const size = (room + 12 + (count << 2) + 7) & ~7;
  if (cacheCount << 1 >= cacheSlots) {
    if (cacheSlots < largestCache) growCache();
    else forget();
  }
  if (arenaTop + size > arenaEnd) forget();
  cacheCount++;
  v128.store(SLOT, key);
  if (count <= 3 && room === 0) {
    store<u32>(SLOT, <u32>length | ((<u32>count) << 16), TAG);
    store<u64>(SLOT, load<u64>(IDS), VALUES);
    store<u32>(SLOT, load<u32>(IDS, 8), VALUES + 8);
  } else {
    store<u32>(SLOT, <u32>length, TAG);
    store<u32>(SLOT, <u32>arenaTop, VALUES);
    if (room > 0) memory.copy(arenaTop, piece, length);
    store<u32>(arenaTop + room, <u32>count);
    copyIds(arenaTop + room + 4, IDS, count);
    arenaTop += size;
  }
  insertSlot(SLOT);
}

/** Four times the slots. What they hold goes over by way of the room behind the largest cache. */
function growCache(): void {
  const old = cache + (largestCache << SLOT_SIZE);
  const oldSlots = cacheSlots;
  memory.copy(old, cache, oldSlots << SLOT_SIZE);
  setSlots(cacheSlots << 2);
  memory.fill(cache, 0, cacheSlots << SLOT_SIZE);
  for (let index: usize = 0; index < oldSlots; index++) {
    const from = old + (index << SLOT_SIZE);
    if (load<u32>(from, TAG) !== 0) insertSlot(from);
  }
}

/** Gives a piece an id whatever merges make of it, for good. To be called before anything is encoded. */
export function pin(piece: usize, length: usize, id: u32): void {
  store<u32>(IDS, id);
  remember(piece, length, keyOf(piece, length), 1);
  const to = pins + (pinCount << SLOT_SIZE);
  v128.store(to, v128.load(SLOT));
  v128.store(to, v128.load(SLOT, 16), 16);
  pinCount++;
  arena = arenaTop;
}

/**
 * Writes the ids of whole pieces from `start` on to the output.
 *
 * @param isLast whether the text ends where the chunk does; else a piece that reaches the end is left over
 * @returns where the pieces end; `report` holds the rest
 */
export function encode(start: usize, end: usize, isLast: bool): usize {
  let at = start;
  let target = output;
  let longEnd: usize = 0;
  while (at < end) {
    touchedEnd = false;
    const next = pieceEnd(at);
    if (touchedEnd && !isLast) break;
    const length = next - at;
    if (length > longest) {
      longEnd = next;
      break;
    }
    const key = keyOf(at, length);
    let slot = slotOf(i64x2.extract_lane(key, 0), i64x2.extract_lane(key, 1));
    while (true) {
      const place = cache + (slot << SLOT_SIZE);
      const tag = load<u32>(place, TAG);
      if ((tag & 0xffff) === <u32>length && i64x2.all_true(i64x2.eq(key, v128.load(place)))) {
        const few: usize = tag >> 16;
        if (few > 0) {
          copyIds(target, place + VALUES, 3);
          target += few << 2;
          break;
        }
        const record: usize = load<u32>(place, VALUES);
        if (length <= 16 || isRecordOf(record, at, length)) {
          const ids = record + bytesRoom(length);
          const count: usize = load<u32>(ids);
          copyIds(target, ids + 4, count);
          target += count << 2;
          break;
        }
      }
      if (tag === 0) {
        const count = merge(at, length);
        copyIds(target, IDS, count);
        target += count << 2;
        remember(at, length, key, count);
        break;
      }
      slot = (slot + 1) & (cacheSlots - 1);
    }
    at = next;
  }
  store<u32>(report, <u32>((target - output) >> 2));
  store<u32>(report, <u32>longEnd, 4);
  return at;
}
