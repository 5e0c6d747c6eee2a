/**
 * What a part of the pipeline makes of the place between two neighboring characters, whatever else the text has:
 *
 * - `cut`: it cuts there, and what it does on either side does not depend on the other;
 * - `apart`: it may or may not cut there, but what it does on either side does not depend on the other;
 * - `joined`: neither is known.
 */
export type Seam = 'cut' | 'apart' | 'joined';
