import type { Derivation } from "../../../nix/index.ts";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The attributes are malformed; the message continues a sentence that begins with the derivation's path. */
export class MalformedAttributesError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_ATTRIBUTES";
}

/** A derivation's attributes that Nix itself interprets, from its variables or from structured attributes. */
export interface Attributes {
  /** Whether they are structured, that is in the JSON of the variable `__json` and nowhere else. */
  readonly structured: boolean;
  has(name: string): boolean;
  /** Whether a boolean attribute is true. */
  flag(name: string): boolean;
  /** @throws {MalformedAttributesError} when a structured attribute is not a list of strings. */
  words(name: string): string[];
}

/**
 * Parses the attributes as Nix does.
 *
 * @throws {MalformedAttributesError} when `__json` is not a JSON object.
 */
export function parseAttributes({ env }: Derivation): Attributes {
  const variables = new Map(env);
  const json = variables.get("__json");
  if (json !== undefined) {
    return parseStructuredAttributes(json);
  }
  const has = (name: string) => variables.has(name);
  const flag = (name: string) => variables.get(name) === "1";
  const words = (name: string) =>
    (variables.get(name) ?? "").split(/[ \t\n\r]+/).filter((word) => word !== "");
  return { structured: false, has, flag, words };
}

function parseStructuredAttributes(json: string): Attributes {
  const attributes = parseObject(json);
  if (!attributes) {
    throw new MalformedAttributesError("has structured attributes that are not a JSON object");
  }
  const attribute = (name: string) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined);
  const has = (name: string) => attribute(name) !== undefined;
  const flag = (name: string) => has(name) && attribute(name) !== false;
  const words = (name: string) => {
    const value = attribute(name) ?? [];
    if (Array.isArray(value) && value.every((word) => typeof word === "string")) {
      return value;
    }
    throw new MalformedAttributesError(
      `has the structured attribute ${name}, which is not a list of strings`,
    );
  };
  return { structured: true, has, flag, words };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && !Array.isArray(value) && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
