import { scanClasses } from '../scan-classes.ts';

/** The classes of all code points in blocks of 128, equal ones once. */
export interface ClassBlocks {
  /** Of each 128 code points, which block has theirs. */
  readonly blocks: Uint16Array;
  readonly classes: Uint8Array;
}

let packed: ClassBlocks | undefined;

/** Packs the table of scanners; done once. */
export function classBlocks(): ClassBlocks {
  if (packed) return packed;
  const table = scanClasses();
  const words = new Int32Array(table.buffer, table.byteOffset, table.length / 4);
  const blocks = new Uint16Array(table.length / BLOCK);
  const classes = new Uint8Array(table.length);
  const packedWords = new Int32Array(classes.buffer);
  /** By hash: the numbers of the blocks that have it. */
  const numbers = new Map<number, number[]>();
  let count = 0;
  for (let index = 0; index < blocks.length; index++) {
    const start = index * WORDS;
    let hash = 0;
    for (let word = start; word < start + WORDS; word++) hash = (Math.imul(hash, 31) + words[word]!) | 0;
    const candidates = numbers.get(hash) ?? [];
    let number = candidates.find((candidate) => {
      for (let word = 0; word < WORDS; word++) {
        if (packedWords[candidate * WORDS + word] !== words[start + word]) return false;
      }
      return true;
    });
    if (number === undefined) {
      number = count++;
      packedWords.set(words.subarray(start, start + WORDS), number * WORDS);
      numbers.set(hash, [...candidates, number]);
    }
    blocks[index] = number;
  }
  packed = { blocks, classes: classes.slice(0, count * BLOCK) };
  return packed;
}

const BLOCK = 128;
/** 32-bit words of a block. */
const WORDS = BLOCK / 4;
