/** Remembers how many references segments had, for signatures: a number, or `var` if they differ. */
export class ReferenceCount {
  #count: number | 'var' | undefined;

  add(count: number): void {
    this.#count = this.#count === undefined || this.#count === count ? count : 'var';
  }

  toString(): string {
    return `${this.#count ?? 0}`;
  }
}

/** The release of sacreBLEU whose scores and signatures these are. */
export const SACREBLEU_VERSION = '2.6.0';

/** Fields joined as sacreBLEU joins them; booleans become yes and no. */
export function signatureOf(fields: Readonly<Record<string, string | number | boolean>>): string {
  return [...Object.entries(fields), ['version', SACREBLEU_VERSION] as const]
    .map(([name, value]) => `${name}:${value === true ? 'yes' : value === false ? 'no' : value}`)
    .join('|');
}
