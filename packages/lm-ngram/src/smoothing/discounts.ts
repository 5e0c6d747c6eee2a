/** What is taken off counts of 1, of 2, and of 3 and more. */
export type Discounts = readonly [one: number, two: number, more: number];

/** Why an order's discounts could not be estimated. */
export interface DiscountFallback {
  /** Words of the n-grams. */
  readonly order: number;
  /** In one line. */
  readonly reason: string;
  /** What was taken instead. */
  readonly discounts: Discounts;
}

/** How many n-grams of an order have the counts 0, 1, 2, 3 and 4. */
export type CountsOfCounts = readonly number[];

/**
 * The discounts of modified Kneser-Ney smoothing: D_c = c − (c + 1) · Y · n_{c+1} / n_c with Y = n_1 / (n_1 + 2 n_2).
 *
 * @returns the discounts, or why there are none: too few n-grams of a count, or a discount out of range
 * @see Chen and Goodman 1998, equation 26
 */
export function modifiedDiscounts(n: CountsOfCounts): Discounts | string {
  for (let count = 1; count <= 3; count++) {
    if (n[count] === 0) return `no n-gram has the count ${count}`;
  }
  const y = n[1]! / (n[1]! + 2 * n[2]!);
  const discounts = [1, 2, 3].map((count) => count - ((count + 1) * y * n[count + 1]!) / n[count]!);
  const wrong = discounts.findIndex((discount, index) => discount < 0 || discount > index + 1);
  if (wrong >= 0) return `the discount of count ${wrong + 1} would be ${discounts[wrong]!.toFixed(3)}`;
  return discounts as unknown as Discounts;
}

/**
 * The single discount of Kneser-Ney and absolute discounting: n_1 / (n_1 + 2 n_2).
 *
 * @see Ney, Essen and Kneser 1994, equation 29
 */
export function singleDiscount(n: CountsOfCounts): Discounts | string {
  if (n[1] === 0) return 'no n-gram has the count 1';
  if (n[2] === 0) return 'no n-gram has the count 2';
  const discount = n[1]! / (n[1]! + 2 * n[2]!);
  return [discount, discount, discount];
}
