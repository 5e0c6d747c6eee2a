/** Numbers appended one by one to a typed array that doubles when it is full. */
export class GrowingArray<Numbers extends Int32Array | Float32Array | Float64Array> {
  #numbers: Numbers;
  #length = 0;

  /** @param numbers an array to start with; its content does not matter */
  constructor(numbers: Numbers) {
    this.#numbers = numbers;
  }

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new (this.#numbers.constructor as new (length: number) => Numbers)(
        Math.max(16, this.#length * 2),
      );
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = number;
  }

  /** What was appended; a view, valid until the next `push`. */
  get numbers(): Numbers {
    return this.#numbers.subarray(0, this.#length) as Numbers;
  }
}
