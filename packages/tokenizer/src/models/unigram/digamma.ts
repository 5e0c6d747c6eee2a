/**
 * The derivative of log Γ, for x > 0; to about ten digits.
 *
 * @see Abramowitz & Stegun 1964, 6.3.5 (recurrence), 6.3.18 (asymptotic series)
 */
export function digamma(x: number): number {
  let shift = 0;
  let argument = x;
  while (argument < 10) {
    shift -= 1 / argument;
    argument++;
  }
  const inverse = 1 / (argument * argument);
  const series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)));
  return shift + Math.log(argument) - 0.5 / argument - series;
}
