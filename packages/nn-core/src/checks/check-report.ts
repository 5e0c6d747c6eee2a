/** What every check returns: whether it passed, and why or why not. */
export interface CheckReport {
  readonly passed: boolean;
  /** One or more sentences for people. */
  readonly summary: string;
}

/**
 * Throws where a check did not pass; for tests.
 *
 * @returns the report
 * @throws {Error} with the report's summary
 * @example requirePassed(await gradientCheck(model, batch));
 */
export function requirePassed<T extends CheckReport>(report: T): T {
  if (!report.passed) throw new Error(report.summary);
  return report;
}
