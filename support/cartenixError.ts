/** Names a kind of error for programs: upper-case words, stable between versions. */
export type ErrorCode = Uppercase<string>;

export interface CartenixErrorOptions {
  /** What exactly was wrong: the value, the place, the other side's message. */
  details?: string | undefined;
  /** What the reader can do to fix it. */
  remedy?: string | undefined;
  /** The page that tells more, as a path in the repository: `docs/limits.md#builds`. */
  docs?: string | undefined;
  cause?: unknown;
}

/**
 * The base of every error that Cartenix throws on purpose. Messages are lower case without a full stop, since a command
 * prints them after `error: `.
 */
export abstract class CartenixError extends Error {
  abstract readonly code: ErrorCode;
  readonly shortMessage: string;
  readonly details: string | undefined;
  readonly remedy: string | undefined;
  readonly docs: string | undefined;

  constructor(shortMessage: string, options: CartenixErrorOptions = {}) {
    const { details, remedy, docs, cause } = options;
    const lines = [shortMessage];
    if (details) {
      lines.push(`  details: ${details}`);
    }
    if (remedy) {
      lines.push(`  what to do: ${remedy}`);
    }
    if (docs) {
      lines.push(`  see: ${docs}`);
    }
    super(lines.join("\n"), cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.shortMessage = shortMessage;
    this.details = details;
    this.remedy = remedy;
    this.docs = docs;
  }
}
