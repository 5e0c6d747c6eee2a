import type { OnnxElementType } from './element-types.ts';
import type { OnnxTensor } from './onnx-tensor.ts';
import { ProtobufReader, type RefuseAt } from './protobuf-reader.ts';
import { type ModelEntry, readModel } from './read-model.ts';
import type { ExternalPlace } from './read-tensor.ts';
import { viewOf } from './tensor-storage.ts';

/** What an ONNX file holds besides its nodes. */
export interface OnnxContents extends Omit<ModelEntry, 'tensors'> {
  /** By name, in file order. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

/** Options of {@link readOnnx}. */
export interface ReadOnnxOptions {
  /**
   * Gives the files that hold tensors outside the model, by the location that the model states, which is relative to its folder. It comes from the
   * file: do not follow it out of the folder. `readOnnxFile` in `./node` does that for files on disk.
   */
  readonly externalData?: (location: string) => Blob | Uint8Array | Promise<Blob | Uint8Array>;
  /** Which tensors are wanted; the elements of others are not read. Default all. */
  readonly select?: (name: string) => boolean;
  /** Whether tensors of `Constant` nodes are read too, under the names of the nodes' outputs. Default false. */
  readonly constants?: boolean;
  /** What errors call the file. */
  readonly source?: string;
}

/**
 * Reads the weights of an ONNX model, and what it says of itself. Its nodes are not interpreted.
 *
 * Tensors are views of `file` where they are stored as raw bytes and aligned, and then keep all of it alive. What a file says is checked before memory is taken
 * for it: a damaged or hostile one is refused, and tensors take at most its own size, except integers stored as protocol buffers' varints, which take up to
 * eight times as much.
 *
 * @param file a whole model
 * @throws {RangeError} naming the file and the byte, if it is not as the format says
 * @throws {Error} if tensors lie in another file and there is no `externalData`
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 * @example
 * const { initializers } = await readOnnx(await openAsBlob('model.onnx'));
 * const { shape, data } = fromOnnxTensor(initializers.get('linear.weight'));
 */
export async function readOnnx(
  file: Uint8Array | Blob,
  { externalData, select = () => true, constants = false, source = 'model' }: ReadOnnxOptions = {},
): Promise<OnnxContents> {
  const refuse: RefuseAt = (byte, problem) =>
    new RangeError(`readOnnx: ${source}, byte ${byte}: ${problem}.`);
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(await file.arrayBuffer());
  const { tensors, ...model } = readModel(new ProtobufReader(bytes, refuse), { constants, select });
  const files = new Map<string, Promise<Blob | Uint8Array>>();
  const open = (location: string): Promise<Blob | Uint8Array> => {
    if (!externalData) {
      throw new Error(
        `readOnnx: ${source} keeps tensors in the file ${JSON.stringify(location)}. Give it by the option externalData.`,
      );
    }
    const known = files.get(location) ?? Promise.resolve(externalData(location));
    files.set(location, known);
    return known;
  };
  const initializers = new Map<string, OnnxTensor>();
  for (const { name, type, shape, data } of tensors) {
    const read =
      'location' in data ? viewOf(type as OnnxElementType, await externalBytes(name, data, open)) : data;
    initializers.set(name, { type, shape, data: read });
  }
  return { ...model, initializers };
}

async function externalBytes(
  name: string,
  { location, offset, length }: ExternalPlace,
  open: (location: string) => Promise<Blob | Uint8Array>,
): Promise<Uint8Array> {
  const file = await open(location);
  const size = file instanceof Uint8Array ? file.length : file.size;
  if (offset + length > size) {
    throw new RangeError(
      `readOnnx: ${location}, byte ${offset}: the ${length} bytes of tensor ${JSON.stringify(name)} must end in the file of ${size} bytes.`,
    );
  }
  if (file instanceof Uint8Array) return file.subarray(offset, offset + length);
  return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
}
