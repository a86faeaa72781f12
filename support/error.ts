export interface CartenixErrorOptions {
  /** What exactly was wrong: the value, the place, the other side's words. */
  details?: string | undefined;
  /** What the reader can do about it. */
  remedy?: string | undefined;
  cause?: unknown;
}

/** The base of every error that Cartenix raises on purpose: a short message, the details, and what to do. */
export class CartenixError extends Error {
  override name = "CartenixError";
  readonly shortMessage: string;
  readonly details: string | undefined;
  readonly remedy: string | undefined;

  constructor(shortMessage: string, options: CartenixErrorOptions = {}) {
    const lines = [shortMessage];
    if (options.details) lines.push(`  details: ${options.details}`);
    if (options.remedy) lines.push(`  what to do: ${options.remedy}`);
    super(lines.join("\n"), options.cause === undefined ? {} : { cause: options.cause });
    this.shortMessage = shortMessage;
    this.details = options.details;
    this.remedy = options.remedy;
  }
}
