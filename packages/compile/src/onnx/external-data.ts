import type { ProtobufWriter } from './protobuf-writer.ts';

/** Smaller tensors stay in the model, so that their values can be read without the other file, as shapes must. */
const SMALLEST = 1024;
/** Tensors start at multiples of this, so that any element type can be mapped into memory. */
const ALIGNMENT = 64;

/** The file beside a model that holds its large tensors. */
export class ExternalData {
  /** Its name, relative to the model's folder. */
  readonly location: string;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(location: string) {
    this.location = location;
  }

  /** What is to be written to the file, one after the other. */
  get pieces(): readonly Uint8Array[] {
    return this.#pieces;
  }

  /** Writes a tensor's bytes into the file and where they are into the model, unless they are few. */
  take(tensor: ProtobufWriter, bytes: Uint8Array): boolean {
    if (bytes.length < SMALLEST) return false;
    const padding = (ALIGNMENT - (this.#length % ALIGNMENT)) % ALIGNMENT;
    if (padding > 0) this.#pieces.push(new Uint8Array(padding));
    const offset = this.#length + padding;
    this.#pieces.push(bytes);
    this.#length = offset + bytes.length;
    for (const [key, value] of Object.entries({ location: this.location, offset, length: bytes.length })) {
      tensor.message(13, (entry) => {
        entry.string(1, key);
        entry.string(2, `${value}`);
      });
    }
    tensor.integer(14, 1); // DataLocation.EXTERNAL
    return true;
  }
}
