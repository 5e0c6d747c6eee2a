/** 64 bits that tell lists of words apart, and how many there are. */
export function digest(words: readonly string[]): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (const word of words) {
    for (let index = 0; index <= word.length; index++) {
      const unit = index < word.length ? word.charCodeAt(index) : 0x10000;
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
    }
  }
  return `${words.length} words, ${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
}
