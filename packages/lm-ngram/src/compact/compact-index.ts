import type { NgramVocabulary } from '../vocabulary.ts';
import { ChildDirectory } from './child-directory.ts';
import {
  type CompactLayout,
  floatsOf,
  type LevelSections,
  levelStartsOf,
  readCompactVocabulary,
  type Section,
  wrongCompact,
} from './compact-layout.ts';

/** N-grams of one level, as places in it. */
export interface ChildRange {
  /** Words of the children. */
  readonly level: number;
  readonly start: number;
  readonly end: number;
}

/** What a compact file is asked by: everything but the words and numbers of its longer n-grams. A twelfth of the file, or so. */
export class CompactIndex {
  readonly vocabulary: NgramVocabulary;
  readonly order: number;
  readonly levelStarts: Int32Array;
  readonly unigramProbabilities: Float32Array;
  readonly unigramBackoffs: Float32Array;
  readonly layout: CompactLayout;
  /** By order, from 2. */
  readonly probabilityBooks: readonly Float32Array[];
  readonly backoffBooks: readonly Float32Array[];
  readonly #directories: readonly ChildDirectory[];

  /**
   * @param section the bytes of each of {@link indexSections}
   * @throws {SyntaxError} if they contradict the layout
   */
  constructor(layout: CompactLayout, section: (section: Section) => Uint8Array, source: string) {
    this.layout = layout;
    this.vocabulary = readCompactVocabulary(section(layout.vocabulary), source, layout);
    const { sizes } = layout.header;
    this.order = sizes.length;
    this.levelStarts = levelStartsOf(layout.header);
    this.unigramProbabilities = floatsOf(section(layout.unigramProbabilities));
    this.unigramBackoffs = floatsOf(section(layout.unigramBackoffs));
    this.probabilityBooks = layout.levels.map((level) => floatsOf(section(level.probabilityBook)));
    this.backoffBooks = layout.levels.map((level) => floatsOf(section(level.backoffBook)));
    this.#directories = layout.levels.map(({ children }, index) => {
      try {
        return new ChildDirectory(section(children), sizes[index]!, sizes[index + 1]!);
      } catch (error) {
        const what = `the children of order ${index + 1} do not add up: ${(error as Error).message}`;
        throw wrongCompact(source, children.start, what);
      }
    });
  }

  levelOf(node: number): number {
    let level = 1;
    while (node >= this.levelStarts[level + 1]!) level++;
    return level;
  }

  /** The children of a node below the highest order, other than the root. */
  childrenOf(node: number): ChildRange {
    const level = this.levelOf(node);
    const directory = this.#directories[level - 1]!;
    const place = node - this.levelStarts[level]!;
    return { level: level + 1, start: directory.startOf(place), end: directory.endOf(place) };
  }

  sectionsOf(level: number): LevelSections {
    return this.layout.levels[level - 2]!;
  }
}

/** The sections that a {@link CompactIndex} is made of. */
export function indexSections(layout: CompactLayout): Section[] {
  return [
    layout.vocabulary,
    layout.unigramProbabilities,
    layout.unigramBackoffs,
    ...layout.levels.flatMap(({ children, probabilityBook, backoffBook }) => [
      children,
      probabilityBook,
      backoffBook,
    ]),
  ];
}
