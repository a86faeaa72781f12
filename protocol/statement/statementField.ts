import { isObject, isText } from "../json/shape.ts";
import { MalformedStatementError } from "../protocolErrors.ts";

/** A value inside a statement, and where it is: errors name the place. */
export class StatementField {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path = "") {
    this.#value = value;
    this.#path = path;
  }

  /** A field of this object, or of the objects in it. @throws {MalformedStatementError} when one is not an object. */
  get(...names: string[]): StatementField {
    return names.reduce<StatementField>((field, name) => field.#get(name), this);
  }

  /** The items of this list. @throws {MalformedStatementError} when this is not a list. */
  items(): StatementField[] {
    if (!Array.isArray(this.#value)) {
      throw this.#malformed("a list");
    }
    return this.#value.map((item, index) => new StatementField(item, `${this.#path}[${index}]`));
  }

  /** An item of this list. @throws {MalformedStatementError} when this is not a list. */
  item(index: number): StatementField {
    return this.items()[index] ?? new StatementField(undefined, `${this.#path}[${index}]`);
  }

  /** The groups of a pattern in this text. @throws {MalformedStatementError} when the text does not match. */
  match(pattern: RegExp): string[] {
    const [, ...groups] = (isText(this.#value) && pattern.exec(this.#value)) || [];
    if (groups.length === 0) {
      throw this.#malformed(`of the form ${pattern.source}`);
    }
    return groups;
  }

  /** The value itself. @throws {MalformedStatementError} when it does not pass the check. */
  as<T>(check: (value: unknown) => value is T, what: string): T {
    if (!check(this.#value)) {
      throw this.#malformed(what);
    }
    return this.#value;
  }

  /** Where something else stands in this value than expected, compared field by field. */
  differenceFrom(expected: unknown): string | undefined {
    if (isObject(this.#value) && isObject(expected)) {
      const names = new Set([...Object.keys(this.#value), ...Object.keys(expected)]);
      return firstOf(names, (name) => this.get(name).differenceFrom(expected[name]));
    }
    if (Array.isArray(this.#value) && Array.isArray(expected)) {
      return this.#value.length === expected.length
        ? firstOf(this.items().entries(), ([index, item]) => item.differenceFrom(expected[index]))
        : this.#path;
    }
    return this.#value === expected ? undefined : this.#path;
  }

  #get(name: string): StatementField {
    if (!isObject(this.#value)) {
      throw this.#malformed("an object");
    }
    const value = Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    return new StatementField(value, this.#path === "" ? name : `${this.#path}.${name}`);
  }

  #malformed(what: string): MalformedStatementError {
    return malformedStatement(`${this.#path || "statement"} is not ${what}`);
  }
}

export function malformedStatement(details: string, cause?: unknown): MalformedStatementError {
  return new MalformedStatementError("the notice is not a provenance statement of Cartenix", {
    details,
    cause,
  });
}

function firstOf<T, R>(items: Iterable<T>, find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
