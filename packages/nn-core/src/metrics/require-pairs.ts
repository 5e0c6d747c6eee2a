/**
 * Refuses columns of different lengths, and empty ones.
 *
 * @param owner   what the message starts with
 * @param columns by parameter name
 * @throws {RangeError} naming both lengths, or the empty column
 */
export function requirePairs(
  owner: string,
  columns: Readonly<Record<string, { readonly length: number }>>,
): void {
  const [[firstName, first], ...others] = Object.entries(columns) as [
    [string, { readonly length: number }],
    ...[string, { readonly length: number }][],
  ];
  for (const [name, column] of others) {
    if (column.length !== first.length) {
      throw new RangeError(
        `${owner}: ${name} must have as many elements as ${firstName} (${first.length}), got ${column.length}.`,
      );
    }
  }
  if (first.length === 0) throw new RangeError(`${owner}: ${firstName} must not be empty.`);
}
